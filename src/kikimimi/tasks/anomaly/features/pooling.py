"""From features over time to the rows of a clip. Axes: N times, D features."""

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from kikimimi.types import FloatArray

Array = NDArray[np.float64]


def mean(frames: FloatArray, decay: float) -> FloatArray:
    """(N, D) -> (1, D): the mean over time."""
    return frames.mean(axis=0, keepdims=True, dtype=np.float64).astype(np.float32)


def mean_and_deviation(frames: FloatArray, decay: float) -> FloatArray:
    """(N, D) -> (1, 2 D): mean and standard deviation over time."""
    deviation = frames.std(axis=0, keepdims=True, dtype=np.float64).astype(np.float32)
    return np.concatenate([mean(frames, decay), deviation], axis=1)


def weighted_rank(frames: FloatArray, decay: float) -> FloatArray:
    """(N, D) -> (1, D): global weighted rank pooling of each feature.

    With x_1 >= x_2 >= ... the values over time, sum_n r^(n-1) x_n / sum_n r^(n-1) (Kolesnikov and
    Lampert, "Seed, expand and constrain", ECCV 2016): the mean for r = 1, the maximum for r = 0.
    """
    ranked = np.sort(frames.astype(np.float64), axis=0)[::-1]
    weights = decay ** np.arange(len(ranked))
    return (weights @ ranked / weights.sum())[None].astype(np.float32)


def every(frames: FloatArray, decay: float) -> FloatArray:
    """(N, D) -> (N, D): each time is a row."""
    return np.asarray(frames, np.float32)


POOLINGS: dict[str, Callable[[FloatArray, float], FloatArray]] = {
    "mean": mean,
    "mean_and_deviation": mean_and_deviation,
    "weighted_rank": weighted_rank,
    "none": every,
}
"""Ways to pool over time by name; `decay` is r of weighted rank pooling."""
