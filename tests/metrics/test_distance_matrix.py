import math

import numpy as np
import pytest

from kikimimi.errors import ConfigError
from kikimimi.metrics.distance_matrix import distance_matrix, measure, measure_names
from kikimimi.metrics.distribution import (
    frechet_distance,
    median_distance,
    squared_mmd,
    wasserstein_distance,
)


@pytest.fixture
def clouds() -> list[np.ndarray]:
    generator = np.random.default_rng(0)
    return [generator.standard_normal((rows, 6)) + rows for rows in (5, 6, 9)]


@pytest.mark.parametrize("name", measure_names())
def test_is_a_distance_matrix(name: str, clouds) -> None:
    matrix = distance_matrix(clouds, name=name)
    assert matrix.shape == (3, 3)
    assert (np.diagonal(matrix) == 0).all()
    np.testing.assert_array_equal(matrix, matrix.T)
    assert matrix[0, 1] < matrix[0, 2]  # the clouds lie at 5, 6 and 9


def test_entries_are_the_distances_of_the_pairs(clouds) -> None:
    first, _, third = clouds
    frechet, mmd, transport = (
        distance_matrix(clouds, name=name)[0, 2] for name in ("frechet", "mmd", "transport")
    )
    width = median_distance(np.concatenate(clouds))
    assert frechet == pytest.approx(frechet_distance(first, third))
    assert mmd == pytest.approx(math.sqrt(squared_mmd(first, third, bandwidth=width)))
    assert transport == pytest.approx(wasserstein_distance(first, third))


def test_equal_clouds_have_no_mean_discrepancy(clouds) -> None:
    assert distance_matrix([clouds[0]] * 2, name="mmd")[0, 1] == 0


def test_wrong_calls(clouds) -> None:
    with pytest.raises(ConfigError, match="did you mean 'frechet'"):
        measure("frecht")
    with pytest.raises(ConfigError, match="known: frechet, mmd, transport"):
        measure("zzz")
    with pytest.raises(ValueError, match="at least 2 rows"):
        distance_matrix([clouds[0], clouds[1][:1]], name="frechet")
    with pytest.raises(ValueError, match="different sizes"):
        distance_matrix([clouds[0], clouds[1][:, :2]], name="energy")
