"""All vectors of a library as arrays, kept in a cache that follows the library.

The cache is updated by window ids where that is cheaper than making it anew: ids are never given
out twice, so equal number and equal largest id mean equal windows.

Axes: n windows, D size of a vector.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import chain
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import Connection

from kikimimi.library.codes import InvertedCodes, RowMask
from kikimimi.library.hash_store import HashStore
from kikimimi.library.projection import Projection
from kikimimi.library.space import Metric, Points, Space
from kikimimi.library.vector_cache import (
    VECTORS,
    CacheFolder,
    Header,
    LibraryState,
    StoredFile,
)
from kikimimi.library.window_rows import (
    damaged_vectors,
    library_state,
    read_vectors,
    vectors_of_windows,
    window_table,
)
from kikimimi.types import FloatArray

_WINDOWS = "windows"
_COPY_ROWS = 32_768
_SPOT_CHECKS = 32
_MAX_CHANGED_SHARE = 0.2
_METRICS: tuple[Metric, ...] = ("euclidean", "cosine")


@dataclass(frozen=True, slots=True, eq=False)
class VectorRows:
    """Vectors (n, D) float32 and, for each, the window (n,) ascending and the sound (n,)."""

    vectors: FloatArray
    window_ids: NDArray[np.int64]
    sound_ids: NDArray[np.int64]
    header: Header | None = None
    """The table of contents of the cache that holds them, None when they are in memory alone."""

    def __len__(self) -> int:
        return len(self.vectors)

    @property
    def size(self) -> int:
        """The size D of a vector."""
        return int(self.vectors.shape[1])

    def of_sounds(self, sound_ids: NDArray[np.int64]) -> RowMask:
        """A mask (n,) of the windows of some sounds."""
        known = np.zeros(int(self.sound_ids.max(initial=0)) + 1, dtype=np.bool_)
        known[sound_ids[sound_ids < len(known)]] = True
        return known[self.sound_ids]


EMPTY = VectorRows(
    np.zeros((0, 0), np.float32), np.zeros(0, dtype=np.int64), np.zeros(0, dtype=np.int64)
)


class VectorStore:
    """Makes `VectorRows` and what searches them, and keeps both in a cache folder.

    `hashes` keeps binary codes in the same folder.
    """

    def __init__(self, folder: Path) -> None:
        self._cache = CacheFolder(folder)
        self.hashes = HashStore(self._cache)

    def load(self, connection: Connection) -> VectorRows:
        """The vectors that `connection` sees, out of the cache as far as it holds them.

        Raises:
            LibraryError: the library holds vectors of different sizes.
        """
        state = library_state(connection)
        if state.count == 0:
            return EMPTY
        old = self._cached(state)
        if old is not None and self._agrees(old, connection):
            if (len(old), old.window_ids[-1]) == (state.count, state.max_window_id):
                return old
            updated = self._updated(old, state, connection)
            if updated is not None:
                return updated
        return self._save(state, window_table(connection), read_vectors(connection))

    def projection(self, rows: VectorRows, size: int) -> Projection:
        """The principal components of all vectors, `size` of them.

        Raises:
            QueryError: `size` is not between 1 and D.
        """
        content = f"pca-{size}"
        if rows.header is not None:
            array = self._cache.read_array(
                self._cache.newest(rows.header), content, dtype=np.float64, columns=rows.size
            )
            if array is not None and len(array) == size + 1:
                return Projection.from_array(array)
        projection = Projection.fit(rows.vectors, size)
        blocks = iter([projection.to_array()])
        self._cache.keep(rows.header, content, lambda: self._cache.write_blocks(content, blocks))
        return projection

    def inverted_codes(self, rows: VectorRows, space: Space) -> InvertedCodes:
        """The lists of a space, out of the cache or made anew."""
        content = _lists_name(space)
        if rows.header is not None:
            codes = self._read_codes(self._cache.newest(rows.header), space, rows.window_ids)
            if codes is not None:
                return codes
        codes = InvertedCodes.build(Points(rows.vectors, space), rows.window_ids)
        facts: dict[str, float] = {"probes": codes.probes, "changed": 0}
        self._cache.keep(rows.header, content, _writer(self._cache, content, codes, facts))
        return codes

    def _cached(self, state: LibraryState) -> VectorRows | None:
        """What the cache holds, if it was made from this library at this or an earlier time."""
        header = self._cache.read_header()
        if header is None or not _same_library(header.state, state):
            return None
        vectors = self._cache.read_array(header, VECTORS, dtype="<f4", columns=header.dimension)
        windows = self._cache.read_array(header, _WINDOWS, dtype="<i8", columns=2)
        if vectors is None or windows is None:
            return None
        if not len(vectors) == len(windows) == header.state.count:
            return None
        return _rows(vectors, np.array(windows), header)

    def _agrees(self, rows: VectorRows, connection: Connection) -> bool:
        """Whether some vectors, the last among them, are still as the library has them.

        A library put back from a backup may have given the same ids to other windows.
        """
        picked = np.unique(np.linspace(0, len(rows) - 1, _SPOT_CHECKS).astype(np.int64))
        present = vectors_of_windows(connection, rows.window_ids[picked].tolist())
        return all(
            present.get(int(rows.window_ids[row]), data) == data
            for row in picked
            if (data := rows.vectors[row].tobytes())
        )

    def _updated(
        self, old: VectorRows, state: LibraryState, connection: Connection
    ) -> VectorRows | None:
        """The old rows without deleted windows and with new ones; None if that is impossible."""
        table = window_table(connection)
        last = int(old.window_ids[-1])
        kept = np.isin(old.window_ids, table[:, 0])
        added = table[table[:, 0] > last]
        if int(kept.sum()) + len(added) != len(table):
            return None
        # Read now, because saving removes the files.
        lists, hashes = self._old_lists(old), self.hashes.read_all(old.header, old.vectors)
        rows = self._save(state, table, _joined(old, kept, read_vectors(connection, after=last)))
        self._carry_lists(lists, rows, old.window_ids[~kept], added[:, 0])
        self.hashes.carry(hashes, rows.header, rows.vectors, kept)
        return rows

    def _old_lists(self, old: VectorRows) -> dict[Space, tuple[InvertedCodes, dict[str, float]]]:
        """The lists of the present cache and their facts.

        Not those of projected vectors: they are made anew, because the projection changes as well.
        """
        found = {}
        for space in map(Space, _METRICS):
            content = _lists_name(space)
            if old.header is not None and content in old.header.files:
                codes = self._read_codes(old.header, space, old.window_ids)
                if codes is not None:
                    found[space] = codes, dict(old.header.files[content].facts)
        return found

    def _save(
        self, state: LibraryState, table: NDArray[np.int64], blocks: Iterator[FloatArray]
    ) -> VectorRows:
        """Write vectors to the cache and map them; hold them in memory if that fails."""
        memory = _gathered(blocks, state.count)
        try:
            header = Header(state, memory.shape[1])
            header = header.with_file(VECTORS, self._cache.write_blocks(VECTORS, iter([memory])))
            header = header.with_file(_WINDOWS, self._cache.write_blocks(_WINDOWS, iter([table])))
            self._cache.write_header(header)
        except OSError:
            return _rows(memory, table, None)
        return self._cached(state) or _rows(memory, table, None)

    def _carry_lists(
        self,
        lists: dict[Space, tuple[InvertedCodes, dict[str, float]]],
        rows: VectorRows,
        removed: NDArray[np.int64],
        added: NDArray[np.int64],
    ) -> None:
        """Bring old lists up to date, unless so much changed that they lost worth."""
        for space, (codes, facts) in lists.items():
            facts["changed"] += len(removed) + len(added)
            if facts["changed"] <= _MAX_CHANGED_SHARE * len(rows):
                new = Points(rows.vectors[len(rows) - len(added) :], space)
                codes.update(removed, added, new)
                content = _lists_name(space)
                self._cache.keep(rows.header, content, _writer(self._cache, content, codes, facts))

    def _read_codes(
        self, header: Header, space: Space, ids: NDArray[np.int64]
    ) -> InvertedCodes | None:
        content = _lists_name(space)
        path = self._cache.intact(header, content)
        if path is None:
            return None
        try:
            return InvertedCodes.read(path, int(header.files[content].facts["probes"]), ids, space)
        except RuntimeError:
            # Written by another version of FAISS.
            return None


def _writer(
    cache: CacheFolder, content: str, codes: InvertedCodes, facts: dict[str, float]
) -> Callable[[], StoredFile]:
    return lambda: cache.write_with(content, codes.write, facts)


def _lists_name(space: Space) -> str:
    return f"lists-{space.name}"


def _same_library(cached: LibraryState, present: LibraryState) -> bool:
    return (
        cached.encoder_identity == present.encoder_identity
        and cached.created_at == present.created_at
        and cached.revision <= present.revision
    )


def _rows(vectors: FloatArray, table: NDArray[np.int64], header: Header | None) -> VectorRows:
    return VectorRows(
        vectors, np.ascontiguousarray(table[:, 0]), np.ascontiguousarray(table[:, 1]), header
    )


def _gathered(blocks: Iterator[FloatArray], count: int) -> FloatArray:
    first = next(blocks)
    vectors = np.empty((count, first.shape[1]), dtype=np.float32)
    end = 0
    for block in chain([first], blocks):
        vectors[end : end + len(block)] = block
        end += len(block)
    return vectors


def _joined(old: VectorRows, kept: RowMask, added: Iterator[FloatArray]) -> Iterator[FloatArray]:
    for start in range(0, len(old), _COPY_ROWS):
        yield old.vectors[start : start + _COPY_ROWS][kept[start : start + _COPY_ROWS]]
    for block in added:
        if block.shape[1] != old.size:
            raise damaged_vectors()
        yield block
