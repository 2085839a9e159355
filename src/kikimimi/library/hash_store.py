"""Binary codes of a library's vectors, kept in the cache beside the vectors themselves.

Two files a length: `hash-<K>` is the projection, so that a search need not load the encoder, and
`codes-<K>` the codes, with what was measured of them.

Axes: n vectors, D their size, K bits.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np

from kikimimi.encoders.hash_projection import HashProjection, PackedCodes
from kikimimi.library.codes import RowMask
from kikimimi.library.hash_codes import HashCodes, HashRecall, measure_recall
from kikimimi.library.space import Points, Space
from kikimimi.library.vector_cache import CacheFolder, Header
from kikimimi.types import FloatArray

HashSource = Callable[[int], HashProjection]
"""Gives the projection for a length of code, or raises `EncoderError`."""

_MAX_CHANGED_SHARE = 0.2
_PROJECTION, _CODES = "hash-", "codes-"


@dataclass(frozen=True, slots=True, eq=False)
class StoredCodes:
    """Codes (n, K / 8), what made them, and `facts`: by space, candidates and recall."""

    projection: HashProjection
    codes: PackedCodes
    facts: dict[str, float]


class HashStore:
    """Makes codes and keeps them in a cache folder."""

    def __init__(self, cache: CacheFolder) -> None:
        self._cache = cache

    def codes(
        self, points: Points, header: Header | None, bits: int, source: HashSource
    ) -> tuple[HashCodes, HashRecall]:
        """What searches `points` by codes of their vectors, out of the cache or made anew.

        Args:
            points: the points (n, d) of all vectors.
            header: the cache that holds the vectors, None when they are in memory alone.
            bits: the length K.
            source: asked for the projection if the cache does not have it.

        Raises:
            EncoderError: `source` raised it.
        """
        stored = self._read(header, bits, points.vectors)
        if stored is None:
            projection = source(bits)
            stored = StoredCodes(projection, projection.codes(points.vectors), {"changed": 0})
            self._keep(header, stored)
        recall = _measured(stored, points.space)
        if recall is None:
            recall = measure_recall(stored.codes, stored.projection, points)
            self._keep_recall(header, bits, points.space, recall)
        found = HashCodes(stored.codes, stored.projection, points, recall.candidates)
        return found, recall

    def read_all(self, header: Header | None, vectors: FloatArray) -> list[StoredCodes]:
        """The codes of every length in the cache of `header`, in memory."""
        files = header.files if header is not None else {}
        lengths = [int(name.removeprefix(_CODES)) for name in files if name.startswith(_CODES)]
        found = [self._read(header, bits, vectors) for bits in lengths]
        return [replace(one, codes=np.array(one.codes)) for one in found if one is not None]

    def carry(
        self,
        stored: list[StoredCodes],
        header: Header | None,
        vectors: FloatArray,
        kept: RowMask,
    ) -> None:
        """Bring codes to a new state of the library.

        Args:
            stored: the codes of the last state.
            header: the cache of the new state.
            vectors: all vectors of the new state (n, D): those kept, then those added.
            kept: which rows of the last state are still there.
        """
        added = vectors[int(kept.sum()) :]
        for old in stored:
            changed = old.facts["changed"] + int((~kept).sum()) + len(added)
            lasting = changed <= _MAX_CHANGED_SHARE * len(vectors)
            codes = np.concatenate([old.codes[kept], old.projection.codes(added)])
            measured = old.facts if lasting else {}
            facts = {**measured, "changed": changed if lasting else 0}
            self._keep(header, StoredCodes(old.projection, codes, facts))

    def _read(self, header: Header | None, bits: int, vectors: FloatArray) -> StoredCodes | None:
        if header is None:
            return None
        newest = self._cache.newest(header)
        size = vectors.shape[1]
        planes = self._cache.read_array(
            newest, f"{_PROJECTION}{bits}", dtype="<f4", columns=size + 1
        )
        codes = self._cache.read_array(
            newest, f"{_CODES}{bits}", dtype=np.uint8, columns=max(bits // 8, 1)
        )
        if planes is None or codes is None or (len(planes), len(codes)) != (bits, len(vectors)):
            return None
        projection = HashProjection(np.array(planes[:, :size]), np.array(planes[:, size]))
        return StoredCodes(projection, codes, dict(newest.files[f"{_CODES}{bits}"].facts))

    def _keep(self, header: Header | None, stored: StoredCodes) -> None:
        bits, projection = stored.projection.bits, stored.projection
        planes = np.hstack([projection.weights, projection.biases[:, None]])
        name = f"{_PROJECTION}{bits}"
        self._cache.keep(header, name, lambda: self._cache.write_blocks(name, iter([planes])))
        codes = f"{_CODES}{bits}"
        self._cache.keep(
            header,
            codes,
            lambda: replace(
                self._cache.write_blocks(codes, iter([stored.codes])), facts=stored.facts
            ),
        )

    def _keep_recall(
        self, header: Header | None, bits: int, space: Space, recall: HashRecall
    ) -> None:
        file = None if header is None else self._cache.newest(header).files.get(f"{_CODES}{bits}")
        if file is not None:
            facts = {
                **file.facts,
                f"candidates-{space.name}": recall.candidates,
                f"recall-{space.name}": recall.recall,
            }
            self._cache.keep(header, f"{_CODES}{bits}", lambda: replace(file, facts=facts))


def _measured(stored: StoredCodes, space: Space) -> HashRecall | None:
    candidates = stored.facts.get(f"candidates-{space.name}")
    recall = stored.facts.get(f"recall-{space.name}")
    if candidates is None or recall is None:
        return None
    return HashRecall(int(candidates), recall)
