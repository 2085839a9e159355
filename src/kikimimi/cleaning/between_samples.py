"""How great a sound is at and between its samples, where that is above a ceiling.

Axes: C channels, T sample frames, P phases between two samples, L taps, R chunks, H samples of a
chunk, which is as long as the filter or longer.
"""

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray

from kikimimi.audio.measures.true_peak import interpolation_filter, oversampling
from kikimimi.cleaning.contract import Samples

Values = NDArray[np.float64]

_CHUNK = 64
_TAPS_EACH_SIDE, _STOP_BAND_DB = 32, 40.0
"""Twice as long and steeper than what the peak is measured with: the error that is left with sounds
that have as much right under half the rate as elsewhere is below 0.1 dB."""
_MOST_ABOVE_HALVES = 1.6
"""What has no frequency above half the rate is nowhere more than 1.414 times as great as at its
samples and half-way between them (Ehlich & Zeller, Math. Z. 86, 1964); the rest is for the filter.
"""


class PeakFinder:
    """Gives the greatest magnitude of any channel from each sample to before the next.

    Where it is certain to be under `ceiling`, 0 is given instead.

    What is pushed comes out `delay` samples later.
    """

    def __init__(self, *, sample_rate_hz: int, channels: int, ceiling: float) -> None:
        taps = interpolation_filter(
            oversampling(sample_rate_hz),
            taps_each_side=_TAPS_EACH_SIDE,
            stop_band_db=_STOP_BAND_DB,
        )
        self._size = taps.shape[1]
        self._phases = len(taps)
        self._all_phases = _over_chunk(taps)
        self._halves = _over_chunk(taps[len(taps) // 2][None])
        self.delay = self._size // 2
        self._ceiling = ceiling
        # The greatest value between samples within [-1, 1] tells which samples are harmless.
        self._harmless = ceiling / float(np.abs(taps).sum(axis=1).max())
        self._held = np.zeros((channels, self.delay - 1))

    def push(self, block: Samples) -> Values:
        """Take the next frames (C, T)."""
        samples = np.concatenate([self._held, block], axis=1)
        count = max(0, samples.shape[1] - self._size + 1)
        self._held = samples[:, count:]
        peaks = np.zeros(count)
        if count:
            for channel in samples:
                np.maximum(peaks, self._of_channel(channel, count), out=peaks)
        return peaks

    def _of_channel(self, samples: Values, count: int) -> Values:
        chunks = -(-count // _CHUNK)
        found = np.zeros((chunks, _CHUNK))
        padded = np.pad(samples, (0, (chunks + 1) * _CHUNK - len(samples))).astype(np.float32)
        magnitudes = np.abs(padded).reshape(-1, _CHUNK).max(axis=1)
        magnitudes = np.maximum(magnitudes[:-1], magnitudes[1:])
        loud = np.flatnonzero(magnitudes > self._harmless)
        if len(loud):
            pieces = sliding_window_view(padded, _CHUNK + self._size - 1)[::_CHUNK]
            halves = np.abs(pieces[loud] @ self._halves).max(axis=1)
            coarse = np.maximum(halves, magnitudes[loud])
            close = loud[coarse * _MOST_ABOVE_HALVES > self._ceiling]
            between = np.abs(pieces[close] @ self._all_phases)
            found[close] = between.reshape(len(close), _CHUNK, self._phases).max(axis=2)
        return found.reshape(-1)[:count]


def _over_chunk(taps: Values) -> NDArray[np.float32]:
    """The filters (P, L) at each of H samples: (H + L - 1, H P)."""
    phases, size = taps.shape
    matrix = np.zeros((_CHUNK + size - 1, _CHUNK, phases), np.float32)
    for place in range(_CHUNK):
        matrix[place : place + size, place] = taps.T
    return matrix.reshape(len(matrix), -1)
