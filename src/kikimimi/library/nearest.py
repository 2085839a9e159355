"""Sounds by their distance to vectors: what a search by example is made of."""

import json
from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import Connection, select

from kikimimi.library.conditions import sound_conditions
from kikimimi.library.query import Filters
from kikimimi.library.schema import sounds
from kikimimi.library.space import Metric
from kikimimi.library.vector_index import Neighbour, VectorIndex
from kikimimi.library.window_rows import raw_rows
from kikimimi.types import FloatArray


@dataclass(frozen=True, slots=True)
class Found:
    """A hit before its tags are known."""

    distance: float
    path_key: bytes
    sound_id: int
    start_s: float
    end_s: float


@dataclass(frozen=True, slots=True, eq=False)
class NearestRequest:
    """What to find near `vectors` (Q, D), of which the nearest to a sound counts.

    `allowed` are the ids of sounds to choose from before the filters, ascending; all if None.
    """

    vectors: FloatArray
    limit: int
    metric: Metric = "euclidean"
    pca: int | None = None
    filters: Filters = field(default_factory=Filters)
    allowed: NDArray[np.int64] | None = None
    excluded: tuple[int, ...] = ()


def nearest_sounds(
    connection: Connection, index: VectorIndex, request: NearestRequest
) -> list[Found]:
    """The sounds nearest to the vectors whose files are there; ties with the last one follow.

    `index` must be up to date.
    """
    allowed = request.allowed
    if request.filters != Filters():
        allowed = passing_sounds(connection, request.filters, allowed)
    found, dropped = _nearest(connection, index, request, allowed)
    if dropped and len(found) < request.limit:
        present = passing_sounds(connection, request.filters, allowed)
        found, _ = _nearest(connection, index, request, present)
    return found


def passing_sounds(
    connection: Connection, filters: Filters, among: NDArray[np.int64] | None
) -> NDArray[np.int64]:
    """The ids of the sounds that are there and pass the filters, ascending."""
    query = select(sounds.c.id).where(*sound_conditions(connection, filters))
    ids = np.sort(np.array(connection.execute(query).scalars().all(), dtype=np.int64))
    return ids if among is None else np.intersect1d(ids, among, assume_unique=True)


def _nearest(
    connection: Connection,
    index: VectorIndex,
    request: NearestRequest,
    allowed: NDArray[np.int64] | None,
) -> tuple[list[Found], bool]:
    """The nearest sounds that are there, and whether some were dropped that are not."""
    neighbours = index.nearest_sounds(
        np.atleast_2d(np.asarray(request.vectors, dtype=np.float32)),
        request.limit,
        metric=request.metric,
        pca=request.pca,
        allowed=allowed,
        excluded=request.excluded,
    )
    found = locate(connection, neighbours)
    found.sort(key=lambda one: (one.distance, one.path_key))
    return found, len(found) < len(neighbours)


_LOCATE = (
    "SELECT windows.id, start_s, end_s, sounds.id, path_key FROM windows "
    "JOIN sounds ON sounds.id = sound_id "
    "WHERE windows.id IN (SELECT value FROM json_each(?)) AND missing = 0"
)


def locate(connection: Connection, neighbours: Sequence[Neighbour]) -> list[Found]:
    """The windows of neighbours whose files are there, in no order."""
    distances = {one.window_id: one.distance for one in neighbours}
    return [
        Found(distances[window_id], path_key, sound_id, start_s, end_s)
        for window_id, start_s, end_s, sound_id, path_key in raw_rows(
            connection, _LOCATE, (json.dumps(list(distances)),)
        )
    ]
