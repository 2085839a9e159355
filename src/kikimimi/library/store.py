"""Rows of sounds: reading and writing them inside a transaction that the caller holds.

Full-text rows follow the tables: whoever changes a name, folder or tag here or in `tagging`
refreshes them in the same transaction.
"""

import json
import os
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from sqlalchemy import Connection, Row, bindparam, delete, exists, insert, select, text, update

from kikimimi.errors import UnknownError
from kikimimi.library import words
from kikimimi.library.file_outcomes import Content
from kikimimi.library.measures import measures_of
from kikimimi.library.records import Failure, Sound, SoundReference
from kikimimi.library.scanning import FileState
from kikimimi.library.schema import (
    WORDS_TABLE,
    failures,
    sound_tags,
    sounds,
    tags,
    windows,
)
from kikimimi.paths import display_path
from kikimimi.types import FloatArray, Tag, Window

_IDS_AT_ONCE = 500
_NEVER_NS = -1
"""A time that no file has, so that it counts as changed."""


class KnownFile(NamedTuple):
    """What the library knows of a file before looking at it."""

    id: int
    path_key: bytes
    state: FileState
    missing: bool


def known_files(connection: Connection) -> Iterator[KnownFile]:
    """Every sound's file, as it was when it was read."""
    columns = (
        sounds.c.id,
        sounds.c.path_key,
        sounds.c.size_bytes,
        sounds.c.mtime_ns,
        sounds.c.missing,
    )
    for key, path_key, size, mtime, missing in connection.execute(select(*columns)):
        yield KnownFile(key, path_key, FileState(size, mtime), bool(missing))


def read_sounds(connection: Connection) -> Iterator[Sound]:
    """Every sound, in the order of the paths."""
    for row in connection.execute(select(sounds).order_by(sounds.c.path_key)):
        yield sound_of_row(row)


def sound_of_row(row: Row[Any]) -> Sound:
    """The sound in a row of the table `sounds`."""
    return Sound(
        id=row.id,
        path=Path(os.fsdecode(row.path_key)),
        name=row.name,
        folder=row.folder,
        size_bytes=row.size_bytes,
        content_hash=row.content_hash,
        format=row.format,
        subtype=row.subtype,
        sample_rate_hz=row.sample_rate_hz,
        channels=row.channels,
        duration_s=row.duration_s,
        missing=bool(row.missing),
    )


def find_sound(connection: Connection, reference: SoundReference) -> Sound:
    """One sound by its id or path; a path may lead over links.

    Raises:
        UnknownError: the sound is not in the library.
    """
    if isinstance(reference, int):
        row = connection.execute(select(sounds).where(sounds.c.id == reference)).first()
        shown = f"number {reference}"
    else:
        path = Path(reference).expanduser().absolute()
        keys = {os.fsencode(path), os.fsencode(path.resolve())}
        row = connection.execute(select(sounds).where(sounds.c.path_key.in_(keys))).first()
        shown = display_path(reference)
    if row is None:
        raise UnknownError(f"the sound {shown} is not in the library; index its folder first")
    return sound_of_row(row)


def find_ids(connection: Connection, references: Iterable[SoundReference]) -> list[int]:
    """The ids of sounds in the order given, each once. Raises as `find_sound`."""
    return list(dict.fromkeys(find_ids_in_order(connection, references)))


def find_ids_in_order(connection: Connection, references: Iterable[SoundReference]) -> list[int]:
    """The ids of sounds in the order given, as often as given. Raises as `find_sound`."""
    wanted = list(references)
    numbers = [reference for reference in wanted if isinstance(reference, int)]
    known = set(connection.execute(_KNOWN, {"ids": json.dumps(numbers)}).scalars())
    return [
        reference
        if isinstance(reference, int) and reference in known
        else find_sound(connection, reference).id
        for reference in wanted
    ]


_KNOWN = text("SELECT id FROM sounds WHERE id IN (SELECT value FROM json_each(:ids))")


def sounds_with_content(connection: Connection, content_hash: str, *, most: int) -> list[Sound]:
    """The first sounds with vectors, `most` at most, whose file had exactly these bytes."""
    rows = connection.execute(_WITH_CONTENT, {"hash": content_hash, "most": most})
    return [sound_of_row(row) for row in rows]


