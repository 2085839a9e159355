"""Principal component analysis of a library's vectors (Wakairo & Kosaka search in 20-d).

Axes: n vectors, D their size, d the reduced size.
"""

from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.typing import NDArray

from kikimimi.errors import QueryError
from kikimimi.types import FloatArray

_MAX_SAMPLE = 100_000


@dataclass(frozen=True, slots=True, eq=False)
class Projection:
    """A centred linear map onto the d axes of largest variance.

    `mean` (D,), `components` (d, D), orthonormal rows, both float64.
    """

    mean: NDArray[np.float64]
    components: NDArray[np.float64]

    @classmethod
    def fit(cls, vectors: FloatArray, size: int) -> Self:
        """Fit on `vectors` (n, D), n >= 1, or on 100,000 of them spread evenly over the rows.

        Each axis points to where its largest weight is positive, so that the same vectors give
        the same projection.

        Raises:
            QueryError: `size` is not between 1 and D.
        """
        count, full_size = vectors.shape
        if not 1 <= size <= full_size:
            raise QueryError(
                f"vectors of size {full_size} cannot be reduced to {size} dimensions; "
                f"choose between 1 and {full_size}"
            )
        rows = np.unique(np.linspace(0, count - 1, min(count, _MAX_SAMPLE)).astype(np.int64))
        sample = vectors[rows].astype(np.float64)
        mean = sample.mean(axis=0)
        centred = sample - mean
        axes = np.linalg.eigh(centred.T @ centred)[1][:, ::-1][:, :size].T
        largest = axes[np.arange(size), np.abs(axes).argmax(axis=1)]
        return cls(mean, np.ascontiguousarray(axes * np.sign(largest)[:, None]))

    def apply(self, vectors: FloatArray) -> NDArray[np.float64]:
        """Project (n, D) -> (n, d), each row by itself: its result depends on no other row."""
        centred = vectors.astype(np.float64) - self.mean
        return np.einsum("nD,dD->nd", centred, self.components)

    def apply_fast(self, vectors: FloatArray) -> FloatArray:
        """Project (n, D) -> (n, d) in float32, equal to `apply` up to rounding."""
        centred = vectors - self.mean.astype(np.float32)
        return centred @ self.components.T.astype(np.float32)

    def to_array(self) -> NDArray[np.float64]:
        """The projection as one array (1 + d, D): the mean, then the components."""
        return np.vstack([self.mean, self.components])

    @classmethod
    def from_array(cls, array: NDArray[np.float64]) -> Self:
        """Undo `to_array`."""
        return cls(np.array(array[0]), np.array(array[1:]))
