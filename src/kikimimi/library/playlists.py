"""Playlists: named lists of sounds in the user's order. Positions count from 1."""

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import Connection, delete, func, insert, select, update

from kikimimi.errors import ChangedSinceError, QueryError, UnknownError
from kikimimi.library import store, tagging
from kikimimi.library.database import Database
from kikimimi.library.journal.label import Label
from kikimimi.library.playlist_export import EXPORTS, PlaylistEntry
from kikimimi.library.records import Failure, Sound, SoundReference
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


class Playlists:
    """The playlists of a library.

    Every method raises UnknownError for a playlist or a sound that is not there. What is changed
    goes into the journal.
    """

    def __init__(self, database: Database) -> None:
        self._database = database

    def list(self) -> Sequence[Playlist]:
        """All playlists by name."""
        with self._database.reading() as connection:
            return _listed(connection)

    def find(self, reference: PlaylistReference) -> Playlist:
        """One playlist."""
        with self._database.reading() as connection:
            playlist_id = _find(connection, reference)
            return next(each for each in _listed(connection) if each.id == playlist_id)

    def names(self) -> dict[str, int]:
        """The playlists by name, each with its number of items."""
        return {each.name: each.count for each in self.list()}

    def holding(self, sound_id: int) -> Sequence[tuple[int, str]]:
        """Number and name of each playlist that a sound is in, by name."""
        query = (
            select(playlists.c.id, playlists.c.name)
            .join(playlist_items)
            .where(playlist_items.c.sound_id == sound_id)
            .distinct()
            .order_by(playlists.c.name)
        )
        with self._database.reading() as connection:
            return [(row.id, row.name) for row in connection.execute(query)]

    def items(self, reference: PlaylistReference) -> Sequence[Sound]:
        """The sounds of a playlist in order; missing ones are among them."""
        with self._database.reading() as connection:
            return _items(connection, _find(connection, reference))

    def item_ids(self, reference: PlaylistReference) -> Sequence[int]:
        """The ids of the sounds of a playlist in order."""
        with self._database.reading() as connection:
            return _read(connection, _find(connection, reference))

    def create(self, name: str, added: Iterable[SoundReference] = ()) -> int:
        """Make a playlist; return its number, which no other one gets again.

        Raises:
            QueryError: there is one of this name, or the name is not one printable line.
        """
        with self._database.writing(Label("playlist_created", {"name": name})) as connection:
            _claim(connection, name)
            playlist_id = _next_id(connection)
            connection.execute(insert(playlists).values(id=playlist_id, name=name))
            _write(connection, playlist_id, store.find_ids_in_order(connection, added))
            return playlist_id

    def rename(self, reference: PlaylistReference, new_name: str) -> None:
        """Give a playlist another name. Raises as `create`."""
        with self._changing("playlist_renamed", reference, new_name=new_name) as changed:
            connection, playlist_id = changed
            _claim(connection, new_name)
            query = update(playlists).where(playlists.c.id == playlist_id)
            connection.execute(query.values(name=new_name))

    def delete(self, reference: PlaylistReference) -> None:
        """Delete a playlist; its sounds stay in the library."""
        with self._changing("playlist_deleted", reference) as (connection, playlist_id):
            connection.execute(delete(playlists).where(playlists.c.id == playlist_id))

    def add(
        self,
        reference: PlaylistReference,
        added: Iterable[SoundReference],
        *,
        at: int | None = None,
    ) -> int:
        """Put sounds in, a sound may stand in a list more than once; return the new length.

        Args:
            reference: the playlist.
            added: the sounds.
            at: the position of the first of them; at the end if not given, or beyond it.
        """
        wanted = list(added)
        label = {"count": len(wanted)}
        with self._changing("playlist_extended", reference, **label) as (connection, playlist_id):
            found = store.find_ids_in_order(connection, wanted)
            ids = _read(connection, playlist_id)
            place = len(ids) if at is None else max(at - 1, 0)
            return _write(connection, playlist_id, [*ids[:place], *found, *ids[place:]])

    def remove(self, reference: PlaylistReference, positions: Iterable[int]) -> int:
        """Take out the items at these positions; return the new length."""
        wanted = set(positions)
        label = {"count": len(wanted)}
        with self._changing("playlist_shortened", reference, **label) as (connection, playlist_id):
            ids = _read(connection, playlist_id)
            dropped = {_checked(position, ids, reference) for position in wanted}
            rest = [sound_id for index, sound_id in enumerate(ids) if index not in dropped]
            return _write(connection, playlist_id, rest)

    def move(self, reference: PlaylistReference, position: int, new_position: int) -> None:
        """Move the item at `position` so that it stands at `new_position`."""
        with self._changing("playlist_ordered", reference) as (connection, playlist_id):
            ids = _read(connection, playlist_id)
            sound_id = ids.pop(_checked(position, ids, reference))
            ids.insert(_checked(new_position, [*ids, sound_id], reference), sound_id)
            _write(connection, playlist_id, ids)

    def revision(self, reference: PlaylistReference) -> int:
        """A number that tells the items and their order from others."""
        return items_revision(self.item_ids(reference))

    def set_items(
        self,
        reference: PlaylistReference,
        wanted: Iterable[SoundReference],
        *,
        expected_revision: int | None = None,
    ) -> int:
        """Replace all items by these sounds in this order; return their number.

        Raises:
            ChangedSinceError: the playlist is not at `expected_revision`.
        """
        with self._changing("playlist_ordered", reference) as (connection, playlist_id):
            now = items_revision(_read(connection, playlist_id))
            if expected_revision not in (None, now):
                raise ChangedSinceError(
                    f"the playlist {_shown(reference)} was changed by somebody else; look at it "
                    "again, then change it"
                )
            ids = store.find_ids_in_order(connection, wanted)
            return _write(connection, playlist_id, ids)

    @contextmanager
    def _changing(
        self, kind: str, reference: PlaylistReference, **params: str | int
    ) -> Iterator[tuple[Connection, int]]:
        """A transaction on one playlist, in the journal under its name."""
        with self._database.reading() as connection:
            name = _name(connection, _find(connection, reference))
        with self._database.writing(Label(kind, {"name": name, **params})) as connection:
            yield connection, _find(connection, reference)

    def export(
        self, name: PlaylistReference, target: Path, *, kind: str, overwrite: bool = False
    ) -> Sequence[Failure]:
        """Write a playlist for other programs.

        Args:
            name: the playlist.
            target: the file, or for the kind "folder" the folder, to write.
            kind: "m3u8", "csv" (columns position, path, duration_s, tags) or "folder" (numbered
                copies of the files).
            overwrite: replace files that are there already.

        Returns:
            The sounds that were left out, and why.

        Raises:
            QueryError: the playlist or the kind is unknown.
            LibraryError: the target is there already, or cannot be written.
        """
        if kind not in EXPORTS:
            raise QueryError(f"playlists are exported as {', '.join(EXPORTS)}, but not as {kind!r}")
        return EXPORTS[kind](self.entries(name), target, overwrite)

    def entries(self, name: PlaylistReference) -> Sequence[PlaylistEntry]:
        """What an export writes of each item."""
        with self._database.reading() as connection:
            items = _items(connection, _find(connection, name))
            tags = {sound.id: tagging.tags_of(connection, sound.id) for sound in items}
        return [PlaylistEntry(sound, tuple(tag.name for tag in tags[sound.id])) for sound in items]


