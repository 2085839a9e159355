"""Candidates of a nearest-neighbour search by binary codes.

The vectors whose codes differ from the query's in the fewest bits are compared exactly; how many
that are is measured against the exact result (Yang, Lin and Chen 2018 search in the same way, by
Hamming distance and then by the vectors).

Axes: n vectors, D their size, K bits.
"""

from dataclasses import dataclass
from typing import Any

import faiss
import numpy as np
from numpy.typing import NDArray

from kikimimi.encoders.hash_projection import HashProjection, PackedCodes
from kikimimi.library.codes import (
    MIN_CANDIDATES,
    RECALL_AT,
    TARGET_RECALL,
    Gaps,
    RowMask,
    Rows,
    neighbour_limits,
    ranked,
    squared_gaps,
    within,
)
from kikimimi.library.space import Points
from kikimimi.types import FloatArray

_faiss: Any = faiss
"""FAISS without its type stubs, which lack what works on bare arrays."""

_BLOCK_CODES = 65_536
_BLOCK_POINTS = 2048
_TRIAL_QUERIES = 128
_SIZES_TRIED = 48
_MOST_CANDIDATES = 10_000
_MOST_SHARE = 32


@dataclass(frozen=True, slots=True)
class HashRecall:
    """How many `candidates` a search compares, and the share of the 10 nearest among them.

    `recall` was measured with vectors of the library as queries.
    """

    candidates: int
    recall: float


class HashCodes:
    """Codes of all points; those nearest by Hamming distance are compared exactly.

    Args:
        codes: packed codes (n, K / 8) of the vectors of `points`.
        projection: what made them.
        points: the points (n, d) to find the nearest of.
        candidates: how many to compare for an ordinary query.
    """

    def __init__(
        self, codes: PackedCodes, projection: HashProjection, points: Points, candidates: int
    ) -> None:
        self._codes = codes
        self._projection = projection
        self._points = points
        self._candidates = candidates

    def nearest(
        self, query: FloatArray, count: int, gaps: Gaps, allowed: RowMask | None
    ) -> tuple[Rows, NDArray[np.float64]]:
        """See `Codes.nearest`; the more are asked for, the more candidates are compared."""
        total = len(self._codes) if allowed is None else int(allowed.sum())
        scaled = round(self._candidates * max(1.0, count / (10 * RECALL_AT)))
        code = self._projection.codes(query[None])[0]
        rows = hamming_nearest(code, self._codes, min(max(scaled, 4 * count), total), allowed)
        kept = max(4 * count, MIN_CANDIDATES)
        if len(rows) > kept:
            # Float32 is enough to tell which few must be compared in float64, and much quicker.
            squares = _squares(self._points, rows, self._points.space.points(query[None])[0])
            rows = rows[np.argpartition(squares, kept)[:kept]]
        return ranked(rows, gaps(rows))


def hamming_nearest(
    code: NDArray[np.uint8], codes: PackedCodes, count: int, allowed: RowMask | None = None
) -> Rows:
    """The `count` rows whose codes (n, K / 8) differ from `code` (K / 8,) in the fewest bits.

    Of those that differ equally much the first ones; not in the order of their distances. Fewer
    if fewer are allowed.
    """
    gaps, rows_at = _hamming_gaps(code, codes, allowed)
    edge = int(np.searchsorted(np.cumsum(rows_at), count))
    nearer = np.flatnonzero(gaps < edge)
    if edge == len(rows_at):
        return nearer
    return np.concatenate([nearer, np.flatnonzero(gaps == edge)[: count - len(nearer)]])


def _hamming_gaps(
    code: NDArray[np.uint8], codes: PackedCodes, allowed: RowMask | None
) -> tuple[NDArray[np.uint16], NDArray[np.int64]]:
    """Hamming distances (n,) and how many rows are at 0, 1, ... K; K + 1 if not allowed."""
    width = codes.shape[1]
    far = 8 * width + 1
    gaps = np.empty(len(codes), dtype=np.uint16)
    rows_at = np.zeros(far + 1, dtype=np.int64)
    query = np.ascontiguousarray(code)
    block_gaps = np.empty(_BLOCK_CODES, dtype=np.int32)
    for start in range(0, len(codes), _BLOCK_CODES):
        block = np.ascontiguousarray(codes[start : start + _BLOCK_CODES])
        found = block_gaps[: len(block)]
        pointers = (_faiss.swig_ptr(array) for array in (query, block))
        _faiss.hammings(*pointers, 1, len(block), width, _faiss.swig_ptr(found))
        if allowed is not None:
            found[~allowed[start : start + len(block)]] = far
        rows_at += np.bincount(found, minlength=far + 1)
        gaps[start : start + len(block)] = found
    return gaps, rows_at[:far]


def measure_recall(
    codes: PackedCodes, projection: HashProjection, points: Points, *, target: float = TARGET_RECALL
) -> HashRecall:
    """The fewest candidates that hold `target` of the 10 nearest others of sampled points.

    At most 10,000, or one in 32 points if that is more, lest a search take as long as an exact one.
    """
    rows = points.spread_rows(_TRIAL_QUERIES)
    queries = points.at(rows)
    most = min(max(_MOST_CANDIDATES, len(points) // _MOST_SHARE), len(points))
    sizes = np.unique(np.geomspace(min(MIN_CANDIDATES, most), most, _SIZES_TRIED).astype(np.int64))
    shares = []
    limits = neighbour_limits(queries, points)
    own_codes = projection.codes(points.vectors[rows])
    for query, limit, code in zip(queries, limits, own_codes, strict=True):
        found = hamming_nearest(code, codes, most)
        distances = np.unpackbits(codes[found] ^ code, axis=1).sum(axis=1)
        found = found[np.lexsort((found, distances))]
        # The first neighbour of a point of the library is the point itself.
        hits = np.cumsum(within(_squares(points, found, query), limit))[sizes - 1] - 1
        shares.append(np.clip(hits, 0, RECALL_AT) / RECALL_AT)
    recalls = np.mean(shares, axis=0)
    enough = np.flatnonzero(recalls >= target)
    at = int(enough[0]) if len(enough) else len(sizes) - 1
    return HashRecall(int(sizes[at]), float(recalls[at]))


def _squares(points: Points, rows: Rows, point: FloatArray) -> FloatArray:
    """Squared distances (m,) of the points of `rows` from `point`, up to rounding."""
    squares = np.empty(len(rows), dtype=np.float32)
    if points.space.is_plain:
        arrays = (squares, np.ascontiguousarray(point), points.vectors, rows)
        pointers = (_faiss.swig_ptr(array) for array in arrays)
        _faiss.fvec_L2sqr_by_idx(*pointers, points.size, 1, len(rows))
        return squares
    for start in range(0, len(rows), _BLOCK_POINTS):
        block = rows[start : start + _BLOCK_POINTS]
        squares[start : start + len(block)] = squared_gaps(points.at(block), point)
    return squares
