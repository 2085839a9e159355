"""Playlists."""

from typing import Annotated, Literal

from fastapi import APIRouter, Path, Query
from starlette.responses import Response, StreamingResponse

from kikimimi.library.playlist_rows import Playlist
from kikimimi.web.changes import changed_answer
from kikimimi.web.payloads.base import MOST_ID, errors
from kikimimi.web.payloads.changes import ChangedAnswer
from kikimimi.web.payloads.playlists import (
    CreatedPlaylistAnswer,
    ExtendRequest,
    ItemsChangedAnswer,
    NewPlaylistRequest,
    OrderRequest,
    PlaylistAnswer,
    PlaylistItemsAnswer,
    RenameRequest,
)
from kikimimi.web.playlist_export import EXPORTS
from kikimimi.web.rows import answer_rows
from kikimimi.web.sound_files.answer import attachment
from kikimimi.web.state import ServerState, State

router = APIRouter(prefix="/api/playlists", tags=["playlists"], responses=errors(400, 404, 503))

PlaylistId = Annotated[int, Path(ge=1, le=MOST_ID)]
ExportKind = Literal["m3u8", "csv", "zip"]


@router.get("")
def playlists(state: State) -> list[PlaylistAnswer]:
    """All playlists by name."""
    return [_playlist(each) for each in state.library().playlists.list()]


@router.post("")
def create(state: State, wanted: NewPlaylistRequest) -> CreatedPlaylistAnswer:
    """Make a playlist."""
    library = state.library()
    made = library.playlists.create(wanted.name, wanted.sounds or ())
    changed = changed_answer(state, 1)
    return CreatedPlaylistAnswer(
        **changed.model_dump(), **_playlist(library.playlists.find(made)).model_dump()
    )


@router.get("/{playlist}")
def items(state: State, playlist: PlaylistId) -> PlaylistItemsAnswer:
    """A playlist with its sounds in order."""
    library = state.library()
    found = library.playlists.find(playlist)
    ids = library.playlists.item_ids(playlist)
    rows = {row.id: row for row in answer_rows(library, list(dict.fromkeys(ids)))}
    return PlaylistItemsAnswer(
        **_playlist(found).model_dump(),
        revision=library.playlists.revision(playlist),
        rows=[rows[sound_id] for sound_id in ids if sound_id in rows],
    )


@router.patch("/{playlist}")
def rename(state: State, playlist: PlaylistId, wanted: RenameRequest) -> ChangedAnswer:
    """Give a playlist another name."""
    state.library().playlists.rename(playlist, wanted.name)
    return changed_answer(state, 1)


@router.delete("/{playlist}")
def delete(state: State, playlist: PlaylistId) -> ChangedAnswer:
    """Delete a playlist; its sounds stay."""
    state.library().playlists.delete(playlist)
    return changed_answer(state, 1)


@router.put("/{playlist}/items", responses=errors(409))
def order(state: State, playlist: PlaylistId, wanted: OrderRequest) -> ItemsChangedAnswer:
    """Replace all items by these sounds, in this order."""
    count = state.library().playlists.set_items(
        playlist, wanted.sounds, expected_revision=wanted.expected_revision
    )
    return _items_changed(state, playlist, count)


@router.post("/{playlist}/items")
def extend(state: State, playlist: PlaylistId, wanted: ExtendRequest) -> ItemsChangedAnswer:
    """Put sounds into a playlist."""
    at = None if wanted.at is None else wanted.at + 1
    count = state.library().playlists.add(playlist, wanted.sounds, at=at)
    return _items_changed(state, playlist, count)


@router.get("/{playlist}/export", response_class=Response)
def export(
    state: State, playlist: PlaylistId, kind: Annotated[ExportKind, Query()] = "m3u8"
) -> StreamingResponse:
    """A playlist as a file: M3U8, CSV, or a ZIP of the sounds themselves."""
    library = state.library()
    found = library.playlists.find(playlist)
    media_type, write = EXPORTS[kind]
    return StreamingResponse(
        write(library.playlists.entries(playlist)),
        media_type=media_type,
        headers={"Content-Disposition": attachment(f"{found.name}.{kind}")},
    )


def _playlist(playlist: Playlist) -> PlaylistAnswer:
    return PlaylistAnswer(
        id=playlist.id,
        name=playlist.name,
        count=playlist.count,
        duration_s=playlist.duration_s,
    )


def _items_changed(state: ServerState, playlist: int, count: int) -> ItemsChangedAnswer:
    return ItemsChangedAnswer(
        **changed_answer(state, 1).model_dump(),
        count=count,
        playlist_revision=state.library().playlists.revision(playlist),
    )
