"""A spectrogram that runs: rows of levels, for a picture.

Axes: T samples, K bins of the transform, F bands.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import fft, signal

from kikimimi.types import FloatArray

_FRAME_S = 0.1
_LOWEST_HZ = 40.0
_FLOOR_DB, _CEILING_DB = -100.0, 0.0


@dataclass(frozen=True, slots=True)
class SpectrumDetail:
    """How fine rows are: of F `bands`, each the mean power of `frames` tenths of a second."""

    bands: int
    frames: int


FINE = SpectrumDetail(bands=96, frames=1)
COARSE = SpectrumDetail(bands=27, frames=10)
"""Thirds of an octave over whole seconds, as noise monitors log them. Syllables come four times a
second: what was said cannot be made of it again."""


class SpectrumRows:
    """Rows (F,) of uint8 from the lowest band up: 0 is -100 dB, 255 a sine at full scale.

    A band shows its loudest bin; its edges are spread evenly over the logarithm of frequency.

    Args:
        sample_rate_hz: of the sound.
        detail: how fine the rows are.
    """

    def __init__(self, *, sample_rate_hz: int, detail: SpectrumDetail = FINE) -> None:
        self._rate_hz, self._detail = sample_rate_hz, detail
        self._size = max(2, round(_FRAME_S * sample_rate_hz))
        self._window = signal.get_window("hann", self._size).astype(np.float32)
        top_hz = sample_rate_hz / 2
        self.edges_hz = np.geomspace(min(_LOWEST_HZ, top_hz / 2), top_hz, detail.bands + 1)
        bins = np.floor(self.edges_hz * self._size / sample_rate_hz).astype(int)
        self._starts = np.minimum(bins[:-1], self._size // 2)
        self.start(0.0)

    @property
    def row_s(self) -> float:
        """The time from row to row."""
        return self._detail.frames * self._size / self._rate_hz

    def start(self, at_s: float) -> None:
        """Begin anew at a time: what was held back does not join what comes."""
        self._origin_s, self._rows = at_s, 0
        self._held = np.zeros(0, np.float32)
        self._powers: list[FloatArray] = []

    def push(self, mono: FloatArray) -> Iterator[tuple[float, NDArray[np.uint8]]]:
        """Take the next samples (T,); yield the end in seconds of each row, and the row."""
        held = np.concatenate([self._held, mono])
        while len(held) >= self._size:
            self._powers.append(self._power(held[: self._size]))
            held = held[self._size :]
            if len(self._powers) == self._detail.frames:
                self._rows += 1
                yield self._origin_s + self._rows * self.row_s, _bytes(self._powers)
                self._powers.clear()
        self._held = held.copy()

    def _power(self, frame: FloatArray) -> FloatArray:
        spectrum = fft.rfft(frame * self._window)
        power = np.square(spectrum.real) + np.square(spectrum.imag)
        loudest: FloatArray = np.maximum.reduceat(power, self._starts)
        return loudest * np.square(2 / self._window.sum())


def _bytes(powers: list[FloatArray]) -> NDArray[np.uint8]:
    levels = 10 * np.log10(np.maximum(np.mean(powers, axis=0), 1e-20))
    share = (levels - _FLOOR_DB) / (_CEILING_DB - _FLOOR_DB)
    return np.rint(255 * np.clip(share, 0, 1)).astype(np.uint8)
