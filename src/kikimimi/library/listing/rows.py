"""The rows of a page of a list."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection

from kikimimi.library.records import SoundTag
from kikimimi.library.window_rows import raw_rows

_FACTS = (
    "id",
    "name",
    "folder",
    "duration_s",
    "sample_rate_hz",
    "channels",
    "format",
    "subtype",
    "missing",
    "added_at",
    "loudness_lufs",
    "peak_db",
    "overview",
)
_SOUNDS = (
    f"SELECT {', '.join(_FACTS)} FROM sounds "
    "LEFT JOIN sound_measures ON sound_measures.sound_id = id "
    "LEFT JOIN sound_overviews ON sound_overviews.sound_id = id "
    "WHERE id IN (SELECT value FROM json_each(?))"
)
_TAGS = (
    "SELECT sound_id, name, score, source FROM sound_tags JOIN tags ON tags.id = tag_id "
    "WHERE sound_id IN (SELECT value FROM json_each(?)) AND source <> 'rejected' "
    "ORDER BY source DESC, score DESC, name"
)


@dataclass(frozen=True, slots=True)
class SoundRow:
    """What a list shows of a sound; all its tags, the user's first, then by score.

    What was not measured yet is None; `overview` as `audio.measures` makes it.
    """

    id: int
    name: str
    folder: str
    duration_s: float
    sample_rate_hz: int
    channels: int
    format: str
    subtype: str
    missing: bool
    added_at: str | None
    loudness_lufs: float | None
    peak_db: float | None
    overview: bytes | None
    tags: Sequence[SoundTag]


def read_rows(connection: Connection, sound_ids: Sequence[int]) -> list[SoundRow]:
    """The rows of sounds in the order of `sound_ids`; those that are gone are left out."""
    wanted = (json.dumps(list(sound_ids)),)
    tags: dict[int, dict[str, SoundTag]] = {}
    for sound_id, name, score, source in raw_rows(connection, _TAGS, wanted):
        tags.setdefault(sound_id, {}).setdefault(name, SoundTag(name, score, source))
    rows = {
        row[0]: _row(row, tuple(tags.get(row[0], {}).values()))
        for row in raw_rows(connection, _SOUNDS, wanted)
    }
    return [rows[sound_id] for sound_id in sound_ids if sound_id in rows]


def _row(values: tuple[Any, ...], tags: Sequence[SoundTag]) -> SoundRow:
    facts: dict[str, Any] = dict(zip(_FACTS, values, strict=True))
    return SoundRow(**facts | {"missing": bool(facts["missing"]), "tags": tags})
