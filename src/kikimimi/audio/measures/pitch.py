"""The pitch of a sound: the period at which frames resemble themselves.

Boersma, "Accurate short-term analysis of the fundamental frequency and the harmonics-to-noise ratio
of a sampled sound", IFA Proceedings 17, 1993: the autocorrelation of a windowed frame, divided by
that of the window. The first of near-equal peaks is taken, as McLeod and Wyvill do (ICMC 2005).

Axes: N frames, K bins, L lags.
"""

import numpy as np
from numpy.typing import NDArray
from scipy import fft

from kikimimi.types import FloatArray

_SHORTEST_LAG = 5
_PERIODIC = 0.8
_NEAR_EQUAL = 0.85
_AUDIBLE_RANGE_DB = 30.0
_LEAST_VOICED = 0.3
_TINY = np.float32(1e-20)


class PitchMeter:
    """Collects the pitches of frames.

    Memory: 12 bytes a frame.

    Args:
        rate_hz: of the samples.
        window: autocorrelation (W,) of what the frames were multiplied with. Lags go up to W / 4,
            for which that of the frames need not be padded: what wraps around lies in the tails.
    """

    def __init__(self, *, rate_hz: int, window: FloatArray) -> None:
        self._rate_hz = rate_hz
        self._lags = len(window) // 4 + 1
        self._window = window[: self._lags]
        self._energies: list[FloatArray] = []
        self._strengths: list[FloatArray] = []
        self._pitches_hz: list[FloatArray] = []

    def push(self, powers: FloatArray, energies: FloatArray) -> None:
        """Take the power spectra (N, K) of the next frames and their energies (N,)."""
        if not len(powers):
            return
        correlation = fft.dct(powers, type=1, axis=1)[:, : self._lags]
        correlation /= np.maximum(correlation[:, :1], _TINY) * self._window
        lags, strengths = best_periods(correlation)
        self._energies.append(energies)
        self._strengths.append(strengths)
        self._pitches_hz.append((self._rate_hz / lags).astype(np.float32))

    def result(self) -> tuple[float | None, float]:
        """The median pitch in Hz, None if too few frames have one, and the confidence in [0, 1]."""
        if not self._energies:
            return None, 0.0
        energies = np.concatenate(self._energies)
        strengths = np.concatenate(self._strengths)
        audible = energies >= energies.max() * 10 ** (-_AUDIBLE_RANGE_DB / 10)
        voiced = audible & (strengths >= _PERIODIC)
        confidence = float(np.where(voiced, strengths, 0.0)[audible].mean())
        if voiced.sum() < _LEAST_VOICED * audible.sum():
            return None, confidence
        return float(np.median(np.concatenate(self._pitches_hz)[voiced])), confidence


def correlation_of(window: FloatArray) -> FloatArray:
    """Autocorrelation (W,) of a window, 1 at lag 0."""
    power = np.abs(fft.rfft(window.astype(np.float64))) ** 2
    correlation = fft.irfft(power)
    return np.asarray(correlation / correlation[0], dtype=np.float32)


def best_periods(correlation: FloatArray) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Lag and height of the peak that stands for the period in each row of (N, L).

    The height is at most 1, and 0 where there is no peak; the lag is 1 then.
    """
    inner = correlation[:, _SHORTEST_LAG:-1]
    before = correlation[:, _SHORTEST_LAG - 1 : -2]
    after = correlation[:, _SHORTEST_LAG + 1 :]
    slope = after - before
    bend = np.maximum(2 * inner - before - after, _TINY)
    # The height of a parabola through three lags: short periods fall between lags.
    heights = inner + slope * slope / (8 * bend)
    peaks = np.where((inner > before) & (inner >= after), heights, 0)
    highest = peaks.max(axis=1)
    first = np.argmax(peaks >= np.maximum(_NEAR_EQUAL * highest, _TINY)[:, None], axis=1)
    rows = np.arange(len(correlation))
    shift = np.clip(slope[rows, first] / (2 * bend[rows, first]), -0.5, 0.5)
    found = highest > 0
    lags = np.where(found, first + _SHORTEST_LAG + shift, 1).astype(np.float32)
    return lags, np.where(found, np.minimum(peaks[rows, first], 1), 0).astype(np.float32)
