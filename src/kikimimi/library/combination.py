"""Sounds like some examples and unlike others: `A + B - C`.

Let d(x, a) be the distance of a sound x from an example a, that of their nearest windows, in the
chosen metric's space (see `space`). The distance of x from `A + B + ... - C - D ...` is

    D(x)^2 = P + max(0, P - N),   P = mean of d(x, positive)^2,   N = least of d(x, negative)^2.

Of the positives, the mean of squares is what the centroid gives for vectors of one window
(Rocchio, "Relevance feedback in information retrieval", 1971), so sounds of both kinds come near
and those between them or with both first. A negative does not act on sounds that are nearer to the
positives than to it; one that is nearer to the negative goes back by as much as it is nearer. So a
minus moves what resembles it and leaves the order of the rest alone, which subtracting vectors does
not: that also draws in whatever lies opposite to the negative. A single positive without negatives
gives its plain distance.

Axes: n windows, Q windows of an example, s sounds.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import Connection

from kikimimi.errors import QueryError
from kikimimi.library.nearest import Found, NearestRequest, locate, nearest_sounds, passing_sounds
from kikimimi.library.query import Filters
from kikimimi.library.space import Metric, Space
from kikimimi.library.vector_index import Neighbour, VectorIndex, check_queries
from kikimimi.library.vector_rows import VectorRows
from kikimimi.types import FloatArray

MOST_EXAMPLES = 20

_BLOCK_VALUES = 2**23
_SPARE = 200
_QUERIES_AT_ONCE = 64

Values = NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class Combination:
    """What to be like and unlike: vectors (Q, D) of each example.

    `excluded` are ids of sounds to leave out, such as the examples themselves.
    """

    positives: Sequence[FloatArray]
    negatives: Sequence[FloatArray] = ()
    metric: Metric = "euclidean"
    pca: int | None = None
    excluded: tuple[int, ...] = ()

    def check(self) -> None:
        """Check that there is something to be like, and not too much.

        Raises:
            QueryError: there is no positive example, or there are more than `MOST_EXAMPLES`.
        """
        if not self.positives:
            raise QueryError(
                "there are only examples to be unlike; give at least one that the sounds shall be "
                "like"
            )
        if len(self.positives) + len(self.negatives) > MOST_EXAMPLES:
            raise QueryError(f"there are too many examples; give {MOST_EXAMPLES} at most")


def nearest_to_combination(
    connection: Connection,
    index: VectorIndex,
    combination: Combination,
    *,
    limit: int,
    filters: Filters | None = None,
    allowed: NDArray[np.int64] | None = None,
) -> list[Found]:
    """The sounds whose files are there, nearest first, those that tie with the last one following.

    The index is brought up to date.

    Args:
        connection: what the library is read from.
        index: its vectors.
        combination: the examples.
        limit: sounds wanted.
        filters: conditions on the sounds.
        allowed: ids of the sounds to choose from before the filters, ascending; all if None.

    Raises:
        QueryError: an example does not fit the library, or there is none to be like.
    """
    combination.check()
    index.refresh(connection)
    if len(combination.positives) == 1 and not combination.negatives:
        wanted = NearestRequest(
            combination.positives[0],
            limit,
            metric=combination.metric,
            pca=combination.pca,
            filters=filters or Filters(),
            allowed=allowed,
            excluded=combination.excluded,
        )
        return nearest_sounds(connection, index, wanted)
    rows = index.rows
    if not len(rows):
        return []
    for vectors in (*combination.positives, *combination.negatives):
        check_queries(np.atleast_2d(vectors), rows.size)
    space = index.space(combination.metric, combination.pca)
    if filters is not None and filters != Filters():
        allowed = passing_sounds(connection, filters, allowed)
    return _nearest(connection, rows, space, combination, limit, allowed)


def _nearest(
    connection: Connection,
    rows: VectorRows,
    space: Space,
    combination: Combination,
    limit: int,
    allowed: NDArray[np.int64] | None,
) -> list[Found]:
    """Choose sounds by fast distances, then rank these by exact ones."""
    places = _places(rows, combination.excluded, allowed)
    wanted = limit + _SPARE
    while True:
        chosen = _candidates(rows, space, combination, places, wanted)
        neighbours = _ranked(rows, space, combination, chosen)
        found = locate(connection, neighbours)
        found.sort(key=lambda one: (one.distance, one.path_key))
        if len(found) >= min(limit, len(places)) or len(chosen) == len(places):
            return found
        wanted *= 4


def _places(
    rows: VectorRows, excluded: tuple[int, ...], allowed: NDArray[np.int64] | None
) -> NDArray[np.int64]:
    """The rows of the windows to choose from."""
    mask = np.ones(len(rows), dtype=np.bool_) if allowed is None else rows.of_sounds(allowed)
    if excluded:
        mask = mask & ~rows.of_sounds(np.array(excluded, dtype=np.int64))
    return np.flatnonzero(mask)


def _candidates(
    rows: VectorRows,
    space: Space,
    combination: Combination,
    places: NDArray[np.int64],
    wanted: int,
) -> NDArray[np.int64]:
    """The windows of the `wanted` nearest sounds, up to rounding."""
    if len(places) <= wanted:
        return places
    examples = [space.points(np.atleast_2d(each)) for each in _examples(combination)]
    width = max(max(map(len, examples)), rows.size)
    block = max(_BLOCK_VALUES // width, 1)
    parts = [
        _squares(space.points(rows.vectors[places[start : start + block]]), examples)
        for start in range(0, len(places), block)
    ]
    _, distances, owners = _combined(
        rows.sound_ids[places], np.concatenate(parts, axis=1), len(combination.positives)
    )
    if len(distances) <= wanted:
        return places
    nearest = np.argpartition(distances, wanted)[:wanted]
    is_near = np.zeros(len(distances), dtype=np.bool_)
    is_near[nearest] = True
    near: NDArray[np.int64] = places[is_near[owners]]
    return near


def _ranked(
    rows: VectorRows, space: Space, combination: Combination, places: NDArray[np.int64]
) -> list[Neighbour]:
    """The sounds of some windows with their exact distances."""
    vectors = rows.vectors[places]
    squares = np.stack(
        [
            np.min([space.gaps(vectors, query) for query in np.atleast_2d(each)], axis=0) ** 2
            for each in _examples(combination)
        ]
    )
    sound_ids = rows.sound_ids[places]
    sounds, distances, owners = _combined(sound_ids, squares, len(combination.positives))
    likeness = squares[: len(combination.positives)].mean(axis=0)
    order = np.lexsort((np.arange(len(places)), likeness, owners))
    firsts = order[np.unique(owners[order], return_index=True)[1]]
    windows = rows.window_ids[places[firsts]]
    shown = space.distances(np.sqrt(distances))
    return [
        Neighbour(*one)
        for one in zip(sounds.tolist(), windows.tolist(), shown.tolist(), strict=True)
    ]


def _examples(combination: Combination) -> list[FloatArray]:
    return [*combination.positives, *combination.negatives]


def _squares(points: FloatArray, examples: Sequence[FloatArray]) -> NDArray[np.float32]:
    """Squared distances (examples, n) of points (n, d) from the nearest window of each example."""
    lengths = (points * points).sum(axis=1)
    return np.stack([_nearest_squares(points, lengths, each) for each in examples])


def _nearest_squares(
    points: FloatArray, lengths: NDArray[np.float32], example: FloatArray
) -> NDArray[np.float32]:
    squares = (example * example).sum(axis=1)
    best = np.full(len(points), np.inf, dtype=np.float32)
    for start in range(0, len(example), _QUERIES_AT_ONCE):
        part = slice(start, start + _QUERIES_AT_ONCE)
        np.minimum(best, (squares[part] - 2 * points @ example[part].T).min(axis=1), out=best)
    return np.maximum(lengths + best, 0)


def _combined(
    sound_ids: NDArray[np.int64], squares: NDArray[np.floating], positives: int
) -> tuple[NDArray[np.int64], Values, NDArray[np.int64]]:
    """Sounds (s,), their squared distances from the combination (s,), and the sound of each window.

    Args:
        sound_ids: (n,) of windows.
        squares: (examples, n) squared distances of the windows, those of the positives first.
        positives: how many of the examples are positive.
    """
    sounds, owners = np.unique(sound_ids, return_inverse=True)
    least = np.full((len(squares), len(sounds)), np.inf)
    for of_sounds, of_windows in zip(least, squares, strict=True):
        np.minimum.at(of_sounds, owners, of_windows.astype(np.float64))
    like = least[:positives].mean(axis=0)
    if positives == len(squares):
        return sounds, like, owners
    unlike = least[positives:].min(axis=0)
    return sounds, like + np.maximum(0.0, like - unlike), owners
