"""The nearest sounds by their vectors.

Exact up to 200,000 windows, nearly so above, where lists of alike vectors spare the rest; see
`codes`. A library may ask for binary codes instead, at any size; see `hash_codes`. What is slow to
make is kept by `vector_rows` in a cache beside the library.

Axes: n windows, D size of a vector, Q windows of a query.
"""

import threading
from collections.abc import Collection
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import Connection

from kikimimi.errors import QueryError
from kikimimi.library.codes import Codes, FlatCodes, RowMask, Rows, ranked
from kikimimi.library.hash_codes import HashRecall
from kikimimi.library.hash_setting import read_hash_bits
from kikimimi.library.hash_store import HashSource
from kikimimi.library.space import Metric, Points, Space
from kikimimi.library.vector_rows import EMPTY, VectorRows, VectorStore
from kikimimi.library.window_rows import current_revision
from kikimimi.types import FloatArray

EXACT_LIMIT = 200_000
"""Up to this number of windows a search is exact."""

_FEW_ROWS = 4096
_MAX_TIES = 1000
_BLOCK_ROWS = 16_384


class Neighbour(NamedTuple):
    """A sound, its window nearest to the query, and the distance of that window."""

    sound_id: int
    window_id: int
    distance: float


class VectorIndex:
    """Searches the vectors of one library; safe to share between threads.

    Args:
        folder: where the cache may be kept. It is made, mended and replaced without a word; if it
            cannot be written, the vectors are kept in memory.
        exact_limit: the number of windows above which lists are used.
        hash_source: gives the encoder's hash projection for a length of code; it is asked only
            when the library wants codes and the cache has none. Without it there are no codes.
    """

    def __init__(
        self,
        folder: Path,
        *,
        exact_limit: int = EXACT_LIMIT,
        hash_source: HashSource | None = None,
    ) -> None:
        self._store = VectorStore(folder)
        self._exact_limit = exact_limit
        self._hash_source = hash_source
        self._hash_bits = 0
        self._rows = EMPTY
        self._revision: tuple[int, int] | None = None
        self._codes: dict[tuple[Metric, int | None], tuple[Space, Codes]] = {}
        self._lock = threading.RLock()

    def refresh(self, connection: Connection) -> None:
        """Bring the index to the state of the library that `connection` sees.

        Cheap when nothing has changed.

        Raises:
            LibraryError: the library holds vectors of different sizes.
        """
        revision = current_revision(connection)
        if revision == self._revision:
            return
        with self._lock:
            self._rows, self._codes = self._store.load(connection), {}
            self._hash_bits = read_hash_bits(connection)
            self._revision = revision

    @property
    def rows(self) -> VectorRows:
        """All vectors as of the last `refresh`."""
        return self._rows

    def hash_recall(self) -> HashRecall | None:
        """How well binary codes find the nearest by Euclidean distance; measured if it was not yet.

        None when searches go without codes, or are exact because there are few windows.

        Raises:
            EncoderError: as `nearest_sounds`.
        """
        with self._lock:
            if not self._hash_bits or self._hash_source is None or len(self._rows) <= _FEW_ROWS:
                return None
            return self._hashed(self._rows, Space("euclidean"), self._hash_source)[1]

    def _hashed(
        self, rows: VectorRows, space: Space, source: HashSource
    ) -> tuple[Codes, HashRecall]:
        points = Points(rows.vectors, space)
        return self._store.hashes.codes(points, rows.header, self._hash_bits, source)

    def nearest_sounds(
        self,
        queries: FloatArray,
        count: int,
        *,
        metric: Metric = "euclidean",
        pca: int | None = None,
        allowed: NDArray[np.int64] | None = None,
        excluded: Collection[int] = (),
    ) -> list[Neighbour]:
        """The `count` sounds with the windows nearest to any of `queries` (Q, D).

        Sounds at the same distance as the last one follow it, up to a thousand of them, so that
        the caller can choose among equals. Order: distance, then sound id.

        Args:
            queries: the vectors of the example; the nearest of them counts.
            count: sounds wanted, at least 1.
            metric: "euclidean" or "cosine".
            pca: compare in this number of principal components instead of all dimensions.
            allowed: ids of the sounds to choose from; all if None.
            excluded: ids of a few sounds to leave out.

        Raises:
            QueryError: the vectors are not of the size of the library's, or not finite, or `pca`
                is not between 1 and D.
            EncoderError: the library wants binary codes, which have to be made first, and the
                encoder cannot give their projection.
        """
        with self._lock:
            rows, codes = self._rows, self._codes
        if len(rows) == 0:
            return []
        check_queries(queries, rows.size)
        space, finder = self._finder(rows, codes, metric, pca)
        mask = None if allowed is None else rows.of_sounds(allowed)
        nearest: dict[int, Neighbour] = {}
        for query in np.ascontiguousarray(queries, dtype=np.float32):
            search = _SoundSearch(rows, space, finder, query, mask)
            for found in search.run(count + len(excluded)):
                if found.sound_id not in excluded:
                    before = nearest.get(found.sound_id)
                    if before is None or found.distance < before.distance:
                        nearest[found.sound_id] = found
        ordered = sorted(nearest.values(), key=lambda found: (found.distance, found.sound_id))
        return _with_ties(ordered, count)

    def space(self, metric: Metric, pca: int | None = None) -> Space:
        """The space that `nearest_sounds` compares in.

        Raises:
            QueryError: `pca` is not between 1 and D.
        """
        with self._lock:
            return Space(metric, None if pca is None else self._store.projection(self._rows, pca))

    def _finder(
        self,
        rows: VectorRows,
        codes: dict[tuple[Metric, int | None], tuple[Space, Codes]],
        metric: Metric,
        pca: int | None,
    ) -> tuple[Space, Codes]:
        with self._lock:
            if (metric, pca) not in codes:
                projection = None if pca is None else self._store.projection(rows, pca)
                codes[metric, pca] = self._make_finder(rows, Space(metric, projection))
            return codes[metric, pca]

    def _make_finder(self, rows: VectorRows, space: Space) -> tuple[Space, Codes]:
        if self._hash_bits and self._hash_source is not None:
            return space, self._hashed(rows, space, self._hash_source)[0]
        if len(rows) > self._exact_limit:
            return space, self._store.inverted_codes(rows, space)
        return space, FlatCodes(Points(rows.vectors, space))


