"""Compressed points that find the candidates of a nearest-neighbour search.

A point is kept as one byte a dimension (FAISS scalar quantiser), a quarter of the memory to read
for a query; the vectors themselves then decide. `FlatCodes` looks at every code and proves that
nothing was missed; `InvertedCodes` looks at the lists nearest to the query alone (IVF).

Axes: n points, d their size; a row is a position 0..n-1.
"""

from collections.abc import Callable
from pathlib import Path
from typing import Any, Protocol, Self

import faiss
import numpy as np
from numpy.typing import NDArray

from kikimimi.library.space import Points, Space
from kikimimi.types import FloatArray

Rows = NDArray[np.int64]
RowMask = NDArray[np.bool_]
Gaps = Callable[[Rows], NDArray[np.float64]]
"""Gives the true distances of rows to the query."""

_faiss: Any = faiss
"""FAISS without its type stubs, which lack the keyword arguments that it takes."""

TARGET_RECALL = 0.99
RECALL_AT = 10
_PROBES_TRIED = (4, 6, 8, 12, 16, 24, 32, 48, 64, 96, 128, 192, 256, 512, 1024, 2048, 4096)
_TRIAL_QUERIES = 256
_TRAINING_POINTS_PER_LIST = 64
MIN_CANDIDATES = 64
_MAX_TRAINING = 100_000
_ROUNDING = 1e-5


class Codes(Protocol):
    """What a search needs of either kind."""

    def nearest(
        self, query: FloatArray, count: int, gaps: Gaps, allowed: RowMask | None
    ) -> tuple[Rows, NDArray[np.float64]]:
        """The rows nearest to the vector `query` (D,) among those allowed, and true distances.

        At least `count` rows if there are as many, nearest first, ties by row.
        """


class FlatCodes:
    """Codes of all points, searched exactly."""

    def __init__(self, points: Points) -> None:
        self._space = points.space
        self._index = _faiss.IndexScalarQuantizer(points.size, _faiss.ScalarQuantizer.QT_8bit)
        self._index.train(points.spread(_MAX_TRAINING))
        self._error = 0.0
        for block in points.blocks():
            first = self._index.ntotal
            self._index.add(block)
            off = self._index.reconstruct_n(first, len(block)) - block
            self._error = max(self._error, float(np.sqrt((off * off).sum(axis=1).max())))

    def nearest(
        self, query: FloatArray, count: int, gaps: Gaps, allowed: RowMask | None
    ) -> tuple[Rows, NDArray[np.float64]]:
        """See `Codes.nearest`; exact.

        A row that was not looked at has a code at least as far as the last candidate's, so its
        point is nearer by no more than the largest error of a code.
        """
        point = self._space.points(query[None])[0]
        total = self._index.ntotal if allowed is None else int(allowed.sum())
        wanted = min(count, total)
        candidates = max(4 * count, MIN_CANDIDATES)
        while True:
            squares, rows = self._search(point, min(candidates, total), allowed)
            found, distances = ranked(rows, gaps(rows))
            unseen = np.sqrt(max(squares[-1], 0.0)) * (1 - _ROUNDING) - self._error
            if candidates >= total or distances[wanted - 1] < unseen:
                return found, distances
            candidates *= 8

    def _search(
        self, point: FloatArray, count: int, allowed: RowMask | None
    ) -> tuple[FloatArray, Rows]:
        params = _faiss.SearchParameters(sel=_selector(allowed)) if allowed is not None else None
        squares, rows = self._index.search(point[None], count, params=params)
        return squares[0], rows[0]


