"""Playlists: named lists of sounds in the user's order. Positions count from 1."""

from collections.abc import Iterable, Sequence
from pathlib import Path

from sqlalchemy import Connection, delete, func, insert, select, update

from kikimimi.errors import QueryError
from kikimimi.library import store, tagging
from kikimimi.library.database import Database
from kikimimi.library.playlist_export import EXPORTS, PlaylistEntry
from kikimimi.library.records import Failure, Sound, SoundReference
from kikimimi.library.schema import playlist_items, playlists, sounds

_LONGEST_NAME = 200


class Playlists:
    """The playlists of a library. Every method raises QueryError for an unknown name or sound."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def names(self) -> dict[str, int]:
        """The playlists by name, each with its number of items."""
        count = func.count(playlist_items.c.sound_id)
        query = (
            select(playlists.c.name, count.label("length"))
            .outerjoin(playlist_items)
            .group_by(playlists.c.id)
            .order_by(playlists.c.name)
        )
        with self._database.reading() as connection:
            return {row.name: row.length for row in connection.execute(query)}

    def items(self, name: str) -> list[Sound]:
        """The sounds of a playlist in order; missing ones are among them."""
        with self._database.reading() as connection:
            playlist_id = _find(connection, name)
            query = (
                select(sounds)
                .join(playlist_items, playlist_items.c.sound_id == sounds.c.id)
                .where(playlist_items.c.playlist_id == playlist_id)
                .order_by(playlist_items.c.position)
            )
            return [store.sound_of_row(row) for row in connection.execute(query)]

    def create(self, name: str) -> None:
        """Make an empty playlist.

        Raises:
            QueryError: there is one of this name, or the name is not one printable line.
        """
        with self._database.writing() as connection:
            _claim(connection, name)
            connection.execute(insert(playlists).values(name=name))

    def rename(self, name: str, new_name: str) -> None:
        """Give a playlist another name. Raises as `create`."""
        with self._database.writing() as connection:
            playlist_id = _find(connection, name)
            _claim(connection, new_name)
            query = update(playlists).where(playlists.c.id == playlist_id)
            connection.execute(query.values(name=new_name))

    def delete(self, name: str) -> None:
        """Delete a playlist; its sounds stay in the library."""
        with self._database.writing() as connection:
            playlist_id = _find(connection, name)
            connection.execute(delete(playlists).where(playlists.c.id == playlist_id))

    def add(self, name: str, added: Iterable[SoundReference]) -> int:
        """Append sounds, a sound may stand in a list more than once; return the new length."""
        with self._database.writing() as connection:
            playlist_id = _find(connection, name)
            found = [store.find_sound(connection, reference).id for reference in added]
            return _write(connection, playlist_id, [*_read(connection, playlist_id), *found])

    def remove(self, name: str, positions: Iterable[int]) -> int:
        """Take out the items at these positions; return the new length."""
        with self._database.writing() as connection:
            playlist_id = _find(connection, name)
            ids = _read(connection, playlist_id)
            dropped = {_checked(position, ids, name) for position in positions}
            rest = [sound_id for index, sound_id in enumerate(ids) if index not in dropped]
            return _write(connection, playlist_id, rest)

    def move(self, name: str, position: int, new_position: int) -> None:
        """Move the item at `position` so that it stands at `new_position`."""
        with self._database.writing() as connection:
            playlist_id = _find(connection, name)
            ids = _read(connection, playlist_id)
            sound_id = ids.pop(_checked(position, ids, name))
            ids.insert(_checked(new_position, [*ids, sound_id], name), sound_id)
            _write(connection, playlist_id, ids)

    def export(
        self, name: str, target: Path, *, kind: str, overwrite: bool = False
    ) -> list[Failure]:
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
        items = self.items(name)
        with self._database.reading() as connection:
            entries = [
                PlaylistEntry(
                    sound, tuple(tag.name for tag in tagging.tags_of(connection, sound.id))
                )
                for sound in items
            ]
        return EXPORTS[kind](entries, target, overwrite)


def _find(connection: Connection, name: str) -> int:
    query = select(playlists.c.id).where(playlists.c.name == name)
    playlist_id = connection.execute(query).scalar()
    if playlist_id is None:
        raise QueryError(f"there is no playlist {name!r}; list the playlists to see their names")
    return int(playlist_id)


def _claim(connection: Connection, name: str) -> None:
    """Check that a playlist may be called `name`."""
    if not name.strip() or len(name) > _LONGEST_NAME or not name.isprintable():
        raise QueryError(
            f"{name!r} cannot name a playlist; give one line of 1 to {_LONGEST_NAME} printable "
            "characters"
        )
    if connection.execute(select(playlists.c.id).where(playlists.c.name == name)).first():
        raise QueryError(f"there is a playlist {name!r} already; choose another name")


def _checked(position: int, ids: Sequence[int], name: str) -> int:
    if not 1 <= position <= len(ids):
        raise QueryError(f"the playlist {name!r} has {len(ids)} items, and none at {position}")
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
