"""From mel magnitudes back to the magnitudes of bins.

Axes: F mel bands, K bins, N frames.
"""

from functools import cache

import numpy as np
from numpy.typing import NDArray

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
    mel = np.where(log_mel > LOWEST + 1e-4, np.exp(log_mel.astype(np.float64)), 0.0)
    bank, inverse, step = _problem()
    bins = previous = np.maximum(inverse @ mel, 0.0)
    looked_at, momentum = bins, 1.0
    for _ in range(_STEPS):
        bins = np.maximum(looked_at - step * (bank.T @ (bank @ looked_at - mel)), 0.0)
        faster = (1 + np.sqrt(1 + 4 * momentum**2)) / 2
        looked_at = bins + (momentum - 1) / faster * (bins - previous)
        change = np.linalg.norm(bins - previous)
        previous, momentum = bins, faster
        if change <= _ENOUGH * np.linalg.norm(bins):
            break
    return bins.astype(np.float32)


@cache
def _problem() -> tuple[NDArray[np.float64], NDArray[np.float64], float]:
    """The filter bank (F, K), its pseudo-inverse (K, F), and the largest safe step."""
    bank = mel_filterbank(GENERATION_MEL)
    inverse: NDArray[np.float64] = np.linalg.pinv(bank)
    return bank, inverse, 1 / float(np.linalg.norm(bank, 2)) ** 2
