"""Ranked lists of sounds that the server keeps under a key."""

from typing import Annotated

import numpy as np
from fastapi import APIRouter, Path, Query
from starlette.responses import Response

from kikimimi.library.listing.lists import SoundList
from kikimimi.web.payloads.base import MOST_ID, Responses, errors
from kikimimi.web.payloads.results import PlaceAnswer, QueryRequest, ResultAnswer, RowsAnswer
from kikimimi.web.queries import list_request
from kikimimi.web.rows import Fit, answer_rows
from kikimimi.web.state import State

MOST_ROWS = 500

router = APIRouter(prefix="/api/results", tags=["results"])

ResultKey = Annotated[str, Path(pattern="^[0-9a-f]{24}$")]
_IDS: Responses = {200: {"content": {"application/octet-stream": {"schema": {"type": "string"}}}}}


@router.post("", responses=errors(400, 404, 415, 503))
def find(
    state: State,
    query: QueryRequest,
    first_rows: Annotated[int, Query(alias="rows", ge=0, le=MOST_ROWS)] = 0,
) -> ResultAnswer:
    """Find sounds: all that fit, or the nearest thousand where there is an example."""
    library = state.library()
    found = library.lists.make(list_request(query, state.uploads))
    fits = _fits(found, 0, first_rows)
    return ResultAnswer(
        result=found.key,
        total=len(found),
        ms=round(found.milliseconds, 3),
        words_found_by=list(found.found_by),
        rows=answer_rows(library, list(fits), fits),
    )


@router.get("/{key}/rows", responses=errors(404, 503))
def rows(
    state: State,
    key: ResultKey,
    offset: Annotated[int, Query(ge=0, le=MOST_ID)] = 0,
    limit: Annotated[int, Query(ge=1, le=MOST_ROWS)] = 100,
) -> RowsAnswer:
    """A page of a list."""
    library = state.library()
    found = library.lists.get(key)
    fits = _fits(found, offset, limit)
    return RowsAnswer(rows=answer_rows(library, list(fits), fits), total=len(found))


@router.get("/{key}/ids", responses={**_IDS, **errors(404, 503)}, response_class=Response)
def ids(state: State, key: ResultKey) -> Response:
    """All ids of a list in order, as little-endian uint32."""
    found = state.library().lists.get(key)
    body = found.ranking.ids.astype("<u4").tobytes()
    return Response(body, media_type="application/octet-stream")


@router.get("/{key}/place", responses=errors(404, 503))
def place(
    state: State,
    key: ResultKey,
    sound: Annotated[int, Query(alias="id", ge=1, le=MOST_ID)],
) -> PlaceAnswer:
    """Where a sound stands in a list."""
    return PlaceAnswer(offset=state.library().lists.get(key).place_of(sound))


def _fits(found: SoundList, offset: int, limit: int) -> dict[int, Fit]:
    """The sounds of a page in order, and how each fits."""
    page = slice(offset, offset + limit)
    ranking = found.ranking
    figures = np.stack([ranking.distances[page], ranking.starts_s[page], ranking.ends_s[page]])
    return {
        sound_id: Fit(*(None if np.isnan(figure) else figure for figure in each))
        for sound_id, each in zip(ranking.ids[page].tolist(), figures.T.tolist(), strict=True)
    }
