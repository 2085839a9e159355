"""Curves over time: gains and pitches. T samples."""

import numpy as np
from scipy.interpolate import PchipInterpolator

from kikimimi.audio.synthesis.timebase import Samples, time_axis


def curve(duration_s: float, *points: tuple[float, float]) -> Samples:
    """Return straight lines (T,) through the points (time in seconds, value)."""
    times_s, values = np.array(points).T
    return np.interp(time_axis(duration_s), times_s, values)


def glide(duration_s: float, *points: tuple[float, float]) -> Samples:
    """Return a smooth curve (T,) through the points (time in seconds, value), no overshoot."""
    times_s, values = np.array(points).T
    inside = np.clip(time_axis(duration_s), times_s[0], times_s[-1])
    return PchipInterpolator(times_s, values)(inside)


def decay(duration_s: float, t60_s: float, *, attack_s: float = 0.0) -> Samples:
    """Return an exponential (T,) that falls by 60 dB in `t60_s`, after a linear attack."""
    time_s = time_axis(duration_s)
    envelope = 10 ** (-3 * np.maximum(time_s - attack_s, 0) / t60_s)
    return envelope * np.minimum(time_s / attack_s, 1) if attack_s > 0 else envelope


def hump(duration_s: float, *, attack_s: float, release_s: float) -> Samples:
    """Return a gain (T,) that rises over `attack_s`, holds 1, and falls over `release_s`."""
    time_s = time_axis(duration_s)
    rise = np.clip(time_s / attack_s, 0, 1)
    fall = np.clip((duration_s - time_s) / release_s, 0, 1)
    return np.sin(np.pi / 2 * rise) ** 2 * np.sin(np.pi / 2 * fall) ** 2


def wander(rng: np.random.Generator, duration_s: float, rate_hz: float) -> Samples:
    """Return a smooth random curve (T,) in [0, 1] with about `rate_hz` turns in a second."""
    knots = max(4, int(np.ceil(duration_s * rate_hz)) + 3)
    times_s = np.arange(knots) / rate_hz
    return PchipInterpolator(times_s, rng.random(knots))(time_axis(duration_s) % times_s[-1])
