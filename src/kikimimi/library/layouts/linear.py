"""Layouts that are a formula: principal and independent components.

Axes: V sounds, D size of a vector, C components.
"""

import warnings
from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.typing import NDArray
from safetensors.numpy import load, save

from kikimimi.library.projection import Projection
from kikimimi.types import FloatArray

PCA_AXES = 10
ICA_AXES = 20

_MOST_FOR_ICA = 20_000
_SEED = 0
_NEGLIGIBLE = 1e-10
"""Share of the largest variance under which a direction is rounding."""


@dataclass(frozen=True, slots=True, eq=False)
class LinearLayout:
    """`mean` (D,) and `weights` (C, D): a sound lies where its vector's projection is.

    `shares` (C,) of the variance; empty where they mean nothing.
    """

    mean: NDArray[np.float64]
    weights: NDArray[np.float64]
    shares: NDArray[np.float64]

    def place(self, vectors: FloatArray) -> FloatArray:
        """Vectors (V, D) -> points (V, C), each by itself whatever the others are."""
        centred = vectors.astype(np.float64) - self.mean
        return np.asarray(centred @ self.weights.T, dtype=np.float32)

    def pack(self) -> bytes:
        """The layout as safetensors."""
        return bytes(save({"mean": self.mean, "weights": self.weights, "shares": self.shares}))

    @classmethod
    def unpack(cls, data: bytes) -> Self:
        """Undo `pack`."""
        held = load(data)
        return cls(held["mean"], held["weights"], held["shares"])


def fit_pca(vectors: FloatArray) -> LinearLayout:
    """Principal components of vectors (V, D), V >= 2: at most 10, those that hold variance."""
    projection, shares = _principal(vectors, PCA_AXES)
    return LinearLayout(projection.mean, projection.components, shares)


def fit_ica(vectors: FloatArray) -> LinearLayout:
    """Independent components by FastICA (Hyvärinen and Oja, 2000), at most 20.

    The least normal comes first; each points to where its tail is long. Fitted on at most 20,000
    of the vectors, evenly spread.
    """
    from sklearn.decomposition import FastICA
    from sklearn.exceptions import ConvergenceWarning

    rows = np.linspace(0, len(vectors) - 1, min(len(vectors), _MOST_FOR_ICA)).astype(np.int64)
    chosen = vectors[np.unique(rows)]
    projection, _ = _principal(chosen, ICA_AXES)
    small = projection.apply(chosen)
    if not np.ptp(small, axis=0).any():
        return LinearLayout(projection.mean, np.zeros_like(projection.components), np.zeros(0))
    model = FastICA(whiten="unit-variance", max_iter=400, tol=1e-3, random_state=_SEED)
    with warnings.catch_warnings():
        # A rough component is still an axis; PCA's are there for who wants exact ones.
        warnings.simplefilter("ignore", ConvergenceWarning)
        sources = model.fit_transform(small)
    weights = model.components_ @ projection.components
    weights *= np.where((sources**3).mean(axis=0) < 0, -1, 1)[:, None]
    order = np.argsort(-(sources**4).mean(axis=0), kind="stable")
    mean = projection.mean + model.mean_ @ projection.components
    return LinearLayout(mean, np.ascontiguousarray(weights[order]), np.zeros(0))


def _principal(vectors: FloatArray, most: int) -> tuple[Projection, NDArray[np.float64]]:
    """At most `most` axes that hold variance, and their shares of it; one axis at least."""
    size = max(1, min(most, len(vectors) - 1, vectors.shape[1]))
    projection = Projection.fit(vectors, size)
    variances = projection.apply(vectors).var(axis=0)
    total = float(vectors.astype(np.float64).var(axis=0).sum())
    held = max(1, int((variances > _NEGLIGIBLE * max(variances.max(), 1e-300)).sum()))
    kept = Projection(projection.mean, projection.components[:held])
    return kept, variances[:held] / max(total, 1e-300)
