"""Spaces in which sounds are compared: every metric as Euclidean distance between points.

Axes: n vectors, D their size, d the size of a point (D, or fewer after PCA).

Cosine distance is half the squared Euclidean distance between vectors scaled to length 1, so one
kind of index serves both metrics, and the vectors themselves are kept only once.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal, TypeVar

import numpy as np
from numpy.typing import NDArray

from kikimimi.library.projection import Projection
from kikimimi.types import FloatArray

Metric = Literal["euclidean", "cosine"]

_BLOCK_ROWS = 32_768

T = TypeVar("T", np.float32, np.float64)


@dataclass(frozen=True, slots=True, eq=False)
class Space:
    """A metric, after an optional projection."""

    metric: Metric
    projection: Projection | None = None

    @property
    def name(self) -> str:
        """The space in words, for a file's name: "cosine", or "cosine-pca-20"."""
        pca = f"-pca-{len(self.projection.components)}" if self.projection else ""
        return f"{self.metric}{pca}"

    @property
    def is_plain(self) -> bool:
        """Whether the points are the vectors themselves."""
        return self.metric == "euclidean" and self.projection is None

    def points(self, vectors: FloatArray) -> FloatArray:
        """The points (n, d) float32 of vectors (n, D), up to rounding."""
        points = self.projection.apply_fast(vectors) if self.projection else vectors
        return np.ascontiguousarray(_unit(points) if self.metric == "cosine" else points)

    def gaps(self, vectors: FloatArray, query: FloatArray) -> NDArray[np.float64]:
        """Euclidean distances (n,) between the points of vectors (n, D) and of `query` (D,).

        Computed in float64, each row by itself; exactly 0 for a vector equal to the query.
        """
        gaps: NDArray[np.float64]
        if self.is_plain:
            gaps = vectors.astype(np.float64) - query
        else:
            points = self._exact_points(np.vstack([query, vectors]))
            gaps = points[1:] - points[0]
        lengths = np.sqrt((gaps * gaps).sum(axis=1))
        lengths[(vectors == query).all(axis=1)] = 0.0
        return lengths

    def distances(self, gaps: NDArray[np.float64]) -> NDArray[np.float64]:
        """Turn Euclidean distances between points into distances of the metric.

        Cosine distances lie in [0, 2]. A zero vector has no direction; it lies 0.5 from any other.
        """
        return gaps * gaps / 2 if self.metric == "cosine" else gaps

    def _exact_points(self, vectors: FloatArray) -> NDArray[np.float64]:
        projection = self.projection
        points = projection.apply(vectors) if projection else vectors.astype(np.float64)
        return _unit(points) if self.metric == "cosine" else points


def _unit(points: NDArray[T]) -> NDArray[T]:
    lengths = np.sqrt((points * points).sum(axis=1, keepdims=True))
    lengths[lengths == 0] = 1
    return points / lengths


@dataclass(frozen=True, slots=True, eq=False)
class Points:
    """The points of vectors (n, D) in a space, made when they are asked for."""

    vectors: FloatArray
    space: Space

    def __len__(self) -> int:
        return len(self.vectors)

    @property
    def size(self) -> int:
        """Their size d."""
        projection = self.space.projection
        return self.vectors.shape[1] if projection is None else len(projection.components)

    def at(self, rows: NDArray[np.int64]) -> FloatArray:
        """The points (m, d) of some rows."""
        return self.space.points(self.vectors[rows])

    def blocks(self) -> Iterator[FloatArray]:
        """All points in the order of their rows, in blocks that fit into memory."""
        for start in range(0, len(self), _BLOCK_ROWS):
            yield self.space.points(self.vectors[start : start + _BLOCK_ROWS])

    def spread(self, count: int) -> FloatArray:
        """At most `count` points, evenly spread over the rows."""
        return self.at(self.spread_rows(count))

    def spread_rows(self, count: int) -> NDArray[np.int64]:
        """At most `count` rows, ascending and evenly spread."""
        picked = np.linspace(0, len(self) - 1, min(count, len(self)))
        return np.unique(picked.astype(np.int64))
