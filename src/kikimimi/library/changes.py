"""Writing many sounds at once: a few statements for a whole batch of files."""

import os
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, NamedTuple

from sqlalchemy import Connection, bindparam, delete, insert, select, text, update

from kikimimi.audio.measures.values import Measures
from kikimimi.library import store
from kikimimi.library.file_outcomes import Content
from kikimimi.library.measures import write_measures
from kikimimi.library.scanning import FileState
from kikimimi.library.schema import (
    failures,
    layout_points,
    settings,
    sound_tags,
    sounds,
    tags,
    windows,
)
from kikimimi.library.taught.applying import apply_to_sounds
from kikimimi.library.taught.examples import fill_waiting
from kikimimi.paths import display_path
from kikimimi.types import Tag


class Added(NamedTuple):
    """A new sound."""

    path_key: bytes
    state: FileState
    content: Content


class Replaced(NamedTuple):
    """A sound whose file has other content now."""

    sound_id: int
    state: FileState
    content: Content


class Moved(NamedTuple):
    """A sound whose file is at another path now."""

    sound_id: int
    path_key: bytes
    state: FileState


class Touched(NamedTuple):
    """A sound whose file has another time, but the same content."""

    sound_id: int
    state: FileState


class Gauged(NamedTuple):
    """A sound that is as it was, and was measured."""

    sound_id: int
    measures: Measures


class Failed(NamedTuple):
    """A file whose present content cannot be read."""

    path_key: bytes
    state: FileState
    reason: str


@dataclass(slots=True)
class Changes:
    """What is to be written in one transaction; each sound and path stands in it once.

    Only a sound that is moved may be replaced as well.
    `lost` are ids of sounds to mark as missing, `mended` are paths of failures to forget.
    """

    added: list[Added] = field(default_factory=list)
    replaced: list[Replaced] = field(default_factory=list)
    moved: list[Moved] = field(default_factory=list)
    touched: list[Touched] = field(default_factory=list)
    gauged: list[Gauged] = field(default_factory=list)
    lost: list[int] = field(default_factory=list)
    failed: list[Failed] = field(default_factory=list)
    mended: list[bytes] = field(default_factory=list)


def write_changes(connection: Connection, changes: Changes) -> list[int]:
    """Write everything, full-text rows and revision with it; the ids of the added sounds.

    What the user said of a sound (tags, rejections, playlists) outlives every change.
    """
    _execute(connection, _FORGET, [{"key": key} for key in _keys_to_forget(changes)])
    _execute(connection, insert(failures), [_failure_row(failed) for failed in changes.failed])
    store.set_missing(connection, changes.lost, missing=True)
    _execute(connection, _TOUCH, [_touch_values(sound) for sound in changes.touched])
    _execute(connection, _MOVE, [_move_values(sound) for sound in changes.moved])
    _replace(connection, changes.replaced)
    added = _add(connection, changes.added)
    write_measures(connection, *_columns(changes.gauged))
    replaced = [sound.sound_id for sound in changes.replaced]
    moved = [sound.sound_id for sound in changes.moved]
    _give_taught_tags(connection, changes, [*replaced, *added])
    store.refresh_words(connection, [*replaced, *moved, *added])
    if changes.added or changes.replaced:
        raise_revision(connection)
    return added


def raise_revision(connection: Connection) -> None:
    """Count one more change of the vectors, so that every index made before is out of date."""
    connection.execute(_RAISE_REVISION)


_FORGET = delete(failures).where(failures.c.path_key == bindparam("key"))
_TOUCH = (
    update(sounds)
    .where(sounds.c.id == bindparam("sound_id"))
    .values(size_bytes=bindparam("size"), mtime_ns=bindparam("mtime"), missing=0)
)
_MOVE = _TOUCH.values(
    path_key=bindparam("new_key"),
    path=bindparam("new_path"),
    name=bindparam("new_name"),
    folder=bindparam("new_folder"),
)
_CONTENT_COLUMNS = (
    "content_hash",
    "format",
    "subtype",
    "sample_rate_hz",
    "channels",
    "duration_s",
)
_REPLACE = _TOUCH.values({name: bindparam(f"new_{name}") for name in _CONTENT_COLUMNS})
_DELETE_WINDOWS = delete(windows).where(windows.c.sound_id == bindparam("key"))
_DELETE_POINTS = delete(layout_points).where(layout_points.c.sound_id == bindparam("key"))
_DELETE_AUTO_TAGS = delete(sound_tags).where(
    sound_tags.c.sound_id == bindparam("key"), sound_tags.c.source == "auto"
)
_SCORE_REJECTED = (
    update(sound_tags)
    .where(sound_tags.c.sound_id == bindparam("key"), sound_tags.c.tag_id == bindparam("tag"))
    .where(sound_tags.c.source == "rejected")
    .values(score=bindparam("new_score"))
)
_LAST_ID = text("SELECT seq FROM sqlite_sequence WHERE name = :name")
_RAISE_REVISION = text(
    f"UPDATE {settings.name} SET value = CAST(value AS INTEGER) + 1 WHERE key = 'revision'"
)


def _execute(connection: Connection, statement: Any, rows: Sequence[dict[str, Any]]) -> None:
    if rows:
        connection.execute(statement, rows)