# A sound has none if its file could not be found when the library moved to another encoder.
_HAS_WINDOWS = exists().where(windows.c.sound_id == sounds.c.id)
_WITH_CONTENT = (
    select(sounds)
    .where(sounds.c.content_hash == bindparam("hash"), _HAS_WINDOWS)
    .limit(bindparam("most"))
)


def missing_sounds(connection: Connection) -> list[Sound]:
    """The sounds marked missing."""
    query = select(sounds).where(sounds.c.missing == 1).order_by(sounds.c.id)
    return [sound_of_row(row) for row in connection.execute(query)]


def sound_with_id(connection: Connection, sound_id: int) -> Sound:
    """The sound of an id that is known to exist."""
    return sound_of_row(connection.execute(select(sounds).where(sounds.c.id == sound_id)).one())


def has_content(connection: Connection, content_hash: str) -> bool:
    """Tell whether there are vectors of any sound whose file had exactly these bytes."""
    return connection.execute(_HAS_CONTENT, {"hash": content_hash}).first() is not None


_HAS_CONTENT = (
    select(sounds.c.id).where(sounds.c.content_hash == bindparam("hash"), _HAS_WINDOWS).limit(1)
)


def has_windows(connection: Connection, sound_id: int) -> bool:
    """Tell whether there are vectors of a sound."""
    query = select(windows.c.id).where(windows.c.sound_id == sound_id).limit(1)
    return connection.execute(query).first() is not None


def content_of(connection: Connection, sound: Sound) -> Content:
    """What was found out about a sound from the bytes of its file.

    Automatic tags that the user rejected for this sound are among its tags.
    """
    rows = connection.execute(
        select(windows.c.start_s, windows.c.end_s, windows.c.vector)
        .where(windows.c.sound_id == sound.id)
        .order_by(windows.c.id)
    ).all()
    tag_rows = connection.execute(
        select(tags.c.name, sound_tags.c.score)
        .join(tags)
        .where(sound_tags.c.sound_id == sound.id, sound_tags.c.source.in_(("auto", "rejected")))
        .where(sound_tags.c.score > 0)
        .order_by(sound_tags.c.score.desc())
    )
    return Content(
        content_hash=sound.content_hash,
        format=sound.format,
        subtype=sound.subtype,
        sample_rate_hz=sound.sample_rate_hz,
        channels=sound.channels,
        duration_s=sound.duration_s,
        windows=tuple(Window(row.start_s, row.end_s) for row in rows),
        vectors=_stacked([np.frombuffer(row.vector, dtype="<f4") for row in rows]),
        tags=tuple(Tag(row.name, row.score) for row in tag_rows),
        measures=measures_of(connection, sound.id),
    )


def _stacked(vectors: list[FloatArray]) -> FloatArray:
    return np.stack(vectors) if vectors else np.zeros((0, 0), dtype=np.float32)


def set_missing(connection: Connection, sound_ids: Iterable[int], *, missing: bool) -> None:
    """Mark sounds whose files are gone, or are there again."""
    statement = (
        update(sounds).where(sounds.c.id == bindparam("sound_id")).values(missing=int(missing))
    )
    rows = [{"sound_id": sound_id} for sound_id in sound_ids]
    if rows:
        connection.execute(statement, rows)


def drop_vectors(connection: Connection, sound_ids: Iterable[int]) -> None:
    """Mark sounds as missing and without vectors; their files are read again when they are there.

    The caller raises the revision.
    """
    rows = [{"key": sound_id} for sound_id in sound_ids]
    if rows:
        connection.execute(delete(windows).where(windows.c.sound_id == bindparam("key")), rows)
        statement = update(sounds).where(sounds.c.id == bindparam("key"))
        connection.execute(statement.values(missing=1, mtime_ns=_NEVER_NS), rows)


def delete_missing(connection: Connection) -> int:
    """Delete the sounds marked missing with all that hangs on them; return how many.

    The caller raises the revision.
    """
    query = select(sounds.c.id).where(sounds.c.missing == 1)
    gone = list(connection.execute(query).scalars())
    delete_sounds(connection, gone)
    return len(gone)


