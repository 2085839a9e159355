"""Playlists: named lists of sounds in the user's order. Positions count from 1."""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import Connection, delete, insert, select, update

from kikimimi.errors import ChangedSinceError, QueryError
from kikimimi.library import store, tagging
from kikimimi.library.database import Database
from kikimimi.library.journal.label import Label
from kikimimi.library.playlist_export import EXPORTS, PlaylistEntry
from kikimimi.library.playlist_rows import (
    Playlist,
    PlaylistReference,
    checked_place,
    claim_name,
    find_playlist,
    items_of,
    items_revision,
    listed,
    name_of,
    next_id,
    read_items,
    shown_reference,
    write_items,
)
from kikimimi.library.records import Failure, Sound, SoundReference
from kikimimi.library.schema import playlist_items, playlists


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
            return listed(connection)

    def find(self, reference: PlaylistReference) -> Playlist:
        """One playlist."""
        with self._database.reading() as connection:
            playlist_id = find_playlist(connection, reference)
            return next(each for each in listed(connection) if each.id == playlist_id)

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
            return items_of(connection, find_playlist(connection, reference))

    def item_ids(self, reference: PlaylistReference) -> Sequence[int]:
        """The ids of the sounds of a playlist in order."""
        with self._database.reading() as connection:
            return read_items(connection, find_playlist(connection, reference))

    def create(self, name: str, added: Iterable[SoundReference] = ()) -> int:
        """Make a playlist; return its number, which no other one gets again.

        Raises:
            QueryError: there is one of this name, or the name is not one printable line.
        """
        with self._database.writing(Label("playlist_created", {"name": name})) as connection:
            claim_name(connection, name)
            playlist_id = next_id(connection)
            connection.execute(insert(playlists).values(id=playlist_id, name=name))
            write_items(connection, playlist_id, store.find_ids_in_order(connection, added))
            return playlist_id

    def rename(self, reference: PlaylistReference, new_name: str) -> None:
        """Give a playlist another name. Raises as `create`."""
        with self._changing("playlist_renamed", reference, new_name=new_name) as changed:
            connection, playlist_id = changed
            claim_name(connection, new_name)
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
            ids = read_items(connection, playlist_id)
            place = len(ids) if at is None else max(at - 1, 0)
            return write_items(connection, playlist_id, [*ids[:place], *found, *ids[place:]])

    def remove(self, reference: PlaylistReference, positions: Iterable[int]) -> int:
        """Take out the items at these positions; return the new length."""
        wanted = set(positions)
        label = {"count": len(wanted)}
        with self._changing("playlist_shortened", reference, **label) as (connection, playlist_id):
            ids = read_items(connection, playlist_id)
            dropped = {checked_place(position, ids, reference) for position in wanted}
            rest = [sound_id for index, sound_id in enumerate(ids) if index not in dropped]
            return write_items(connection, playlist_id, rest)

    def move(self, reference: PlaylistReference, position: int, new_position: int) -> None:
        """Move the item at `position` so that it stands at `new_position`."""
        with self._changing("playlist_ordered", reference) as (connection, playlist_id):
            ids = read_items(connection, playlist_id)
            sound_id = ids.pop(checked_place(position, ids, reference))
            ids.insert(checked_place(new_position, [*ids, sound_id], reference), sound_id)
            write_items(connection, playlist_id, ids)

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
            now = items_revision(read_items(connection, playlist_id))
            if expected_revision not in (None, now):
                raise ChangedSinceError(
                    f"the playlist {shown_reference(reference)} was changed by somebody else; "
                    "look at it again, then change it"
                )
            ids = store.find_ids_in_order(connection, wanted)
            return write_items(connection, playlist_id, ids)

    @contextmanager
    def _changing(
        self, kind: str, reference: PlaylistReference, **params: str | int
    ) -> Iterator[tuple[Connection, int]]:
        """A transaction on one playlist, in the journal under its name."""
        with self._database.reading() as connection:
            name = name_of(connection, find_playlist(connection, reference))
        with self._database.writing(Label(kind, {"name": name, **params})) as connection:
            yield connection, find_playlist(connection, reference)

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
            items = items_of(connection, find_playlist(connection, name))
            tags = {sound.id: tagging.tags_of(connection, sound.id) for sound in items}
        return [PlaylistEntry(sound, tuple(tag.name for tag in tags[sound.id])) for sound in items]
