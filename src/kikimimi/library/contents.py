"""The whole of a library, for export: all tags, all vectors.

Axes: n windows, D size of a vector.
"""

import os
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from sqlalchemy import Connection, select

from kikimimi.library.records import SoundTag
from kikimimi.library.schema import sound_tags, sounds, tags, windows
from kikimimi.types import Embedding, Window


@dataclass(frozen=True, slots=True, eq=False)
class SoundEmbedding:
    """The vector of one window of a sound."""

    path: Path
    embedding: Embedding


def all_tags(connection: Connection) -> dict[int, list[SoundTag]]:
    """The tags of every sound by its id, the user's first, then by score; each name once."""
    rows = connection.execute(
        select(sound_tags.c.sound_id, tags.c.name, sound_tags.c.score, sound_tags.c.source)
        .join(tags)
        .where(sound_tags.c.source != "rejected")
        .order_by(
            sound_tags.c.sound_id,
            sound_tags.c.source.desc(),
            sound_tags.c.score.desc(),
            tags.c.name,
        )
    )
    found: defaultdict[int, dict[str, SoundTag]] = defaultdict(dict)
    for row in rows:
        found[row.sound_id].setdefault(row.name, SoundTag(row.name, row.score, row.source))
    return {sound_id: list(by_name.values()) for sound_id, by_name in found.items()}


def all_embeddings(connection: Connection) -> Iterator[SoundEmbedding]:
    """The vectors (D,) of all windows of sounds that are not missing, by path and time."""
    rows = connection.execute(
        select(sounds.c.path_key, windows.c.start_s, windows.c.end_s, windows.c.vector)
        .join(windows)
        .where(sounds.c.missing == 0)
        .order_by(sounds.c.path_key, windows.c.start_s)
    )
    for row in rows:
        vector = np.frombuffer(row.vector, dtype="<f4").astype(np.float32)
        window = Window(row.start_s, row.end_s)
        yield SoundEmbedding(Path(os.fsdecode(row.path_key)), Embedding(vector, window))
