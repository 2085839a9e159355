"""Loudness as the ear weighs it: A-weighting and the level of the loudest moment.

Axes: T samples, N frames, K bins.
"""

from functools import lru_cache

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from scipy import fft, signal

from kikimimi.types import FloatArray

SILENCE_DB = -120.0
"""The level that is given to silence, in dB under a full-scale square wave."""

_FRAME_S = 0.1


def a_weighting_db(frequency_hz: np.ndarray) -> np.ndarray:
    """Return the A-weighting in dB at frequencies in Hz; minus infinity at 0 Hz.

    IEC 61672-1:2013, annex E, with its rounded pole frequencies.
    """
    square = np.square(np.asarray(frequency_hz, np.float64))
    response = 12194.217**2 * np.square(square)
    response /= (square + 20.598997**2) * (square + 12194.217**2)
    response /= np.sqrt((square + 107.65265**2) * (square + 737.86223**2))
    with np.errstate(divide="ignore"):
        return 20 * np.log10(response) + 2.0


def peak_level_db(samples: FloatArray, sample_rate_hz: int) -> float:
    """Return the A-weighted level of the loudest of overlapping frames of 0.1 s of (T,).

    In dB relative to a mean square of 1, never under `SILENCE_DB`.
    """
    size = fft.next_fast_len(round(_FRAME_S * sample_rate_hz), real=True)
    if samples.size < size:
        samples = np.pad(samples, (0, size - samples.size))
    starts = np.linspace(0, samples.size - size, 1 + -(-(samples.size - size) // (size // 2)))
    frames = sliding_window_view(samples, size)[starts.astype(int)]  # (N, size)
    window, weights = _window_and_weights(size, sample_rate_hz)
    spectrum = fft.rfft(frames * window, axis=1)  # (N, K)
    powers = (np.square(spectrum.real) + np.square(spectrum.imag)) @ weights
    return max(SILENCE_DB, float(10 * np.log10(max(powers.max(), 1e-30))))


@lru_cache(maxsize=8)
def _window_and_weights(size: int, sample_rate_hz: int) -> tuple[FloatArray, FloatArray]:
    """Window (size,), and weights (K,) that turn a power spectrum into a weighted mean square."""
    window = signal.get_window("hann", size).astype(np.float32)
    weights = 10 ** (a_weighting_db(fft.rfftfreq(size, 1 / sample_rate_hz)) / 10)
    weights *= 2 / (size * np.sum(np.square(window)))
    return window, weights.astype(np.float32)
