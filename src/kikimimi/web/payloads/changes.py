"""Changes of tags, playlists and sounds, and the journal."""

from typing import Annotated

from pydantic import Field, model_validator

from kikimimi.web.payloads.base import Answer, Id, Request
from kikimimi.web.payloads.results import RowAnswer
from kikimimi.web.payloads.status import LabelAnswer

MOST_SOUNDS = 200_000

Ids = Annotated[tuple[Id, ...], Field(max_length=MOST_SOUNDS)]
Name = Annotated[str, Field(min_length=1, max_length=200)]


class ChangedAnswer(Answer):
    """What every change answers: how many rows it changed, and what undo would take back.

    `undo` and `change` are null when there is nothing to take back.
    """

    revision: int
    changed: int
    undo: LabelAnswer | None
    change: int | None


class TagRequest(Request):
    """A tag for some sounds, or for all sounds of a list."""

    name: Name
    sounds: Ids | None = None
    result: Annotated[str, Field(max_length=64)] | None = None

    @model_validator(mode="after")
    def _one_source(self) -> "TagRequest":
        if (self.sounds is None) == (self.result is None):
            raise ValueError("give either sounds or a result")
        return self


class TeachRequest(Request):
    """Examples and counter-examples of a tag."""

    name: Name
    wanted: Ids = ()
    unwanted: Ids = ()


class TaughtAnswer(Answer):
    """A taught tag and how many sounds have it."""

    name: str
    examples: int
    counter_examples: int
    tagged: int
    created_at: str


class FailureAnswer(Answer):
    """A file that could not be used, and why."""

    path: str
    reason: str


class TaughtReportAnswer(ChangedAnswer):
    """What teaching a tag has done; `best` are the surest sounds that have it new."""

    name: str
    tag: TaughtAnswer
    added: int
    removed: int
    best: list[RowAnswer]
    failures: list[FailureAnswer]


class TurnRequest(Request):
    """Which change to undo or redo; the last one if none is named."""

    change: Id | None = None


class UndoneAnswer(Answer):
    """What was taken back."""

    undone: LabelAnswer
    change: int
    revision: int


class RedoneAnswer(Answer):
    """What was made again."""

    redone: LabelAnswer
    change: int
    revision: int


class JournalEntryAnswer(Answer):
    """A change; `fixed` ones can no longer be taken back."""

    id: int
    label: LabelAnswer
    made_at: str
    undone: bool
    fixed: bool


class LocateRequest(Request):
    """Where the file of a missing sound is now."""

    path: Annotated[str, Field(min_length=1, max_length=32_768)]


class ForgetRequest(Request):
    """Missing sounds to delete."""

    sounds: Ids
