"""What the page asks first."""

from typing import Any

from kikimimi.web.payloads.base import Answer
from kikimimi.web.payloads.jobs import JobAnswer


class LibraryAnswer(Answer):
    """The library; `exists` is off before the first folder was indexed."""

    path: str
    exists: bool
    sounds: int
    missing: int
    encoder: str | None
    vocabulary_size: int
    revision: int
    read_only: bool


class LabelAnswer(Answer):
    """A change that can be undone or redone, for the page to word."""

    kind: str
    params: dict[str, Any]


class StatusAnswer(Answer):
    """Version, library, jobs, what undo and redo would do, whether a listener runs beside it."""

    version: str
    library: LibraryAnswer
    jobs: list[JobAnswer]
    can_undo: LabelAnswer | None
    can_redo: LabelAnswer | None
    is_loopback: bool
    is_live: bool
