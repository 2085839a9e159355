"""What is left of a taught tag once it has been fitted: enough to score any vector.

Axes: n vectors, D size of a vector.
"""

import io
import zipfile
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from kikimimi.errors import LibraryError
from kikimimi.library.taught.logistic import Array, sigmoid
from kikimimi.types import FloatArray

_BLOCK_ROWS = 16_384
_TINY = 1e-9


@dataclass(frozen=True, slots=True, eq=False)
class Whitening:
    """`mean` (D,) and `matrix` (D, D): to directions in which a library varies alike."""

    mean: Array
    matrix: Array

    @classmethod
    def fit(cls, vectors: NDArray[np.floating], *, shrinkage: float) -> "Whitening":
        """Take mean and covariance of vectors (n, D), the covariance shrunk towards a sphere.

        The share of the sphere is `shrinkage` for large n and 1 for n = 1 (as in Ledoit and Wolf,
        "A well-conditioned estimator for large-dimensional covariance matrices", 2004, with a
        share that only depends on n and D).
        """
        count, size = vectors.shape
        exact = vectors.astype(np.float64)
        mean = exact.mean(axis=0)
        covariance = (exact - mean).T @ (exact - mean) / count
        share = (shrinkage * (count - 1) + size) / (count - 1 + size)
        level = max(float(np.trace(covariance)) / size, _TINY)
        values, axes = np.linalg.eigh((1 - share) * covariance + share * level * np.eye(size))
        return cls(mean, (axes / np.sqrt(np.maximum(values, _TINY * level))) @ axes.T)

    def apply(self, vectors: NDArray[np.floating]) -> Array:
        """Whitened vectors (n, D), scaled to length 1."""
        spread = (vectors - self.mean) @ self.matrix
        return spread / np.maximum(np.linalg.norm(spread, axis=1, keepdims=True), _TINY)


@dataclass(frozen=True, slots=True, eq=False)
class Head:
    """A linear rule on whitened vectors; a sound whose score is above `threshold` has the tag."""

    whitening: Whitening
    weights: Array
    bias: float
    threshold: float
    steepness: float

    @property
    def size(self) -> int:
        """The size D of the vectors that it takes."""
        return len(self.weights)

    def scores(self, vectors: FloatArray) -> Array:
        """Log-odds (n,) of vectors (n, D), up to a constant of the tag."""
        found = np.empty(len(vectors))
        for start in range(0, len(vectors), _BLOCK_ROWS):
            block = self.whitening.apply(vectors[start : start + _BLOCK_ROWS])
            found[start : start + _BLOCK_ROWS] = self.on_whitened(block)
        return found

    def on_whitened(self, whitened: Array) -> Array:
        """Scores (n,) of vectors (n, D) that `whitening` was applied to."""
        return whitened @ self.weights + self.bias

    def probabilities(self, scores: Array) -> Array:
        """Scores as numbers in [0, 1]; 0.5 at the threshold."""
        return sigmoid(self.steepness * (scores - self.threshold))

    def to_bytes(self) -> bytes:
        """The head as float32 arrays in NumPy's own format."""
        packed = io.BytesIO()
        scalars = np.array([self.bias, self.threshold, self.steepness])
        np.savez(
            packed,
            mean=self.whitening.mean.astype("<f4"),
            matrix=self.whitening.matrix.astype("<f4"),
            weights=self.weights.astype("<f4"),
            scalars=scalars,
        )
        return packed.getvalue()

    @classmethod
    def from_bytes(cls, packed: bytes) -> "Head":
        """The head that `to_bytes` packed.

        Raises:
            LibraryError: the bytes are damaged.
        """
        try:
            with np.load(io.BytesIO(packed), allow_pickle=False) as arrays:
                found = {name: arrays[name].astype(np.float64) for name in _ARRAYS}
            size = len(found["weights"])
            shapes = {"mean": (size,), "matrix": (size, size), "weights": (size,), "scalars": (3,)}
            if any(found[name].shape != shape for name, shape in shapes.items()):
                raise ValueError
        except (ValueError, KeyError, TypeError, OSError, EOFError, zipfile.BadZipFile):
            raise LibraryError(
                "a taught tag of the library is damaged; teach it again with an example, or "
                "restore a backup"
            ) from None
        whitening = Whitening(found["mean"], found["matrix"])
        return cls(whitening, found["weights"], *found["scalars"].tolist())


_ARRAYS = ("mean", "matrix", "weights", "scalars")
