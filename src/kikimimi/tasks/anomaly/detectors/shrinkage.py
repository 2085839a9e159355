"""Covariances shrunk towards a sphere, in as many directions as the data have.

Axes: R rows, D size of a row, E <= min(R, D) directions.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]

_NOISE = 1e-12


@dataclass(frozen=True, slots=True, eq=False)
class ShrunkCovariance:
    """`variances` (E,) along `directions` (E, D) of length 1, and `rest` in all other directions.

    `share` is how far it was shrunk.
    """

    directions: Array
    variances: Array
    rest: float
    share: float

    @classmethod
    def of(cls, centred: Array, share: float) -> "ShrunkCovariance":
        """(1 - share) S + share m I of rows (R, D) whose mean was subtracted.

        No variance is smaller than rounding errors are, so that it can be inverted.
        """
        rows, size = centred.shape
        _, lengths, directions = np.linalg.svd(centred, full_matrices=False)
        raw = lengths**2 / rows
        mean = float(raw.sum() / size)
        kept = raw > _NOISE * raw.max(initial=0.0)
        rest = max(share * mean, _NOISE * mean)
        return cls(directions[kept], (1 - share) * raw[kept] + rest, rest, share)

    def quadratic(self, deviations: Array) -> Array:
        """(R, D) -> (R,): the square of Mahalanobis' distance."""
        along = deviations @ self.directions.T
        beyond = deviations - along @ self.directions
        inside = (along**2 / self.variances).sum(axis=1)
        if self.directions.shape[0] == self.directions.shape[1]:
            return inside
        return inside + (beyond**2).sum(axis=1) / self.rest


def ledoit_wolf(centred: Array) -> float:
    """The share of Ledoit and Wolf, 2004, of centred rows (R, D); through (R, R) if that is less.

    With S the covariance: min(b, d) / d, where d = |S - m I|^2 / D and b is the mean squared error
    of S, both in the squared Frobenius norm.
    """
    rows, size = centred.shape
    squares = (centred**2).sum(axis=1)
    mean = float(squares.sum() / (rows * size))
    norm = _squared_norm(centred)
    distance = (norm - size * mean**2) / size
    error = (float((squares**2).sum()) / rows - norm) / (size * rows)
    return float(np.clip(error / distance, 0, 1)) if distance > 0 else 1.0


def oas(centred: Array) -> float:
    """The share of Chen et al., 2010 (oracle approximating shrinkage), of centred rows (R, D)."""
    rows, size = centred.shape
    mean = float((centred**2).sum() / (rows * size))
    alpha = _squared_norm(centred) / size**2
    denominator = (rows + 1) * (alpha - mean**2 / size)
    return min(1.0, (alpha + mean**2) / denominator) if denominator > 0 else 1.0


SHRINKAGES: dict[str, Callable[[Array], float]] = {"ledoit_wolf": ledoit_wolf, "oas": oas}


def _squared_norm(centred: Array) -> float:
    """|S|^2 of S = X' X / R."""
    rows, size = centred.shape
    product = centred @ centred.T if rows <= size else centred.T @ centred
    return float((product**2).sum()) / rows**2
