"""What can be done about sounds whose files are gone."""

import os
from collections.abc import Sequence
from pathlib import Path

from sqlalchemy import select

from kikimimi.errors import ChangedSinceError, QueryError
from kikimimi.library import store
from kikimimi.library.changes import Changes, Moved, raise_revision, write_changes
from kikimimi.library.content_hash import hash_file
from kikimimi.library.database import Database
from kikimimi.library.journal.label import Label
from kikimimi.library.scanning import file_state
from kikimimi.library.schema import sounds
from kikimimi.paths import display_path


class MissingFiles:
    """Locating and forgetting sounds of one library; both are in the journal."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def locate(self, sound_id: int, path: Path) -> None:
        """Say where the file of a sound is now; all that was said of the sound stays.

        Raises:
            UnknownError: there is no such sound.
            QueryError: the path is not absolute, no readable file, or holds other bytes.
            ChangedSinceError: another sound of the library is at that path.
        """
        if not path.is_absolute() or not path.is_file():
            raise QueryError(
                f"there is no file {display_path(path)}; give the full path of the sound's file"
            )
        place = path.resolve()
        with self._database.reading() as connection:
            sound = store.find_sound(connection, sound_id)
        key = os.fsencode(place)
        state = file_state(key)
        if state is None or _hash(place) != sound.content_hash:
            raise QueryError(
                f"{display_path(place)} is not the sound {sound.name}: its bytes are others; index "
                "its folder to take it in as a sound of its own"
            )
        with self._database.writing(Label("sound_located", {"name": sound.name})) as connection:
            query = select(sounds.c.id).where(sounds.c.path_key == key, sounds.c.id != sound_id)
            other = connection.execute(query).scalar()
            if other is not None:
                raise ChangedSinceError(
                    f"{display_path(place)} is the sound number {other} of the library already; "
                    "forget the missing one instead"
                )
            write_changes(connection, Changes(moved=[Moved(sound_id, key, state)]))

    def forget(self, sound_ids: Sequence[int]) -> int:
        """Delete sounds whose files are gone, tags and all; return how many.

        Raises:
            UnknownError: there is no such sound.
            QueryError: the file of one is there; nothing is deleted then.
        """
        with self._database.reading() as connection:
            ids = store.find_ids(connection, sound_ids)
        with self._database.writing(Label("sounds_forgotten", {"count": len(ids)})) as connection:
            for sound in (store.find_sound(connection, sound_id) for sound_id in ids):
                if not sound.missing:
                    raise QueryError(
                        f"the file of {sound.name} is there, so the sound is not forgotten; delete "
                        "the file first, then index its folder"
                    )
            store.delete_sounds(connection, ids)
            if ids:
                raise_revision(connection)
        return len(ids)


def _hash(path: Path) -> str:
    try:
        return hash_file(path)
    except OSError as error:
        raise QueryError(
            f"{display_path(path)} cannot be read ({error.strerror}); check its permissions"
        ) from error