class InvertedCodes:
    """Codes in lists around centroids; only the lists nearest to the query are looked at.

    Args:
        index: a trained FAISS index whose ids are window ids.
        probes: lists to look at for an ordinary query.
        ids: the window ids (n,) of all points, ascending.
        space: what the points are in.
    """

    def __init__(self, index: Any, probes: int, ids: NDArray[np.int64], space: Space) -> None:
        self._index = index
        self.probes = probes
        self._ids = ids
        self._space = space

    @classmethod
    def build(cls, points: Points, ids: NDArray[np.int64]) -> Self:
        """Cluster all points and choose how many lists to look at, by recall on a sample."""
        lists = _list_count(len(ids))
        index = _faiss.IndexIVFScalarQuantizer(
            _faiss.IndexFlatL2(points.size), points.size, lists, _faiss.ScalarQuantizer.QT_8bit
        )
        index.cp.niter = 10
        index.cp.max_points_per_centroid = _TRAINING_POINTS_PER_LIST
        index.train(points.spread(lists * _TRAINING_POINTS_PER_LIST))
        codes = cls(index, lists, ids, points.space)
        codes._add(points, ids)
        codes.probes = codes._enough_probes(points)
        return codes

    @classmethod
    def read(cls, path: Path, probes: int, ids: NDArray[np.int64], space: Space) -> Self | None:
        """Read what `write` wrote, None if it does not hold `ids` in number."""
        index = _faiss.read_index(str(path))
        return cls(index, probes, ids, space) if index.ntotal == len(ids) else None

    def write(self, path: str) -> None:
        """Write the index to a file.

        Raises:
            OSError: the file cannot be written.
        """
        data = _faiss.serialize_index(self._index)
        Path(path).write_bytes(data.data)

    def update(self, removed: NDArray[np.int64], added: NDArray[np.int64], points: Points) -> None:
        """Remove points by window id, then add those of `points` under the ids `added`."""
        if len(removed):
            self._index.remove_ids(_faiss.IDSelectorBatch(removed))
        self._add(points, added)

    def nearest(
        self, query: FloatArray, count: int, gaps: Gaps, allowed: RowMask | None
    ) -> tuple[Rows, NDArray[np.float64]]:
        """See `Codes.nearest`; nearly all of the nearest are found.

        The scarcer the allowed rows and the more are asked for, the more lists are looked at.
        """
        point = self._space.points(query[None])[0]
        total = len(self._ids) if allowed is None else int(allowed.sum())
        wanted = min(count, total)
        share = total / len(self._ids)
        probes = round(self.probes * max(1.0, count / (10 * RECALL_AT)) / share)
        selector = self._id_selector(allowed)
        while True:
            rows = self._search(point, min(max(4 * count, MIN_CANDIDATES), total), probes, selector)
            if len(rows) >= wanted or probes >= self._index.nlist:
                return ranked(rows, gaps(rows))
            probes *= 4

    def _search(self, point: FloatArray, count: int, probes: int, selector: Any) -> Rows:
        params = _faiss.SearchParametersIVF(nprobe=min(probes, self._index.nlist), sel=selector)
        found = self._index.search(point[None], count, params=params)[1][0]
        return np.searchsorted(self._ids, found[found >= 0])

    def _id_selector(self, allowed: RowMask | None) -> Any:
        if allowed is None:
            return None
        by_id = np.zeros(int(self._ids[-1]) + 1, dtype=np.bool_)
        by_id[self._ids] = allowed
        return _selector(by_id)

    def _add(self, points: Points, ids: NDArray[np.int64]) -> None:
        start = 0
        for block in points.blocks():
            self._index.add_with_ids(block, ids[start : start + len(block)])
            start += len(block)

    def _enough_probes(self, points: Points) -> int:
        """The fewest lists that find the 10 nearest others of sampled points well enough."""
        queries = points.spread(_TRIAL_QUERIES)
        limits = neighbour_limits(queries, points)
        for probes in _PROBES_TRIED:
            if probes >= self._index.nlist:
                break
            params = _faiss.SearchParametersIVF(nprobe=probes)
            ids = self._index.search(queries, MIN_CANDIDATES, params=params)[1]
            if _recall(queries, limits, points, self._ids, ids) >= TARGET_RECALL:
                return probes
        return int(self._index.nlist)


def ranked(rows: Rows, distances: NDArray[np.float64]) -> tuple[Rows, NDArray[np.float64]]:
    """Rows and their distances, nearest first, ties by row."""
    order = np.lexsort((rows, distances))
    return rows[order], distances[order]


def neighbour_limits(queries: FloatArray, points: Points) -> FloatArray:
    """Squared distances (q,) from points of the library to their tenth nearest other."""
    best = np.empty((len(queries), 0), dtype=np.float32)
    # The first neighbour of a point of the library is the point itself.
    wanted = RECALL_AT + 1
    for block in points.blocks():
        squares, _ = _faiss.knn(queries, block, min(wanted, len(block)))
        best = np.sort(np.hstack([best, squares]), axis=1)[:, :wanted]
    return best[:, -1]


def squared_gaps(points: FloatArray, point: FloatArray) -> FloatArray:
    """Squared distances (m,) float32 of points (m, d) from one (d,)."""
    gaps = points - point
    return np.einsum("md,md->m", gaps, gaps)


def within(squares: FloatArray, limit: float) -> RowMask:
    """Which squared distances (m,) are at most `limit`, one of `neighbour_limits`."""
    return squares <= limit * (1 + 10 * _ROUNDING) + _ROUNDING**2


def _recall(
    queries: FloatArray, limits: FloatArray, points: Points, all_ids: Rows, found: Rows
) -> float:
    """The mean share of the ten nearest others among the window ids `found` (q, m)."""
    shares = []
    for query, limit, ids in zip(queries, limits, found, strict=True):
        rows = np.searchsorted(all_ids, ids[ids >= 0])
        near = within(squared_gaps(points.at(rows), query), limit)
        shares.append(min(max(int(near.sum()) - 1, 0), RECALL_AT) / RECALL_AT)
    return float(np.mean(shares))


def _list_count(count: int) -> int:
    """A power of two near twice the square root of the number of points.

    More lists cost time once, when they are made; fewer cost time in every search, since more
    points have to be looked at for the same recall.
    """
    return int(min(2 ** round(np.log2(2 * np.sqrt(count))), 4096))


def _selector(mask: RowMask) -> Any:
    return _faiss.IDSelectorBitmap(np.packbits(mask, bitorder="little"))
