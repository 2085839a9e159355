"""Counts within a result, and what the query bar suggests."""

from collections.abc import Sequence
from typing import Annotated

from fastapi import APIRouter, Query

from kikimimi.encoders.vocabulary import display_name
from kikimimi.library.listing.facets import Bar, Count
from kikimimi.web.payloads.base import errors
from kikimimi.web.payloads.facets import (
    BinAnswer,
    FacetsAnswer,
    FolderCountAnswer,
    NumberCountAnswer,
    SuggestAnswer,
    TagCountAnswer,
    TextCountAnswer,
)
from kikimimi.web.routes.results import ResultKey
from kikimimi.web.state import State

router = APIRouter(prefix="/api", tags=["results"])


@router.get("/results/{key}/facets", responses=errors(404, 503))
def facets(state: State, key: ResultKey) -> FacetsAnswer:
    """What the sounds of a list have in common."""
    found = state.library().lists.facets(key)
    return FacetsAnswer(
        tags=_tags(found.tags),
        folders=_folders(found.folders),
        formats=[TextCountAnswer(value=each.value, count=each.count) for each in found.formats],
        sample_rates_hz=_numbers(found.sample_rates_hz),
        channels=_numbers(found.channels),
        duration=_bins(found.durations),
        loudness=_bins(found.loudness),
    )


@router.get("/suggest", responses=errors(503))
def suggest(state: State, text: Annotated[str, Query(max_length=2000)] = "") -> SuggestAnswer:
    """Tags and folders that the last word of a line may mean."""
    found = state.library().lists.suggest(text)
    return SuggestAnswer(tags=_tags(found.tags), folders=_folders(found.folders), recent=[])


def _tags(counts: Sequence[Count]) -> list[TagCountAnswer]:
    return [
        TagCountAnswer(
            name=each.value,
            label_en=display_name(each.value, "en"),
            label_ja=display_name(each.value, "ja"),
            count=each.count,
        )
        for each in counts
    ]


def _folders(counts: Sequence[Count]) -> list[FolderCountAnswer]:
    return [FolderCountAnswer(path=each.value, count=each.count) for each in counts]


def _numbers(counts: Sequence[Count]) -> list[NumberCountAnswer]:
    return [NumberCountAnswer(value=each.value, count=each.count) for each in counts]


def _bins(bars: Sequence[Bar]) -> list[BinAnswer]:
    return [BinAnswer(low=each.low, high=each.high, count=each.count) for each in bars]