class _SoundSearch:
    """One query vector against all rows, or those of `mask`."""

    def __init__(
        self,
        rows: VectorRows,
        space: Space,
        finder: Codes,
        query: FloatArray,
        mask: RowMask | None,
    ) -> None:
        self._rows, self._space, self._finder = rows, space, finder
        self._query = query
        self._mask = mask
        self._total = len(rows) if mask is None else int(mask.sum())

    def run(self, count: int) -> list[Neighbour]:
        """The nearest `count` sounds and those that tie with the last of them."""
        windows = 2 * count + 10
        while True:
            rows, gaps = self._nearest_windows(min(windows, self._total))
            firsts = np.sort(np.unique(self._rows.sound_ids[rows], return_index=True)[1])
            if len(rows) == self._total or _is_settled(gaps, firsts, count, windows):
                break
            windows *= 4
        limit = gaps[firsts[min(count, len(firsts)) - 1]] if len(firsts) else 0.0
        firsts = firsts[gaps[firsts] <= limit]
        return self._neighbours(rows[firsts], gaps[firsts])

    def _nearest_windows(self, count: int) -> tuple[Rows, NDArray[np.float64]]:
        if self._total <= _FEW_ROWS:
            among = np.arange(len(self._rows)) if self._mask is None else np.flatnonzero(self._mask)
            return ranked(among, self._gaps(among))
        rows, gaps = self._finder.nearest(self._query, count, self._gaps, self._mask)
        return rows[:count], gaps[:count]

    def _gaps(self, rows: Rows) -> NDArray[np.float64]:
        # In blocks, because float64 copies of a whole library would fill the memory.
        parts = [
            self._space.gaps(self._rows.vectors[rows[start : start + _BLOCK_ROWS]], self._query)
            for start in range(0, max(len(rows), 1), _BLOCK_ROWS)
        ]
        return parts[0] if len(parts) == 1 else np.concatenate(parts)

    def _neighbours(self, rows: Rows, gaps: NDArray[np.float64]) -> list[Neighbour]:
        sounds, windows = self._rows.sound_ids[rows], self._rows.window_ids[rows]
        distances = self._space.distances(gaps)
        return [
            Neighbour(*found)
            for found in zip(sounds.tolist(), windows.tolist(), distances.tolist(), strict=True)
        ]


def _is_settled(gaps: NDArray[np.float64], firsts: Rows, count: int, windows: int) -> bool:
    """Whether no window beyond those seen can add to the first `count` sounds or their ties."""
    if len(firsts) < count:
        return False
    return bool(gaps[firsts[count - 1]] < gaps[-1]) or windows > count + _MAX_TIES


def _with_ties(ordered: list[Neighbour], count: int) -> list[Neighbour]:
    if len(ordered) <= count:
        return ordered
    limit = ordered[count - 1].distance
    return [found for found in ordered[: count + _MAX_TIES] if found.distance <= limit]


def check_queries(queries: FloatArray, size: int) -> None:
    """Check that vectors (Q, D) can be compared with those of a library.

    Raises:
        QueryError: they are not of its `size`, or not finite.
    """
    if queries.ndim != 2 or queries.shape[1] != size or len(queries) == 0:
        raise QueryError(
            f"the example is given as vectors of shape {queries.shape}, but the library holds "
            f"vectors of size {size}; embed the example with the library's encoder"
        )
    if not np.isfinite(queries).all():
        raise QueryError("the vectors of the example hold NaN or infinite values; embed it again")
