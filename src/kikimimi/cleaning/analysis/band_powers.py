"""The power of a sound in bands over time, gathered while it streams by.

Axes: T sample frames, C channels, N frames of the transform, W samples of a frame, K bins,
B bands, G groups of frames.
"""

import numpy as np
from numpy.typing import NDArray
from scipy import fft

from kikimimi.types import FloatArray

FRAMES_PER_GROUP = 6
DIGITAL_SILENCE = 1e-11
"""A power of -110 dBFS: under what 16 bits with dither hold, over what a decoder leaves."""

_FRAME_S = 0.043
_SMALLEST_FRAME, _LARGEST_FRAME = 16, 8192
_FRAMES_AT_ONCE = 128
_LOWEST_HZ = 20.0
_BANDS_PER_OCTAVE = 3
_BURSTS_HZ = (5000.0, 10000.0)

Values = NDArray[np.float64]


class BandPowerMeter:
    """Adds up spectra of frames of about 40 ms, one after the other without overlap.

    All channels count alike. The mean of each frame is taken out of it, so that an offset is not
    taken for sound. What is left at the end that fills no frame counts only if there is no other.
    Memory: about 800 bytes for each second of sound.
    """

    def __init__(self, *, sample_rate_hz: int, channels: int) -> None:
        self.frame = frame_size(sample_rate_hz)
        self.bin_hz = sample_rate_hz / self.frame
        self.frames = 0
        self._edges = band_edges(self.frame, sample_rate_hz)
        window = np.hanning(self.frame + 1)[:-1].astype(np.float32)
        self._window = window
        self._weights = window / window.sum()
        self._scale = 2 / (self.frame * float(np.square(window, dtype=np.float64).sum()))
        self._held = np.zeros((0, channels), np.float32)
        self._total = np.zeros(self.frame // 2 + 1)
        self._rows: list[FloatArray] = []
        self._bursts: list[FloatArray] = []
        self._burst_bins = slice(*np.rint(np.array(_BURSTS_HZ) / self.bin_hz).astype(int))

    def push(self, block: FloatArray) -> None:
        """Take the next frames (T, C)."""
        held = np.concatenate([self._held, block]) if len(self._held) else block
        count = len(held) // self.frame
        for start in range(0, count, _FRAMES_AT_ONCE):
            stop = min(start + _FRAMES_AT_ONCE, count)
            piece = held[start * self.frame : stop * self.frame]
            self._analyse(_by_channel(piece.reshape(stop - start, self.frame, -1)), 1.0)
        self._held = held[count * self.frame :].copy()

    def finish(self) -> None:
        """Let a sound shorter than a frame be heard; call after the last push."""
        count = len(self._held)
        if self.frames == 0 and count:
            padding = ((0, self.frame - count), (0, 0))
            padded = np.pad(self._held - self._held.mean(axis=0), padding)
            self._analyse(_by_channel(padded[None]), self.frame / count)

    @property
    def bands_hz(self) -> Values:
        """Edges (B + 1,) of the bands."""
        return np.asarray((self._edges - 0.5) * self.bin_hz, dtype=np.float64)

    @property
    def bins_per_band(self) -> NDArray[np.int64]:
        """Bins (B,) in each band."""
        return np.diff(self._edges)

    def mean_spectrum(self) -> Values:
        """Mean power (K,) in each bin, digital silence included."""
        return self._total / max(1, self.frames)

    def frame_bands(self) -> FloatArray:
        """Powers (N, B) of the frames."""
        return np.concatenate([np.zeros((0, len(self._edges) - 1), np.float32), *self._rows])

    def burst_powers(self) -> FloatArray:
        """Powers (N, 2) of the frames: from 5 to 10 kHz, and below."""
        return np.concatenate([np.zeros((0, 2), np.float32), *self._bursts])

    def _analyse(self, frames: FloatArray, scale: float) -> None:
        """Add frames (C, N, W) up."""
        means = frames @ self._weights
        spectra = fft.rfft((frames - means[:, :, None]) * self._window, axis=2)
        powers = (spectra.real**2 + spectra.imag**2).mean(axis=0) * np.float32(scale * self._scale)
        powers[:, 0] = 0
        powers[:, -1] /= 2
        self._total += powers.sum(axis=0, dtype=np.float64)
        self.frames += frames.shape[1]
        bands = np.add.reduceat(powers[:, : self._edges[-1]], self._edges[:-1], axis=1)
        self._rows.append(bands.astype(np.float32))
        high = powers[:, self._burst_bins].sum(axis=1)
        low = powers[:, : self._burst_bins.start].sum(axis=1)
        self._bursts.append(np.stack([high, low], axis=1))


def _by_channel(frames: FloatArray) -> FloatArray:
    """Frames (N, W, C) as (C, N, W), each frame in one piece."""
    return np.ascontiguousarray(frames.transpose(2, 0, 1))


def frame_size(sample_rate_hz: int) -> int:
    """Samples in a frame: the power of two nearest to 43 ms."""
    size = 2 ** round(np.log2(_FRAME_S * sample_rate_hz))
    return int(np.clip(size, _SMALLEST_FRAME, _LARGEST_FRAME))


def band_edges(frame: int, sample_rate_hz: int) -> NDArray[np.int64]:
    """First bins (B + 1,) of bands a third of an octave wide, a bin at least, from bin 1 on."""
    octaves = np.log2(sample_rate_hz / 2 / _LOWEST_HZ)
    count = max(1, int(np.ceil(octaves * _BANDS_PER_OCTAVE)))
    edges_hz = _LOWEST_HZ * 2 ** (np.arange(count) / _BANDS_PER_OCTAVE)
    bins = np.rint(edges_hz * frame / sample_rate_hz)
    inner = bins[(bins > 1) & (bins < frame // 2)].astype(np.int64)
    return np.unique(np.concatenate([[1], inner, [frame // 2 + 1]]))


def grouped(rows: FloatArray) -> FloatArray:
    """Means (G, B) over groups of six frames of (N, B), those with digital silence left out."""
    count = len(rows) // FRAMES_PER_GROUP
    groups = rows[: count * FRAMES_PER_GROUP].reshape(count, FRAMES_PER_GROUP, rows.shape[1])
    is_heard = (groups.sum(axis=2) > DIGITAL_SILENCE).all(axis=1)
    return groups[is_heard].mean(axis=1)
