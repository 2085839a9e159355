"""All distances between K clouds of embeddings, by the name of the measure.

A measure of the whole matrix can share what pairs have in common: each cloud is fitted once, and
the kernel of the mean discrepancy has one width for all pairs, without which they could not be
compared. Matrices are (K, K) float64, symmetric, not negative, 0 on the diagonal.
"""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import combinations
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from kikimimi.errors import ConfigError
from kikimimi.metrics.distribution import (
    Cloud,
    checked_cloud,
    energy_distance,
    gaussian_fit,
    gaussian_frechet,
    kernel_mean,
    median_distance,
    unbiased_kernel_mean,
    wasserstein_distance,
)
from kikimimi.names import suggestion

Matrix = NDArray[np.float64]
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Measure:
    """A distance between clouds: its name, title, and the fewest rows a cloud must have."""

    name: str
    title: str
    least_rows: int
    matrix: Callable[[Sequence[Cloud]], Matrix]


_MEASURES: dict[str, Measure] = {}


def register(measure: Measure) -> None:
    """Make a measure known by its name."""
    _MEASURES[measure.name] = measure


def measure_names() -> list[str]:
    """The names of all measures."""
    return list(_MEASURES)


def measure(name: str) -> Measure:
    """Return the measure of this name.

    Raises:
        ConfigError: there is none; the message names the nearest.
    """
    if name not in _MEASURES:
        raise ConfigError(
            f"there is no measure of distance '{name}'; {suggestion(name, _MEASURES)}"
        )
    return _MEASURES[name]


def distance_matrix(clouds: Sequence[Cloud], *, name: str = "frechet") -> Matrix:
    """Distances (K, K) between K clouds (n_k, D).

    Raises:
        ConfigError: there is no measure of this name.
        ValueError: a cloud is malformed or too small, or they do not have one size D.
    """
    chosen = measure(name)
    checked = [checked_cloud(cloud, least=chosen.least_rows) for cloud in clouds]
    sizes = sorted({cloud.shape[1] for cloud in checked})
    if len(sizes) > 1:
        raise ValueError(f"the clouds have rows of different sizes: {sizes}")
    return chosen.matrix(checked)


def frechet_matrix(clouds: Sequence[Cloud]) -> Matrix:
    """Frechet distances (not squared) between Gaussian fits."""
    fits = [gaussian_fit(cloud) for cloud in clouds]
    return _pairwise(fits, lambda first, second: math.sqrt(gaussian_frechet(first, second)))


def mmd_matrix(clouds: Sequence[Cloud]) -> Matrix:
    """Roots of the unbiased squared mean discrepancies; where one is negative, 0.

    The bandwidth is the median distance between the rows of all clouds together. The unbiased
    estimate is taken so that a small cloud is not far from all others because it is small.
    """
    width = median_distance(np.concatenate(list(clouds)))
    within = [unbiased_kernel_mean(cloud, bandwidth=width) for cloud in clouds]

    def distance(first: int, second: int) -> float:
        cross = kernel_mean(clouds[first], clouds[second], bandwidth=width)
        return math.sqrt(max(within[first] + within[second] - 2 * cross, 0.0))

    return _pairwise(range(len(clouds)), distance)


def wasserstein_matrix(clouds: Sequence[Cloud], *, order: int) -> Matrix:
    """Exact Wasserstein distances of an order."""
    return _pairwise(clouds, partial(wasserstein_distance, order=order))


def energy_matrix(clouds: Sequence[Cloud]) -> Matrix:
    """Energy distances."""
    return _pairwise(clouds, energy_distance)


def _pairwise(items: Sequence[T], distance: Callable[[T, T], float]) -> Matrix:
    matrix = np.zeros((len(items), len(items)))
    for row, column in combinations(range(len(items)), 2):
        matrix[row, column] = matrix[column, row] = distance(items[row], items[column])
    return matrix


register(Measure("frechet", "Fréchet distance", 2, frechet_matrix))
register(Measure("mmd", "maximum mean discrepancy", 2, mmd_matrix))
register(Measure("transport", "earth mover's distance", 1, partial(wasserstein_matrix, order=1)))
register(Measure("wasserstein2", "2-Wasserstein distance", 1, partial(wasserstein_matrix, order=2)))
register(Measure("energy", "energy distance", 1, energy_matrix))