def _columns(gauged: Sequence[Gauged]) -> tuple[list[int], list[Measures]]:
    return [each.sound_id for each in gauged], [each.measures for each in gauged]


def _keys_to_forget(changes: Changes) -> list[bytes]:
    return [*changes.mended, *(failed.path_key for failed in changes.failed)]


def _add(connection: Connection, added: Sequence[Added]) -> list[int]:
    if not added:
        return []
    last_id = connection.execute(_LAST_ID, {"name": sounds.name}).scalar() or 0
    ids = list(range(last_id + 1, last_id + 1 + len(added)))
    added_at = datetime.now(UTC).isoformat(timespec="seconds")
    rows = [
        {"id": sound_id, "missing": 0, "added_at": added_at}
        | _path_values(sound.path_key)
        | sound.state._asdict()
        | _content_values(sound.content)
        for sound_id, sound in zip(ids, added, strict=True)
    ]
    connection.execute(insert(sounds), rows)
    _insert_windows(connection, ids, [sound.content for sound in added])
    _insert_auto_tags(connection, ids, [sound.content.tags for sound in added])
    write_measures(connection, ids, [sound.content.measures for sound in added])
    return ids


def _replace(connection: Connection, replaced: Sequence[Replaced]) -> None:
    if not replaced:
        return
    ids = [sound.sound_id for sound in replaced]
    keys = [{"key": sound_id} for sound_id in ids]
    rows = [
        _touch_values(Touched(sound.sound_id, sound.state))
        | {f"new_{name}": value for name, value in _content_values(sound.content).items()}
        for sound in replaced
    ]
    connection.execute(_REPLACE, rows)
    connection.execute(_DELETE_WINDOWS, keys)
    connection.execute(_DELETE_AUTO_TAGS, keys)
    _insert_windows(connection, ids, [sound.content for sound in replaced])
    kept = [_without_rejected(connection, sound.sound_id, sound.content.tags) for sound in replaced]
    _insert_auto_tags(connection, ids, kept)
    write_measures(connection, ids, [sound.content.measures for sound in replaced])
    _execute(connection, _DELETE_POINTS, keys)


def _give_taught_tags(connection: Connection, changes: Changes, sound_ids: list[int]) -> None:
    if sound_ids:
        contents = [sound.content for sound in changes.replaced]
        contents += [sound.content for sound in changes.added]
        heard = [(each.content_hash, each.vectors) for each in contents]
        fill_waiting(connection, heard)
        apply_to_sounds(connection, sound_ids, heard)


def _insert_windows(
    connection: Connection, ids: Sequence[int], contents: Sequence[Content]
) -> None:
    rows = [
        {
            "sound_id": sound_id,
            "start_s": window.start_s,
            "end_s": window.end_s,
            "vector": vector.astype("<f4").tobytes(),
        }
        for sound_id, content in zip(ids, contents, strict=True)
        for window, vector in zip(content.windows, content.vectors, strict=True)
    ]
    _execute(connection, insert(windows), rows)


def _insert_auto_tags(
    connection: Connection, ids: Sequence[int], found: Sequence[Sequence[Tag]]
) -> None:
    names = sorted({tag.name for of_sound in found for tag in of_sound})
    tag_ids = store.tag_ids(connection, names)
    rows = [
        {"sound_id": sound_id, "tag_id": tag_ids[tag.name], "source": "auto", "score": tag.score}
        for sound_id, of_sound in zip(ids, found, strict=True)
        for tag in of_sound
    ]
    _execute(connection, insert(sound_tags), rows)


def _without_rejected(connection: Connection, sound_id: int, found: Sequence[Tag]) -> list[Tag]:
    """The tags that the user has not rejected; rejected ones get their present score, or 0."""
    scores = {tag.name: tag.score for tag in found}
    query = (
        select(tags.c.id, tags.c.name)
        .join(sound_tags)
        .where(sound_tags.c.sound_id == sound_id, sound_tags.c.source == "rejected")
    )
    rejected = [
        {"key": sound_id, "tag": row.id, "new_score": scores.pop(row.name, 0.0)}
        for row in connection.execute(query)
    ]
    _execute(connection, _SCORE_REJECTED, rejected)
    return [tag for tag in found if tag.name in scores]


def _failure_row(failed: Failed) -> dict[str, Any]:
    path = {"path_key": failed.path_key, "path": display_path(failed.path_key)}
    return path | failed.state._asdict() | {"reason": failed.reason}


def _touch_values(sound: Touched | Moved) -> dict[str, Any]:
    return {
        "sound_id": sound.sound_id,
        "size": sound.state.size_bytes,
        "mtime": sound.state.mtime_ns,
    }


def _move_values(sound: Moved) -> dict[str, Any]:
    path = _path_values(sound.path_key)
    return _touch_values(sound) | {
        "new_key": path["path_key"],
        "new_path": path["path"],
        "new_name": path["name"],
        "new_folder": path["folder"],
    }


def _path_values(path_key: bytes) -> dict[str, Any]:
    path = Path(os.fsdecode(path_key))
    return {
        "path_key": path_key,
        "path": display_path(path),
        "name": display_path(path.name),
        "folder": display_path(path.parent),
    }


def _content_values(content: Content) -> dict[str, Any]:
    return {name: getattr(content, name) for name in _CONTENT_COLUMNS}
