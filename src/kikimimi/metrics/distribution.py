"""Distances between clouds of embeddings, seen as samples of two distributions.

Axes: n, m rows of a cloud; D embedding size. All is computed in float64. Every distance is
symmetric and does not depend on the order of the rows.
"""

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.spatial.distance import cdist, pdist

Cloud = NDArray[np.floating[Any]]
"""A sample (n, D) of a distribution: one row an embedding."""

GaussianFit = tuple[NDArray[np.float64], NDArray[np.float64]]
"""The mean (D,) and a factor R (r, D), r <= D, of the covariance R^T R."""

_MOST_FOR_MEDIAN = 2000
_TRANSPORT_STEPS = 10_000_000


def checked_cloud(cloud: Cloud, *, least: int = 1) -> NDArray[np.float64]:
    """Return a cloud as float64.

    Raises:
        ValueError: it is not of shape (n, D), has fewer than `least` rows, or values that are not
            finite.
    """
    rows = np.asarray(cloud, dtype=np.float64)
    if rows.ndim != 2 or rows.shape[1] == 0:
        raise ValueError(f"a cloud has the shape (n, D), not {rows.shape}")
    if len(rows) < least:
        raise ValueError(f"a cloud needs at least {least} rows here, but has {len(rows)}")
    if not np.isfinite(rows).all():
        raise ValueError("a cloud holds NaN or infinite values")
    return rows


def gaussian_fit(cloud: Cloud) -> GaussianFit:
    """Mean and unbiased covariance of a cloud (n, D), the covariance as a factor.

    Raises:
        ValueError: there are fewer than two rows, or one that is not finite.
    """
    rows = checked_cloud(cloud, least=2)
    mean = rows.mean(axis=0)
    factor = (rows - mean) / math.sqrt(len(rows) - 1)
    if len(rows) > rows.shape[1]:
        factor = np.linalg.qr(factor).R
    return mean, factor


def gaussian_frechet(first: GaussianFit, second: GaussianFit) -> float:
    """Squared Frechet distance between two Gaussians (Dowson & Landau 1982).

    |m1 - m2|^2 + tr(C1 + C2 - 2 (C1 C2)^(1/2)). With C1 = A^T A and C2 = B^T B, the trace of the
    root is the sum of the singular values of A B^T. So no matrix root is taken, and clouds with
    fewer rows than dimensions need no shrinkage: the value is exact, real and finite.
    """
    (mean_1, factor_1), (mean_2, factor_2) = first, second
    root_trace = np.linalg.svd(factor_1 @ factor_2.T, compute_uv=False).sum()
    spread = np.square(factor_1).sum() + np.square(factor_2).sum() - 2 * root_trace
    return float(np.square(mean_1 - mean_2).sum() + max(spread, 0.0))


def frechet_distance(first: Cloud, second: Cloud, *, squared: bool = False) -> float:
    """Frechet distance between Gaussians fitted to clouds (n, D) and (m, D).

    Squared, it is the quantity known as FID or FAD. Small clouds overrate it: the covariance of a
    sample has less rank than that of the distribution.

    Raises:
        ValueError: a cloud has fewer than two rows, or the clouds do not fit together.
    """
    _check_pair(first, second)
    value = gaussian_frechet(gaussian_fit(first), gaussian_fit(second))
    return value if squared else math.sqrt(value)


def median_distance(cloud: Cloud, *, seed: int = 0) -> float:
    """Median Euclidean distance between the rows of a cloud (n, D): the bandwidth of a kernel.

    Of a large cloud, 2,000 rows drawn with `seed` are taken. If most rows coincide, it is the
    mean of the distances that are not 0; if all do, 1.

    Raises:
        ValueError: the cloud is malformed.
    """
    rows = checked_cloud(cloud)
    if len(rows) > _MOST_FOR_MEDIAN:
        chosen = np.random.default_rng(seed).choice(len(rows), _MOST_FOR_MEDIAN, replace=False)
        rows = rows[chosen]
    distances = pdist(rows)
    positive = distances[distances > 0]
    if not len(positive):
        return 1.0
    return float(np.median(distances)) or float(positive.mean())


def kernel_mean(first: Cloud, second: Cloud, *, bandwidth: float) -> float:
    """Mean of the Gaussian kernel exp(-|x - y|^2 / (2 bandwidth^2)) over all pairs of rows."""
    return float(np.exp(cdist(first, second, "sqeuclidean") / (-2 * bandwidth**2)).mean())