def items_revision(sound_ids: Sequence[int]) -> int:
    """A number that tells a list of sounds from others; a page can hold it exactly."""
    digest = hashlib.blake2b(repr(list(sound_ids)).encode(), digest_size=6)
    return int.from_bytes(digest.digest(), "big")


def _listed(connection: Connection) -> Sequence[Playlist]:
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


def _items(connection: Connection, playlist_id: int) -> Sequence[Sound]:
    query = (
        select(sounds)
        .join(playlist_items, playlist_items.c.sound_id == sounds.c.id)
        .where(playlist_items.c.playlist_id == playlist_id)
        .order_by(playlist_items.c.position)
    )
    return [store.sound_of_row(row) for row in connection.execute(query)]


def _next_id(connection: Connection) -> int:
    """A number that no playlist had before, so that a page that is behind meets no other one."""
    query = select(settings.c.value).where(settings.c.key == _LAST_ID)
    last = int(connection.execute(query).scalar() or 0)
    largest = int(connection.execute(select(func.max(playlists.c.id))).scalar() or 0)
    new = max(last, largest) + 1
    row = {"key": _LAST_ID, "value": str(new)}
    connection.execute(insert(settings).prefix_with("OR REPLACE").values(row))
    return new


def _name(connection: Connection, playlist_id: int) -> str:
    query = select(playlists.c.name).where(playlists.c.id == playlist_id)
    return str(connection.execute(query).scalar_one())


def _find(connection: Connection, reference: PlaylistReference) -> int:
    column = playlists.c.id if isinstance(reference, int) else playlists.c.name
    playlist_id = connection.execute(select(playlists.c.id).where(column == reference)).scalar()
    if playlist_id is None:
        raise UnknownError(
            f"there is no playlist {_shown(reference)}; list the playlists to see their names"
        )
    return int(playlist_id)


def _shown(reference: PlaylistReference) -> str:
    return f"number {reference}" if isinstance(reference, int) else repr(reference)


def _claim(connection: Connection, name: str) -> None:
    """Check that a playlist may be called `name`."""
    if not name.strip() or len(name) > _LONGEST_NAME or not name.isprintable():
        raise QueryError(
            f"{name!r} cannot name a playlist; give one line of 1 to {_LONGEST_NAME} printable "
            "characters"
        )
    if connection.execute(select(playlists.c.id).where(playlists.c.name == name)).first():
        raise QueryError(f"there is a playlist {name!r} already; choose another name")


def _checked(position: int, ids: Sequence[int], reference: PlaylistReference) -> int:
    if not 1 <= position <= len(ids):
        raise QueryError(
            f"the playlist {_shown(reference)} has {len(ids)} items, and none at {position}"
        )
    return position - 1


def _read(connection: Connection, playlist_id: int) -> list[int]:
    query = (
        select(playlist_items.c.sound_id)
        .where(playlist_items.c.playlist_id == playlist_id)
        .order_by(playlist_items.c.position)
    )
    return list(connection.execute(query).scalars())


def _write(connection: Connection, playlist_id: int, sound_ids: Sequence[int]) -> int:
    """Replace all the items, which keeps the positions dense; return their number."""
    connection.execute(delete(playlist_items).where(playlist_items.c.playlist_id == playlist_id))
    rows = [
        {"playlist_id": playlist_id, "position": position, "sound_id": sound_id}
        for position, sound_id in enumerate(sound_ids, start=1)
    ]
    if rows:
        connection.execute(insert(playlist_items), rows)
    return len(rows)
