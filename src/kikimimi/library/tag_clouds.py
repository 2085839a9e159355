"""The sounds of each tag as a cloud of vectors, to compare kinds of sound.

Axes: n sounds, D size of a vector.
"""

from collections.abc import Sequence

import numpy as np
from sqlalchemy import Connection, func, select

from kikimimi.library.conditions import sound_conditions, tag_strength
from kikimimi.library.query import Filters
from kikimimi.library.schema import sound_tags, sounds, tags, windows
from kikimimi.library.window_rows import vectors_of_sound
from kikimimi.types import FloatArray


def common_tags(connection: Connection, *, top: int, min_score: float) -> list[str]:
    """The tags that most of the present sounds have with a score of `min_score`, most first."""
    count = func.count(sound_tags.c.sound_id.distinct())
    rows = connection.execute(
        select(tags.c.name)
        .join(sound_tags, sound_tags.c.tag_id == tags.c.id)
        .join(sounds, sounds.c.id == sound_tags.c.sound_id)
        .where(
            sound_tags.c.source != "rejected",
            sound_tags.c.score >= min_score,
            sounds.c.missing == 0,
        )
        .group_by(tags.c.name)
        .order_by(count.desc(), tags.c.name)
        .limit(top)
    )
    return list(rows.scalars())


def tag_clouds(
    connection: Connection, names: Sequence[str], *, min_score: float, most: int, seed: int = 0
) -> dict[str, FloatArray]:
    """The vectors (n, D) of the sounds that have each tag, one a sound: the mean of its windows.

    A sound with several of the tags is in the cloud of each. A tag that no present sound has with
    a score of `min_score` gives (0, 0).

    Args:
        connection: to the library.
        names: tags, by any of their names as in a search.
        min_score: the least score; tags that the user gave have the score 1.
        most: of more sounds, this many are drawn with `seed`.
        seed: of the draw.

    Raises:
        QueryError: no sound has a tag of this name; the message names the nearest.
        LibraryError: the vectors are damaged.
    """
    generator = np.random.default_rng(seed)
    vectors: dict[int, FloatArray] = {}
    clouds: dict[str, FloatArray] = {}
    for name in names:
        ids = _tagged_sounds(connection, name, min_score)
        if len(ids) > most:
            ids = sorted(generator.choice(ids, most, replace=False).tolist())
        for sound_id in ids:
            if sound_id not in vectors:
                vectors[sound_id] = vectors_of_sound(connection, sound_id).mean(axis=0)
        empty = np.zeros((0, 0), np.float32)
        clouds[name] = np.stack([vectors[sound_id] for sound_id in ids]) if ids else empty
    return clouds


def _tagged_sounds(connection: Connection, name: str, min_score: float) -> list[int]:
    """The ids of the present sounds with a vector that have the tag so strongly."""
    filters = Filters(tags=(name,))
    has_vectors = select(windows.c.id).where(windows.c.sound_id == sounds.c.id).exists()
    query = select(sounds.c.id).where(
        *sound_conditions(connection, filters),
        tag_strength(connection, filters) >= min_score,
        has_vectors,
    )
    return list(connection.execute(query.order_by(sounds.c.id)).scalars())
