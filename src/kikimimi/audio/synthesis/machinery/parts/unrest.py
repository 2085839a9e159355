"""Slow random change, of which nothing that runs is free. T samples."""

import numpy as np
from scipy.interpolate import PchipInterpolator

from kikimimi.audio.synthesis.timebase import Samples, time_axis

_STEPS_PER_KNOT = 16


def unrest(rng: np.random.Generator, duration_s: float, rate_hz: float) -> Samples:
    """A smooth random curve (T,) from 0 to 1 with about `rate_hz` turns in a second.

    Much cheaper over long sounds than `envelopes.wander`: cubic through its knots on a coarse grid,
    straight lines from there on.
    """
    knots = max(4, int(np.ceil(duration_s * rate_hz)) + 3)
    coarse = np.arange((knots - 1) * _STEPS_PER_KNOT + 1) / _STEPS_PER_KNOT
    curve = PchipInterpolator(np.arange(knots), rng.random(knots))(coarse)
    return np.interp(time_axis(duration_s) * rate_hz, coarse, curve)
