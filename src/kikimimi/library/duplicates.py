"""Sounds that are in the library more than once, byte for byte or nearly so.

Two sounds are near-duplicates when the cosine distance between the means of their windows'
vectors is within a threshold and their durations differ by at most 5 % (or 20 ms). Groups are the
connected components of that relation, so the first and last of a chain may differ by more.

Axes: n sounds, D size of a vector.
"""

import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import Connection, select

from kikimimi.errors import QueryError
from kikimimi.library.schema import sounds
from kikimimi.library.space import Space
from kikimimi.library.vector_index import VectorIndex
from kikimimi.library.vector_rows import VectorRows
from kikimimi.types import FloatArray

DEFAULT_THRESHOLD = 0.02
"""Joins most copies of an effect in another file format or rate, and few different takes."""

_DURATION_SHARE = 0.05
_DURATION_SLACK_S = 0.02
_TILE_ROWS = 1024
_TILE_COLUMNS = 4096
_ROUNDING = 1e-6

Pairs = NDArray[np.int64]
"""Pairs of places in a list of sounds, (m, 2)."""


@dataclass(frozen=True, slots=True)
class Duplicate:
    """One sound of a group."""

    sound_id: int
    path: Path
    duration_s: float
    size_bytes: int
    content_hash: str


@dataclass(frozen=True, slots=True)
class DuplicateGroup:
    """Sounds in the order of their paths; `exact` when all files hold the same bytes.

    `distance` is the largest cosine distance of a sound to the first one, 0 when exact.
    """

    sounds: tuple[Duplicate, ...]
    exact: bool
    distance: float


@dataclass(frozen=True, slots=True, eq=False)
class _Sounds:
    """Present sounds with vectors, in the order of their durations (n,); `vectors` (n, D), unit."""

    found: list[Duplicate]
    durations_s: NDArray[np.float64]
    vectors: FloatArray


def find_duplicates(
    connection: Connection, index: VectorIndex, *, threshold: float = DEFAULT_THRESHOLD
) -> list[DuplicateGroup]:
    """All groups of two sounds or more: exact ones first, then by distance, then by path.

    Sounds of equal bytes always stand in one group. Each sound is compared with those of like
    duration only.

    Args:
        connection: sees the library; `index` is brought up to its state.
        index: the vectors of the library.
        threshold: the largest cosine distance between near-duplicates, 0 or more.

    Raises:
        QueryError: the threshold is negative or no number.
        LibraryError: the library is damaged.
    """
    if not threshold >= 0:
        raise QueryError(f"a threshold of {threshold} fits no sounds; give 0 or more, such as 0.02")
    index.refresh(connection)
    present = _read(connection, index.rows)
    if not present.found:
        return []
    pairs = np.concatenate([_equal_pairs(present.found), *_near_pairs(present, threshold)])
    return sorted(_groups(present, pairs), key=_order)


def _read(connection: Connection, rows: VectorRows) -> _Sounds:
    """The sounds that are there, with the scaled means of their vectors."""
    query = select(sounds).where(sounds.c.missing == 0).order_by(sounds.c.duration_s, sounds.c.id)
    with_vectors, places = np.unique(rows.sound_ids, return_inverse=True)
    sums = np.zeros((len(with_vectors), rows.size), dtype=np.float32)
    np.add.at(sums, places, rows.vectors)
    found = [
        Duplicate(
            row.id,
            Path(os.fsdecode(row.path_key)),
            row.duration_s,
            row.size_bytes,
            row.content_hash,
        )
        for row in connection.execute(query)
    ]
    known = set(with_vectors.tolist())
    found = [one for one in found if one.sound_id in known]
    at = np.searchsorted(with_vectors, [one.sound_id for one in found])
    return _Sounds(
        found, np.array([one.duration_s for one in found]), Space("cosine").points(sums[at])
    )


def _equal_pairs(found: list[Duplicate]) -> Pairs:
    """Each sound with the first one of the same bytes."""
    firsts: dict[str, int] = {}
    pairs = [(firsts.setdefault(one.content_hash, place), place) for place, one in enumerate(found)]
    return np.array([pair for pair in pairs if pair[0] != pair[1]], dtype=np.int64).reshape(-1, 2)


def _near_pairs(present: _Sounds, threshold: float) -> Iterator[Pairs]:
    """Pairs that join all near-duplicates, found tile by tile."""
    longest = present.durations_s * (1 + _DURATION_SHARE) + _DURATION_SLACK_S
    ends = np.searchsorted(present.durations_s, longest, side="right")
    for start in range(0, len(ends), _TILE_ROWS):
        rows = np.arange(start, min(start + _TILE_ROWS, len(ends)))
        for first in range(start, int(ends[rows[-1]]), _TILE_COLUMNS):
            columns = np.arange(first, min(first + _TILE_COLUMNS, int(ends[rows[-1]])))
            distances = 1 - present.vectors[rows] @ present.vectors[columns].T
            near = distances <= threshold + _ROUNDING
            near &= (columns > rows[:, None]) & (columns < ends[rows, None])
            found = np.argwhere(near)
            yield _spanning(np.stack([rows[found[:, 0]], columns[found[:, 1]]], axis=1))


def _spanning(pairs: Pairs) -> Pairs:
    """Fewer pairs that join the same sounds: as many as there are sounds, at most."""
    members, places = np.unique(pairs, return_inverse=True)
    labels = _labels(places.reshape(-1, 2), len(members))
    _, firsts = np.unique(labels, return_index=True)
    return np.stack([members[firsts[labels]], members], axis=1)


def _labels(pairs: Pairs, count: int) -> NDArray[np.int32]:
    """The connected component of each of `count` things."""
    # Every command that opens a library loads this module; SciPy alone takes half a second.
    from scipy.sparse import coo_array
    from scipy.sparse.csgraph import connected_components

    ones = np.ones(len(pairs), dtype=np.bool_)
    graph = coo_array((ones, (pairs[:, 0], pairs[:, 1])), shape=(count, count))
    labels: NDArray[np.int32] = connected_components(graph, directed=False)[1]
    return labels


def _groups(present: _Sounds, pairs: Pairs) -> Iterator[DuplicateGroup]:
    labels = _labels(pairs, len(present.found))
    order = np.argsort(labels, kind="stable")
    for members in np.split(order, np.flatnonzero(np.diff(labels[order])) + 1):
        if len(members) > 1:
            yield _group(present, members.tolist())


def _group(present: _Sounds, members: list[int]) -> DuplicateGroup:
    members.sort(key=lambda place: os.fsencode(present.found[place].path))
    found = tuple(present.found[place] for place in members)
    exact = len({one.content_hash for one in found}) == 1
    gaps = Space("cosine").gaps(present.vectors[members], present.vectors[members[0]])
    distance = 0.0 if exact else float(Space("cosine").distances(gaps).max())
    return DuplicateGroup(found, exact, distance)


def _order(group: DuplicateGroup) -> tuple[bool, float, bytes]:
    return not group.exact, group.distance, os.fsencode(group.sounds[0].path)
