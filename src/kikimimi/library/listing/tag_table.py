"""Which sound has which tag, as arrays, so that tags are counted in milliseconds.

Axis m: pairs of a sound and a tag, each once.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import Connection

from kikimimi.library.touches import touched_since
from kikimimi.library.word_search import Tagged

Ids = NDArray[np.int64]

_PAIRS = (
    "SELECT sound_id, tag_id, max(score) FROM sound_tags WHERE source <> 'rejected' {among}"
    "GROUP BY sound_id, tag_id"
)
_ALL = _PAIRS.format(among="")
_SOME = _PAIRS.format(among="AND sound_id IN (SELECT value FROM json_each(?)) ")
_ROWS_AT_ONCE = 50_000
_MOST_CHANGED = 5000


@dataclass(frozen=True, slots=True, eq=False)
class TagTable:
    """The tags of all sounds as of `revision`: sounds, tags and best scores, each (m,)."""

    revision: int
    sound_ids: Ids
    tag_ids: Ids
    scores: NDArray[np.float32]

    def sounds_with(self, tag_ids: Sequence[int]) -> Ids:
        """The ids of the sounds that have one of the tags; a sound may stand there twice."""
        return self.sound_ids[self._having(tag_ids)]

    def having(self, tag_ids: Sequence[int]) -> Tagged:
        """The pairs with one of the tags."""
        having = self._having(tag_ids)
        scores = self.scores[having].astype(np.float64)
        return Tagged(self.sound_ids[having], self.tag_ids[having], scores)

    def counts(self, chosen: NDArray[np.bool_]) -> dict[int, int]:
        """How many of the chosen sounds have each tag.

        Args:
            chosen: (largest id + 1,) whether the sound of an id is chosen.
        """
        inside = np.minimum(self.sound_ids, len(chosen) - 1)
        counts = np.bincount(self.tag_ids[chosen[inside] & (inside == self.sound_ids)])
        return {int(tag): int(counts[tag]) for tag in np.flatnonzero(counts)}

    def _having(self, tag_ids: Sequence[int]) -> NDArray[np.bool_]:
        wanted = np.zeros(int(self.tag_ids.max(initial=0)) + 1, dtype=np.bool_)
        wanted[[tag for tag in tag_ids if tag < len(wanted)]] = True
        having: NDArray[np.bool_] = wanted[self.tag_ids]
        return having


def load_tags(connection: Connection, revision: int) -> TagTable:
    """The tags of all sounds, read anew."""
    return _table(revision, _read(connection, _ALL))


def refreshed_tags(connection: Connection, old: TagTable) -> TagTable:
    """The tags as `connection` sees them; only those of sounds that changed are read."""
    touched = touched_since(connection, old.revision)
    changed = touched.keys.get("tags", frozenset())
    if not touched.complete or len(changed) > _MOST_CHANGED:
        return load_tags(connection, touched.revision)
    if not changed:
        return replace(old, revision=touched.revision)
    ids = sorted(changed)
    kept = ~np.isin(old.sound_ids, ids)
    new = _table(touched.revision, _read(connection, _SOME, (json.dumps(ids),)))
    return TagTable(
        touched.revision,
        np.concatenate([old.sound_ids[kept], new.sound_ids]),
        np.concatenate([old.tag_ids[kept], new.tag_ids]),
        np.concatenate([old.scores[kept], new.scores]),
    )


def _read(
    connection: Connection, statement: str, parameters: Sequence[Any] = ()
) -> NDArray[np.float64]:
    """The rows as (m, 3), a block at a time, because tuples of a million rows fill the memory."""
    cursor = connection.connection.cursor()
    try:
        cursor.execute(statement, parameters)
        blocks = [np.zeros((0, 3))]
        while rows := cursor.fetchmany(_ROWS_AT_ONCE):
            blocks.append(np.array(rows, dtype=np.float64))
        return np.concatenate(blocks)
    finally:
        cursor.close()


def _table(revision: int, rows: NDArray[np.float64]) -> TagTable:
    return TagTable(
        revision,
        rows[:, 0].astype(np.int64),
        rows[:, 1].astype(np.int64),
        rows[:, 2].astype(np.float32),
    )
