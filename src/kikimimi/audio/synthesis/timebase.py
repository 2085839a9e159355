"""The sample rate of the demo sounds, and time on it. T samples."""

import numpy as np
from numpy.typing import NDArray

SAMPLE_RATE_HZ = 32000

Samples = NDArray[np.float64]


def sample_count(duration_s: float) -> int:
    """Return how many samples last `duration_s`, at least one."""
    return max(1, round(duration_s * SAMPLE_RATE_HZ))


def time_axis(duration_s: float) -> Samples:
    """Return the time of each sample in seconds: (T,)."""
    return np.arange(sample_count(duration_s)) / SAMPLE_RATE_HZ