def delete_sounds(connection: Connection, sound_ids: Sequence[int]) -> None:
    """Delete sounds with all that hangs on them; the caller raises the revision."""
    rows = [{"sound_id": sound_id} for sound_id in sound_ids]
    if rows:
        connection.execute(text(f"DELETE FROM {WORDS_TABLE} WHERE rowid = :sound_id"), rows)
        connection.execute(delete(sounds).where(sounds.c.id == bindparam("sound_id")), rows)


def read_failures(connection: Connection) -> dict[bytes, tuple[FileState, Failure]]:
    """The files that could not be decoded, by `path_key`, as they were then."""
    found = {}
    for row in connection.execute(select(failures)):
        failure = Failure(Path(os.fsdecode(row.path_key)), row.reason)
        found[row.path_key] = (FileState(row.size_bytes, row.mtime_ns), failure)
    return found


def forget_failures(connection: Connection, path_keys: Iterable[bytes]) -> None:
    """Forget bad files that have gone or got better."""
    rows = [{"key": path_key} for path_key in path_keys]
    if rows:
        connection.execute(delete(failures).where(failures.c.path_key == bindparam("key")), rows)


def refresh_words(connection: Connection, sound_ids: Iterable[int]) -> None:
    """Write the full-text rows of sounds anew from their names, folders and tags."""
    for ids in _chunks(list(sound_ids)):
        tag_names = _tag_names(connection, ids)
        query = select(sounds.c.id, sounds.c.name, sounds.c.folder).where(sounds.c.id.in_(ids))
        rows = [
            _words_row(row.id, row.name, row.folder, tag_names.get(row.id, []))
            for row in connection.execute(query)
        ]
        if rows:
            connection.execute(_WRITE_WORDS, rows)


def refresh_tag_words(connection: Connection, sound_ids: Iterable[int]) -> None:
    """The same for sounds of which nothing but the tags has changed."""
    for ids in _chunks(list(sound_ids)):
        tag_names = _tag_names(connection, ids)
        rows = [{"key": key, "new": words.tags_text(tag_names.get(key, []))} for key in ids]
        connection.execute(_WRITE_TAG_WORDS, rows)


def _tag_names(connection: Connection, sound_ids: Sequence[int]) -> dict[int, list[str]]:
    """The names of the tags of sounds, in their order."""
    query = (
        select(sound_tags.c.sound_id, tags.c.name)
        .join(tags)
        .where(sound_tags.c.sound_id.in_(sound_ids), sound_tags.c.source != "rejected")
        .distinct()
        .order_by(tags.c.name)
    )
    found: dict[int, list[str]] = {}
    for sound_id, name in connection.execute(query):
        found.setdefault(sound_id, []).append(name)
    return found


_WRITE_TAG_WORDS = text(f"UPDATE {WORDS_TABLE} SET tags = :new WHERE rowid = :key")
_WRITE_WORDS = text(
    f"INSERT OR REPLACE INTO {WORDS_TABLE} (rowid, name, folder, tags) "
    "VALUES (:sound_id, :name, :folder, :tags)"
)


def tag_ids(connection: Connection, names: Sequence[str]) -> dict[str, int]:
    """The ids of tags by name; tags that are new get one."""
    if names:
        rows = [{"name": name} for name in names]
        connection.execute(insert(tags).prefix_with("OR IGNORE"), rows)
    query = select(tags.c.name, tags.c.id).where(tags.c.name.in_(names))
    return {row.name: row.id for row in connection.execute(query)}


def _words_row(sound_id: int, name: str, folder: str, tag_names: list[str]) -> dict[str, Any]:
    name_text, folder_text, tag_text = words.index_text(
        name=name, folder=folder, tag_names=tag_names
    )
    return {"sound_id": sound_id, "name": name_text, "folder": folder_text, "tags": tag_text}


def _chunks(ids: list[int]) -> Iterator[list[int]]:
    for start in range(0, len(ids), _IDS_AT_ONCE):
        yield ids[start : start + _IDS_AT_ONCE]
