"""Distances between clouds against closed forms, independent programs and their own laws."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from scipy.linalg import sqrtm
from scipy.optimize import linear_sum_assignment, linprog
from scipy.spatial.distance import cdist
from scipy.stats import wasserstein_distance as wasserstein_on_a_line

from kikimimi.metrics.distribution import (
    energy_distance,
    frechet_distance,
    gaussian_frechet,
    median_distance,
    squared_mmd,
    wasserstein_distance,
)

DISTANCES = {
    "frechet": frechet_distance,
    "mmd": lambda x, y: math.sqrt(squared_mmd(x, y, unbiased=False)),
    "transport": wasserstein_distance,
    "wasserstein2": lambda x, y: wasserstein_distance(x, y, order=2),
    "energy": energy_distance,
}
EVERY_DISTANCE = pytest.mark.parametrize("distance", DISTANCES.values(), ids=DISTANCES)


def cloud(seed: int, rows: int, size: int = 3, *, scale: float = 1.0, shift: float = 0.0):
    generator = np.random.default_rng(seed)
    mixing = generator.standard_normal((size, size))
    return scale * generator.standard_normal((rows, size)) @ mixing + shift


CLOUDS = st.integers(1, 4).flatmap(
    lambda size: st.tuples(
        *(
            st.integers(2, 7).flatmap(
                lambda rows: arrays(
                    np.float64, (rows, size), elements=st.floats(-100, 100, width=32)
                )
            )
            for _ in range(2)
        )
    )
)


@EVERY_DISTANCE
@given(clouds=CLOUDS)
@settings(max_examples=40, deadline=None)
def test_is_symmetric_not_negative_and_zero_on_itself(distance, clouds) -> None:
    first, second = clouds
    size = 1 + max(np.abs(first).max(), np.abs(second).max())
    value = distance(first, second)
    assert math.isfinite(value)
    assert value >= 0
    assert distance(second, first) == pytest.approx(value, abs=1e-6 * size)
    assert distance(first, first) == pytest.approx(0, abs=1e-6 * size)


@EVERY_DISTANCE
@given(clouds=CLOUDS, seed=st.integers(0, 99))
@settings(max_examples=25, deadline=None)
def test_the_order_of_the_rows_does_not_matter(distance, clouds, seed: int) -> None:
    first, second = clouds
    size = 1 + max(np.abs(first).max(), np.abs(second).max())
    shuffled = np.random.default_rng(seed).permutation(first)
    expected = distance(first, second)
    assert distance(shuffled, second) == pytest.approx(expected, abs=1e-6 * size)


@EVERY_DISTANCE
def test_point_masses_are_as_far_apart_as_the_points(distance) -> None:
    first, second = np.zeros((4, 2)), np.tile([3.0, 4.0], (5, 1))
    # the kernel's width is the median distance, which is 5 or 0 here and then the mean of the rest
    mmd = math.sqrt(2 - 2 * math.exp(-0.5))
    expected = {"mmd": mmd, "energy": math.sqrt(10.0)}
    name = next(key for key, value in DISTANCES.items() if value is distance)
    assert distance(first, second) == pytest.approx(expected.get(name, 5.0))


@pytest.mark.parametrize(("rows", "others"), [(200, 150), (5, 40), (3, 4)])
def test_frechet_is_the_formula_with_a_matrix_root(rows: int, others: int) -> None:
    first, second = cloud(0, rows, 6), cloud(1, others, 6, scale=2.0, shift=0.5)
    covariance_1, covariance_2 = np.cov(first.T), np.cov(second.T)
    half = np.real(sqrtm(covariance_1 + 1e-13 * np.eye(6)))
    root = np.real(sqrtm(half @ covariance_2 @ half + 1e-13 * np.eye(6)))
    expected = np.square(first.mean(0) - second.mean(0)).sum() + np.trace(
        covariance_1 + covariance_2 - 2 * root
    )
    assert frechet_distance(first, second, squared=True) == pytest.approx(expected, rel=1e-4)


def test_frechet_of_two_gaussians_on_a_line() -> None:
    # squared, it is the gap of the means squared plus the gap of the deviations squared
    fits = [(np.array([m]), np.array([[s]])) for m, s in ((1.0, 2.0), (4.0, 6.0))]
    assert gaussian_frechet(*fits) == pytest.approx(9 + 16)


@given(clouds=CLOUDS, shift=st.floats(-50, 50))
@settings(max_examples=50, deadline=None)
def test_frechet_of_shifted_clouds(clouds, shift: float) -> None:
    first, second = clouds
    mean_gap = second.mean(0) - first.mean(0)
    expected = np.square(mean_gap + shift).sum() - np.square(mean_gap).sum()
    gained = frechet_distance(first, second + shift, squared=True) - frechet_distance(
        first, second, squared=True
    )
    assert gained == pytest.approx(expected, abs=1e-4)


def test_frechet_of_small_clouds_in_many_dimensions_is_real_and_exact() -> None:
    generator = np.random.default_rng(0)
    first = generator.standard_normal((8, 128)).astype(np.float32)
    assert frechet_distance(first, first) == pytest.approx(0, abs=1e-6)
    assert frechet_distance(first, first + 2, squared=True) == pytest.approx(4 * 128, rel=1e-5)


def test_mmd_is_the_sum_over_pairs() -> None:
    first, second = cloud(0, 5), cloud(1, 7)

    def kernel(x, y) -> float:
        return math.exp(-np.square(x - y).sum() / (2 * 1.5**2))

    def mean(pairs) -> float:
        return float(np.mean([kernel(x, y) for x, y in pairs]))

    cross = mean((x, y) for x in first for y in second)
    others = [
        mean((rows[i], rows[j]) for i in range(len(rows)) for j in range(len(rows)) if i != j)
        for rows in (first, second)
    ]
    everyone = [mean((x, y) for x in rows for y in rows) for rows in (first, second)]
    unbiased = squared_mmd(first, second, bandwidth=1.5)
    biased = squared_mmd(first, second, bandwidth=1.5, unbiased=False)
    assert unbiased == pytest.approx(sum(others) - 2 * cross)
    assert biased == pytest.approx(sum(everyone) - 2 * cross)


def test_unbiased_mmd_is_zero_on_average_and_biased_is_not() -> None:
    generator = np.random.default_rng(0)
    pairs = [generator.standard_normal((2, 10, 4)) for _ in range(400)]
    unbiased = [squared_mmd(x, y, bandwidth=2.0) for x, y in pairs]
    biased = [squared_mmd(x, y, bandwidth=2.0, unbiased=False) for x, y in pairs]
    assert abs(np.mean(unbiased)) < 3 * np.std(unbiased) / math.sqrt(400)
    assert min(unbiased) < 0 < min(biased)
    assert np.mean(biased) > 0.05


def test_median_distance() -> None:
    assert median_distance(np.array([[0.0], [1.0], [3.0]])) == 2.0
    assert median_distance(np.zeros((5, 2))) == 1.0
    assert median_distance(np.array([[0.0]] * 9 + [[4.0]])) == 4.0
    many = np.random.default_rng(0).standard_normal((3000, 2))
    assert median_distance(many) == pytest.approx(np.median(cdist(many, many)), rel=0.02)


@pytest.mark.parametrize("order", [1, 2])
def test_transport_between_clouds_of_one_size_is_an_assignment(order: int) -> None:
    first, second = cloud(0, 20), cloud(1, 20, shift=1.0)
    costs = cdist(first, second) ** order
    expected = costs[linear_sum_assignment(costs)].mean() ** (1 / order)
    assert wasserstein_distance(first, second, order=order) == pytest.approx(expected)


@pytest.mark.parametrize("order", [1, 2])
def test_transport_between_clouds_of_two_sizes_is_a_linear_programme(order: int) -> None:
    first, second = cloud(0, 5), cloud(1, 8, shift=1.0)
    costs = cdist(first, second) ** order
    rows = np.kron(np.eye(5), np.ones(8))
    columns = np.kron(np.ones(5), np.eye(8))
    solved = linprog(
        costs.ravel(),
        A_eq=np.concatenate([rows, columns]),
        b_eq=np.concatenate([np.full(5, 1 / 5), np.full(8, 1 / 8)]),
    )
    expected = solved.fun ** (1 / order)
    assert wasserstein_distance(first, second, order=order) == pytest.approx(expected)


def test_transport_on_a_line_is_scipy_s() -> None:
    first, second = cloud(0, 9, 1), cloud(1, 31, 1)
    expected = wasserstein_on_a_line(first[:, 0], second[:, 0])
    assert wasserstein_distance(first, second) == pytest.approx(expected)


def test_transport_of_shifted_clouds_is_the_shift() -> None:
    first, shift = cloud(0, 12), np.array([3.0, 0.0, 4.0])
    for order in (1, 2):
        moved = wasserstein_distance(first, first + shift, order=order)
        assert moved == pytest.approx(5.0)


def test_energy_distance_on_a_line_is_the_gap_between_the_distribution_functions() -> None:
    # Szekely & Rizzo 2013: 2 times the integral of (F - G)^2
    first, second = np.array([[0.0], [2.0]]), np.array([[1.0], [1.0], [5.0]])
    grid = np.linspace(0, 5, 5001)[:-1]
    gap = (first <= grid).mean(0) - (second <= grid).mean(0)
    expected = math.sqrt(2 * np.square(gap).sum() * 0.001)
    assert energy_distance(first, second) == pytest.approx(expected, rel=1e-3)


@EVERY_DISTANCE
@pytest.mark.parametrize(
    ("first", "second", "message"),
    [
        (np.zeros((3, 2)), np.zeros((3, 4)), "different sizes"),
        (np.zeros(3), np.zeros(3), "shape"),
        (np.full((3, 2), np.nan), np.zeros((3, 2)), "NaN"),
        (np.zeros((0, 2)), np.zeros((3, 2)), "rows"),
    ],
)
def test_clouds_that_do_not_fit_are_named(distance, first, second, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        distance(first, second)


def test_single_sounds() -> None:
    one, others = np.array([[3.0, 4.0]]), np.zeros((2, 2))
    assert wasserstein_distance(one, others) == pytest.approx(5.0)
    assert energy_distance(one, one) == 0
    for distance in (frechet_distance, squared_mmd):
        with pytest.raises(ValueError, match="at least 2"):
            distance(one, others)


def test_impossible_settings() -> None:
    with pytest.raises(ValueError, match="order"):
        wasserstein_distance(np.zeros((2, 2)), np.zeros((2, 2)), order=3)
    with pytest.raises(ValueError, match="bandwidth"):
        squared_mmd(np.zeros((2, 2)), np.zeros((2, 2)), bandwidth=0.0)
