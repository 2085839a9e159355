"""Rows of playlists: reading and writing them inside a transaction that the caller holds."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, delete, func, insert, select

from kikimimi.errors import QueryError, UnknownError
from kikimimi.library import store
from kikimimi.library.records import Sound
from kikimimi.library.schema import playlist_items, playlists, settings, sounds

_LONGEST_NAME = 200

PlaylistReference = int | str
"""A playlist by its number or its name."""

_LAST_ID = "last_playlist"


@dataclass(frozen=True, slots=True)
class Playlist:
    """A playlist: how many items it has, and how long they are together."""

    id: int
    name: str
    count: int
    duration_s: float


def items_revision(sound_ids: Sequence[int]) -> int:
    """A number that tells a list of sounds from others; a page can hold it exactly."""
    digest = hashlib.blake2b(repr(list(sound_ids)).encode(), digest_size=6)
    return int.from_bytes(digest.digest(), "big")


def listed(connection: Connection) -> Sequence[Playlist]:
    """All playlists by name."""
    query = (
        select(
            playlists.c.id,
            playlists.c.name,
            func.count(playlist_items.c.sound_id).label("count"),
            func.coalesce(func.sum(sounds.c.duration_s), 0.0).label("duration_s"),
        )
        .outerjoin(playlist_items, playlist_items.c.playlist_id == playlists.c.id)
        .outerjoin(sounds, sounds.c.id == playlist_items.c.sound_id)
        .group_by(playlists.c.id)
        .order_by(playlists.c.name)
    )
    return [Playlist(*row) for row in connection.execute(query)]


def items_of(connection: Connection, playlist_id: int) -> Sequence[Sound]:
    """The sounds of a playlist in order."""
    query = (
        select(sounds)
        .join(playlist_items, playlist_items.c.sound_id == sounds.c.id)
        .where(playlist_items.c.playlist_id == playlist_id)
        .order_by(playlist_items.c.position)
    )
    return [store.sound_of_row(row) for row in connection.execute(query)]


def next_id(connection: Connection) -> int:
    """A number that no playlist had before, so that a page that is behind meets no other one."""
    query = select(settings.c.value).where(settings.c.key == _LAST_ID)
    last = int(connection.execute(query).scalar() or 0)
    largest = int(connection.execute(select(func.max(playlists.c.id))).scalar() or 0)
    new = max(last, largest) + 1
    row = {"key": _LAST_ID, "value": str(new)}
    connection.execute(insert(settings).prefix_with("OR REPLACE").values(row))
    return new


def name_of(connection: Connection, playlist_id: int) -> str:
    """The name of a playlist that is there."""
    query = select(playlists.c.name).where(playlists.c.id == playlist_id)
    return str(connection.execute(query).scalar_one())


def find_playlist(connection: Connection, reference: PlaylistReference) -> int:
    """The number of a playlist.

    Raises:
        UnknownError: there is none of this number or name.
    """
    column = playlists.c.id if isinstance(reference, int) else playlists.c.name
    playlist_id = connection.execute(select(playlists.c.id).where(column == reference)).scalar()
    if playlist_id is None:
        raise UnknownError(
            f"there is no playlist {shown_reference(reference)}; list the playlists to see their "
            "names"
        )
    return int(playlist_id)


def shown_reference(reference: PlaylistReference) -> str:
    """A playlist in a message."""
    return f"number {reference}" if isinstance(reference, int) else repr(reference)


def claim_name(connection: Connection, name: str) -> None:
    """Check that a playlist may be called `name`.

    Raises:
        QueryError: another one is, or the name is not one printable line.
    """
    if not name.strip() or len(name) > _LONGEST_NAME or not name.isprintable():
        raise QueryError(
            f"{name!r} cannot name a playlist; give one line of 1 to {_LONGEST_NAME} printable "
            "characters"
        )
    if connection.execute(select(playlists.c.id).where(playlists.c.name == name)).first():
        raise QueryError(f"there is a playlist {name!r} already; choose another name")


def checked_place(position: int, ids: Sequence[int], reference: PlaylistReference) -> int:
    """A position as a place from 0.

    Raises:
        QueryError: there is no item at it.
    """
    if not 1 <= position <= len(ids):
        raise QueryError(
            f"the playlist {shown_reference(reference)} has {len(ids)} items, and none at "
            f"{position}"
        )
    return position - 1


def read_items(connection: Connection, playlist_id: int) -> list[int]:
    """The ids of the sounds of a playlist in order."""
    query = (
        select(playlist_items.c.sound_id)
        .where(playlist_items.c.playlist_id == playlist_id)
        .order_by(playlist_items.c.position)
    )
    return list(connection.execute(query).scalars())


def write_items(connection: Connection, playlist_id: int, sound_ids: Sequence[int]) -> int:
    """Replace all the items, which keeps the positions dense; return their number."""
    connection.execute(delete(playlist_items).where(playlist_items.c.playlist_id == playlist_id))
    rows = [
        {"playlist_id": playlist_id, "position": position, "sound_id": sound_id}
        for position, sound_id in enumerate(sound_ids, start=1)
    ]
    if rows:
        connection.execute(insert(playlist_items), rows)
    return len(rows)
