"""Queries, lists of sounds and their rows."""

from typing import Annotated, Literal

from pydantic import Field, model_validator

from kikimimi.library.listing.request import Sort
from kikimimi.library.space import Metric
from kikimimi.web.payloads.base import Answer, Id, Request

_MOST_VALUES = 100
Text = Annotated[str, Field(max_length=2000)]
Names = Annotated[tuple[Text, ...], Field(max_length=_MOST_VALUES)]
Seconds = Annotated[float, Field(ge=0, le=1e9)]
Level = Annotated[float, Field(ge=-1000, le=1000)]


class LikeRequest(Request):
    """An example: a sound of the library or one that was sent, whole or a stretch of it."""

    sound: Id | None = None
    upload: Annotated[str, Field(pattern="^[A-Za-z0-9_-]{22}$")] | None = None
    start_s: Seconds | None = None
    end_s: Seconds | None = None
    weight: Literal[1, -1] = 1

    @model_validator(mode="after")
    def _one_source(self) -> "LikeRequest":
        if (self.sound is None) == (self.upload is None):
            raise ValueError("give either a sound or an upload")
        return self


class QueryRequest(Request):
    """What to find; `text` is a line of the search box, joined with the rest."""

    text: Text = ""
    tags: Names = ()
    without_tags: Names = ()
    min_duration_s: Seconds | None = None
    max_duration_s: Seconds | None = None
    sample_rates_hz: Annotated[tuple[Id, ...], Field(max_length=_MOST_VALUES)] = ()
    channels: Annotated[tuple[Id, ...], Field(max_length=_MOST_VALUES)] = ()
    formats: Names = ()
    folders: Names = ()
    min_loudness_lufs: Level | None = None
    max_loudness_lufs: Level | None = None
    playlist: Id | None = None
    like: Annotated[tuple[LikeRequest, ...], Field(max_length=20)] = ()
    metric: Metric = "euclidean"
    sort: Sort = "rank"
    descending: bool = False
    missing: bool | None = None


class TagAnswer(Answer):
    """A tag of a sound."""

    name: str
    label_en: str
    label_ja: str
    score: float
    source: Literal["auto", "user", "taught"]


class RowAnswer(Answer):
    """A row of a list; `overview` is base64 of 128 pairs of int8, lowest and highest."""

    id: int
    name: str
    folder: str
    duration_s: float
    sample_rate_hz: int
    channels: int
    format: str
    missing: bool
    playable: bool
    tags: list[TagAnswer]
    distance: float | None
    start_s: float | None
    end_s: float | None
    loudness_lufs: float | None
    gain_db: float
    overview: str | None


class ResultAnswer(Answer):
    """A list that the server keeps: its key, its length, how long it took, what found it.

    `rows` are the first of it, as many as were asked for: a page need not ask twice.
    """

    result: str
    total: int
    ms: float
    words_found_by: list[str]
    rows: list[RowAnswer]


class RowsAnswer(Answer):
    """A page of a list."""

    rows: list[RowAnswer]
    total: int


class PlaceAnswer(Answer):
    """Where a sound stands in a list, from 0; null if it is not in it."""

    offset: int | None
