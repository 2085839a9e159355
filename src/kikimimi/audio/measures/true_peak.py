"""The greatest level that a sound reaches between its samples, as ITU-R BS.1770-4 estimates it.

Annex 2 of the standard samples a sound of 48 kHz four times as often. Here sounds below 96 kHz are
sampled eight times as often, others four times, with a longer filter than the standard's example:
the remaining error, at half the sample rate, is 0.17 dB and 0.69 dB.

Axes: T sample frames, C channels, P phases between two samples, L taps.
"""

from functools import cache

import numpy as np
from numpy.typing import NDArray

from kikimimi.types import FloatArray

_TAPS_EACH_SIDE = 16
_STOP_BAND_DB = 70.0
_FINE, _COARSE = 8, 4
_COARSE_FROM_HZ = 96000
_CHUNK = 128
_MOST_ABOVE_HALVES = 1.6
"""What has no frequency above half the rate is nowhere more than 1.414 times as great as at its
samples and half-way between them (Ehlich & Zeller, Math. Z. 86, 1964); the rest is for the filter.
Thus most of a sound need not be looked at."""

Values = NDArray[np.float64]


def oversampling(sample_rate_hz: int) -> int:
    """How many times as often a sound of this rate is sampled."""
    return _FINE if sample_rate_hz < _COARSE_FROM_HZ else _COARSE


@cache
def interpolation_filter(
    factor: int,
    *,
    taps_each_side: int = _TAPS_EACH_SIDE,
    stop_band_db: float = _STOP_BAND_DB,
) -> Values:
    """Taps (P, L) that give the value at p / P samples after the middle of L samples.

    Row 0 gives the sample itself: tap L / 2 - 1 is 1, the others 0.
    """
    half = taps_each_side
    offsets = np.arange(1 - half, half + 1)[None] - np.arange(factor)[:, None] / factor
    shape = np.sqrt(np.maximum(0.0, 1 - (offsets / half) ** 2))
    # Not loaded with the module: it takes most of a second, and few commands measure.
    from scipy.signal import kaiser_beta

    beta = kaiser_beta(stop_band_db)
    return np.sinc(offsets) * np.i0(beta * shape) / np.i0(beta)


class TruePeakMeter:
    """Finds the true peak of a sound in blocks, the same but for rounding however it is cut.

    Memory: one block.
    """

    def __init__(self, *, sample_rate_hz: int, channels: int) -> None:
        self._taps = interpolation_filter(oversampling(sample_rate_hz)).astype(np.float32)
        self._held = np.zeros((_TAPS_EACH_SIDE - 1, channels), np.float32)
        self._peak = 0.0

    def push(self, block: FloatArray) -> None:
        """Take the next frames (T, C)."""
        self._held = np.concatenate([self._held, block])
        self._search()

    def result(self) -> float:
        """The true peak as an amplitude, 1 for full scale; 0 for no sound. After the last push."""
        self._held = np.concatenate(
            [self._held, np.zeros((_TAPS_EACH_SIDE, self._held.shape[1]), np.float32)]
        )
        self._search()
        return self._peak

    def _search(self) -> None:
        """Look between all samples whose neighbours have come."""
        count = len(self._held) - 2 * _TAPS_EACH_SIDE + 1
        if count < 1:
            return
        starts = np.arange(0, count, _CHUNK)
        coarse = self._coarse_peaks(count, starts)
        self._peak = max(self._peak, float(coarse.max()))
        for chunk in np.argsort(-coarse):
            if coarse[chunk] * _MOST_ABOVE_HALVES <= self._peak:
                break
            start = int(starts[chunk])
            size = min(_CHUNK, count - start) + 2 * _TAPS_EACH_SIDE - 1
            self._look_between(self._held[start : start + size])
        self._held = self._held[count:].copy()

    def _coarse_peaks(self, count: int, starts: NDArray[np.int64]) -> FloatArray:
        """The greatest magnitude, at samples and half-way between them, of each chunk."""
        taps = self._taps[len(self._taps) // 2]
        peaks = np.zeros(len(starts), np.float32)
        for channel in self._held.T:
            contiguous = np.ascontiguousarray(channel)
            halves = np.convolve(contiguous, taps[::-1], mode="valid")
            samples = contiguous[_TAPS_EACH_SIDE - 1 :][:count]
            for values in (samples, halves):
                np.maximum(peaks, np.maximum.reduceat(np.abs(values), starts), out=peaks)
        return peaks

    def _look_between(self, samples: FloatArray) -> None:
        """Interpolate samples (T, C) in all places that have L neighbours."""
        windows = np.lib.stride_tricks.sliding_window_view(samples, 2 * _TAPS_EACH_SIDE, axis=0)
        between = windows.reshape(-1, 2 * _TAPS_EACH_SIDE) @ self._taps.T
        self._peak = max(self._peak, float(np.abs(between).max()))
