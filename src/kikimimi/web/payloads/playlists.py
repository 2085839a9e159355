"""Playlists."""

from typing import Annotated

from pydantic import Field

from kikimimi.web.payloads.base import Answer, Request
from kikimimi.web.payloads.changes import ChangedAnswer, Ids, Name
from kikimimi.web.payloads.results import RowAnswer


class PlaylistAnswer(Answer):
    """A playlist."""

    id: int
    name: str
    count: int
    duration_s: float


class PlaylistItemsAnswer(PlaylistAnswer):
    """A playlist with its sounds in order; `revision` is what `expected_revision` refers to."""

    revision: int
    rows: list[RowAnswer]


class ItemsChangedAnswer(ChangedAnswer):
    """A playlist whose items were changed: their number, and what `expected_revision` refers to."""

    count: int
    playlist_revision: int


class CreatedPlaylistAnswer(ChangedAnswer):
    """A new playlist."""

    id: int
    name: str
    count: int
    duration_s: float


class NewPlaylistRequest(Request):
    """A playlist to make."""

    name: Name
    sounds: Ids | None = None


class RenameRequest(Request):
    """A new name."""

    name: Name


class OrderRequest(Request):
    """All the sounds of a playlist in order; refused if it is not at `expected_revision`."""

    sounds: Ids
    expected_revision: int | None = None


class ExtendRequest(Request):
    """Sounds to put into a playlist, before the item `at` (from 0), or at its end."""

    sounds: Ids
    at: Annotated[int, Field(ge=0, le=2**31)] | None = None
