"""Short-time spectra of a sound that arrives in blocks, and the way back.

Axes: C channels, T sample frames, N frames of the transform, K bins, W samples of a frame.

Frames of about 25 ms follow each other by half their length, under the root of a Hann window both
ways, so that unchanged spectra give the sound back (Griffin & Lim, IEEE Trans. ASSP 32, 1984).
"""

import math

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray
from scipy import fft

from kikimimi.cleaning.contract import Samples, no_samples

Spectra = NDArray[np.complex64]
"""(C, N, K)."""

_FRAME_S = 0.025
GROUP = 64
"""Frames that are worked on at once."""


def hop_size(sample_rate_hz: int) -> int:
    """Half a frame, in samples: a power of two."""
    return max(8, 1 << round(math.log2(_FRAME_S * sample_rate_hz) - 1))


class Analysis:
    """Frame n is centred at sample n * hop; before and behind the sound there is silence."""

    def __init__(self, *, channels: int, hop: int) -> None:
        self._hop = hop
        self._window = root_hann(hop)
        self._samples = 0
        self._held = np.zeros((channels, hop))

    def push(self, block: Samples) -> Spectra:
        """Take the next frames (C, T) and give the spectra of whole groups."""
        self._samples += block.shape[1]
        self._held = np.concatenate([self._held, block], axis=1)
        count = (self._held.shape[1] - self._hop) // self._hop
        return self._take(count - count % GROUP)

    def finish(self) -> Spectra:
        """The spectra of what is left; the last frames reach over the end."""
        rest = self._held.shape[1] - self._hop
        count = -(-rest // self._hop) + (1 if self._samples else 0)
        missing = (count + 1) * self._hop - self._held.shape[1]
        self._held = np.pad(self._held, ((0, 0), (0, max(0, missing))))
        return self._take(count)

    def _take(self, count: int) -> Spectra:
        if not count:
            return np.zeros((len(self._held), 0, self._hop + 1), np.complex64)
        frames = sliding_window_view(self._held, 2 * self._hop, axis=1)[:, :: self._hop][:, :count]
        spectra = fft.rfft(frames.astype(np.float32) * self._window, axis=2)
        self._held = self._held[:, count * self._hop :]
        return spectra


class Synthesis:
    """Adds frames up to the sound that they came from."""

    def __init__(self, *, channels: int, hop: int) -> None:
        self._hop = hop
        self._window = root_hann(hop)
        self._tail = np.zeros((channels, 1, hop), np.float32)
        self._is_first = True

    def push(self, spectra: Spectra) -> Samples:
        """Take the next frames (C, N, K) and give out what they complete."""
        channels, count, _ = spectra.shape
        if not count:
            return no_samples(channels)
        frames = fft.irfft(spectra, 2 * self._hop, axis=2) * self._window
        ends = np.concatenate([self._tail, frames[:, :, self._hop :]], axis=1)
        self._tail = ends[:, -1:]
        samples = (ends[:, :-1] + frames[:, :, : self._hop]).reshape(channels, -1)
        if self._is_first:  # what the first frame begins with lies before the sound
            samples = samples[:, self._hop :]
            self._is_first = False
        return samples.astype(np.float64)


def root_hann(hop: int) -> NDArray[np.float32]:
    """The window, (W,); its square and that of its neighbour add up to 1."""
    return np.sin(np.pi * np.arange(2 * hop) / (2 * hop)).astype(np.float32)


def mean_powers(spectra: Spectra) -> NDArray[np.float32]:
    """The mean over the channels: (C, N, K) -> (N, K)."""
    powers = spectra.real**2 + spectra.imag**2
    return powers[0] if len(powers) == 1 else powers.mean(axis=0)