def unbiased_kernel_mean(cloud: Cloud, *, bandwidth: float) -> float:
    """Mean of the Gaussian kernel over all pairs of different rows of a cloud (n, D), n >= 2."""
    squares = pdist(cloud, "sqeuclidean")
    return float(np.exp(squares / (-2 * bandwidth**2)).mean())


def squared_mmd(
    first: Cloud, second: Cloud, *, bandwidth: float | None = None, unbiased: bool = True
) -> float:
    """Squared maximum mean discrepancy with a Gaussian kernel (Gretton et al. 2012, eqs. 3, 5).

    Args:
        first: (n, D).
        second: (m, D).
        bandwidth: of the kernel; None takes the median distance between all rows of both.
        unbiased: leave the pairs of a row with itself out. The estimate is then right on average
            for clouds of any size, and may be negative; the biased one is never negative and 0
            for a cloud and itself.

    Raises:
        ValueError: the clouds do not fit together, the bandwidth is not positive, or one has a
            single row and the unbiased estimate is wanted.
    """
    _check_pair(first, second)
    least = 2 if unbiased else 1
    rows, others = checked_cloud(first, least=least), checked_cloud(second, least=least)
    width = median_distance(np.concatenate([rows, others])) if bandwidth is None else bandwidth
    if not (math.isfinite(width) and width > 0):
        raise ValueError(f"the bandwidth of a kernel is positive, not {width}")
    cross = kernel_mean(rows, others, bandwidth=width)
    if unbiased:
        within = [unbiased_kernel_mean(each, bandwidth=width) for each in (rows, others)]
        return sum(within) - 2 * cross
    within = [kernel_mean(each, each, bandwidth=width) for each in (rows, others)]
    return max(sum(within) - 2 * cross, 0.0)


def wasserstein_distance(first: Cloud, second: Cloud, *, order: int = 1) -> float:
    """Exact Wasserstein distance between clouds (n, D) and (m, D) with equal weights in each.

    Order 1 is the earth mover's distance: the least mean way, as Euclidean distance, on which the
    one cloud can be carried over into the other. Order 2 is the root of the least mean square.
    The transport problem is solved by the network simplex of Bonneel et al. (2011) in POT
    (Flamary et al., JMLR 2021); the time grows about as n^3.

    Raises:
        ValueError: the clouds do not fit together, or the order is neither 1 nor 2.
        ArithmeticError: the solver gave up; clouds of fewer rows help.
    """
    import ot  # loads torch where it is installed, which takes seconds

    if order not in (1, 2):
        raise ValueError(f"the order of the Wasserstein distance is 1 or 2, not {order}")
    _check_pair(first, second)
    rows, others = checked_cloud(first), checked_cloud(second)
    costs = cdist(rows, others, "euclidean" if order == 1 else "sqeuclidean")
    cost, log = ot.emd2(
        np.full(len(rows), 1 / len(rows)),
        np.full(len(others), 1 / len(others)),
        costs,
        numItermax=_TRANSPORT_STEPS,
        log=True,
    )
    if log["warning"]:
        raise ArithmeticError(f"no optimal transport was found: {log['warning']}")
    return float(max(cost, 0.0) ** (1 / order))


def energy_distance(first: Cloud, second: Cloud) -> float:
    """Energy distance of clouds (n, D) and (m, D) (Szekely & Rizzo 2013), its root.

    (2 E|X - Y| - E|X - X'| - E|Y - Y'|)^(1/2) over all pairs of rows, a row with itself included.

    Raises:
        ValueError: the clouds do not fit together.
    """
    _check_pair(first, second)
    rows, others = checked_cloud(first), checked_cloud(second)
    within = mean_distance(rows, rows) + mean_distance(others, others)
    return math.sqrt(max(2 * mean_distance(rows, others) - within, 0.0))


def mean_distance(first: Cloud, second: Cloud) -> float:
    """Mean Euclidean distance over all pairs of a row of one and a row of the other cloud."""
    return float(cdist(first, second).mean())


def _check_pair(first: Cloud, second: Cloud) -> None:
    sizes = np.shape(first)[-1:], np.shape(second)[-1:]
    if sizes[0] != sizes[1]:
        raise ValueError(f"the clouds have rows of different sizes: {sizes[0]} and {sizes[1]}")
