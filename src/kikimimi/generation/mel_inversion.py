"""From mel magnitudes back to the magnitudes of bins.

Axes: F mel bands, K bins, N frames.
"""

from functools import cache
from math import sqrt

import numpy as np

from kikimimi.features.mel import mel_filterbank
from kikimimi.generation.mel import GENERATION_MEL, LOWEST
from kikimimi.types import FloatArray

_STEPS = 200
_ENOUGH = 1e-4
"""Relative change of the bins at which the search ends."""


def bin_magnitudes(log_mel: FloatArray) -> FloatArray:
    """Magnitudes (K, N) >= 0 whose mel bands are nearest to those of a spectrogram (F, N).

    Non-negative least squares, by accelerated projected gradients (Beck and Teboulle, "A fast
    iterative shrinkage-thresholding algorithm", 2009) from the pseudo-inverse, so that energy is
    spread over the bins of a band; the active-set method would leave most of them empty. What lies
    at the floor is silence.
    """
    mel = np.where(log_mel > LOWEST + 1e-4, np.exp(log_mel), 0.0).astype(np.float32)
    bank, inverse, step = _problem()
    bins: FloatArray = np.maximum(inverse @ mel, 0.0)
    looked_at, previous, momentum = bins, bins, 1.0
    for _ in range(_STEPS):
        bins = np.maximum(looked_at - step * (bank.T @ (bank @ looked_at - mel)), 0.0)
        faster = (1 + sqrt(1 + 4 * momentum**2)) / 2
        looked_at = bins + np.float32((momentum - 1) / faster) * (bins - previous)
        change = np.linalg.norm(bins - previous)
        previous, momentum = bins, faster
        if change <= _ENOUGH * np.linalg.norm(bins):
            break
    return bins


@cache
def _problem() -> tuple[FloatArray, FloatArray, np.float32]:
    """The filter bank (F, K), its pseudo-inverse (K, F), and the largest safe step."""
    bank = mel_filterbank(GENERATION_MEL)
    step = np.float32(1 / np.linalg.norm(bank, 2) ** 2)
    return bank.astype(np.float32), np.linalg.pinv(bank).astype(np.float32), step
