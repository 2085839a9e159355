"""How far a mean of few values may be trusted."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True, slots=True)
class Estimate:
    """A mean and half the width of its confidence interval; 0 for a single value."""

    mean: float
    half_width: float


def mean_with_interval(values: Sequence[float], *, level: float = 0.95) -> Estimate:
    """Mean and confidence interval of values that are taken for draws of a normal distribution.

    The half width is t s / sqrt(n), with s the standard deviation of the sample (n - 1) and t the
    quantile (1 + level) / 2 of Student's distribution of n - 1 degrees of freedom.

    Raises:
        ValueError: there are no values, or `level` does not lie between 0 and 1.
    """
    from scipy.special import stdtrit

    if not values or not 0 < level < 1:
        raise ValueError(f"{len(values)} values at the level {level}")
    mean = float(np.mean(values))
    count = len(values)
    if count == 1:
        return Estimate(mean, 0.0)
    quantile = float(stdtrit(count - 1, (1 + level) / 2))
    return Estimate(mean, quantile * float(np.std(values, ddof=1)) / count**0.5)
