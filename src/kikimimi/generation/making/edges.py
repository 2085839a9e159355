"""Beginnings, ends and peaks of made sounds, so that none of them clicks. Axes: T samples."""

from math import log10

import numpy as np

from kikimimi.generation.mel import GENERATION_MEL
from kikimimi.types import FloatArray

_HIGHEST_PEAK = 0.999
_FADE_IN_S = 0.001
_FADE_OUT_S = 0.005


def faded(samples: FloatArray) -> FloatArray:
    """A sound (T,) that begins and ends at 0: 1 ms in, so that attacks stay, and 5 ms out."""
    made = samples.copy()
    rise = _ramp(min(len(made) // 2, round(_FADE_IN_S * GENERATION_MEL.sample_rate_hz)))
    fall = _ramp(min(len(made) // 2, round(_FADE_OUT_S * GENERATION_MEL.sample_rate_hz)))
    made[: len(rise)] *= rise
    made[len(made) - len(fall) :] *= fall[::-1]
    return made


def within_full_scale(samples: FloatArray) -> tuple[FloatArray, float]:
    """The sound (T,), made quieter as a whole if it passes full scale; by how many dB."""
    peak = float(np.abs(samples).max(initial=0.0))
    if peak <= 1.0:
        return samples, 0.0
    return samples * np.float32(_HIGHEST_PEAK / peak), 20 * log10(_HIGHEST_PEAK / peak)


def _ramp(length: int) -> FloatArray:
    """From 0 on, along a raised cosine."""
    return (0.5 - 0.5 * np.cos(np.pi * np.arange(length) / max(1, length))).astype(np.float32)
