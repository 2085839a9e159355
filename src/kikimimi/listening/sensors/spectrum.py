"""A spectrogram that runs: a row of levels ten times a second, for a picture.

Axes: T samples, K bins of the transform, F bands.
"""

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray
from scipy import fft, signal

from kikimimi.types import FloatArray

_FRAME_S = 0.1
_LOWEST_HZ = 40.0
_FLOOR_DB, _CEILING_DB = -100.0, 0.0


class SpectrumRows:
    """Rows (F,) of uint8 from the lowest band up: 0 is -100 dB, 255 a sine at full scale.

    A band shows its loudest bin; its edges are spread evenly over the logarithm of frequency.

    Args:
        sample_rate_hz: of the sound.
        bands: F.
    """

    def __init__(self, *, sample_rate_hz: int, bands: int = 96) -> None:
        self._size = max(2, round(_FRAME_S * sample_rate_hz))
        self._window = signal.get_window("hann", self._size).astype(np.float32)
        top_hz = sample_rate_hz / 2
        self.edges_hz = np.geomspace(min(_LOWEST_HZ, top_hz / 2), top_hz, bands + 1)
        bins = np.floor(self.edges_hz * self._size / sample_rate_hz).astype(int)
        self._starts = np.minimum(bins[:-1], self._size // 2)
        self._held = np.zeros(0, np.float32)

    def push(self, mono: FloatArray) -> Iterator[NDArray[np.uint8]]:
        """Take the next samples (T,); yield a row for each tenth of a second."""
        held = np.concatenate([self._held, mono])
        while len(held) >= self._size:
            yield self._row(held[: self._size])
            held = held[self._size :]
        self._held = held.copy()

    def _row(self, frame: FloatArray) -> NDArray[np.uint8]:
        spectrum = fft.rfft(frame * self._window)
        power = np.square(spectrum.real) + np.square(spectrum.imag)
        loudest = np.maximum.reduceat(power, self._starts) * np.square(2 / self._window.sum())
        levels = 10 * np.log10(np.maximum(loudest, 1e-20))
        share = (levels - _FLOOR_DB) / (_CEILING_DB - _FLOOR_DB)
        return np.rint(255 * np.clip(share, 0, 1)).astype(np.uint8)
