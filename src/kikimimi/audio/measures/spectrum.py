"""What the short-time spectrum tells of a sound: brightness, noisiness and pitch.

Axes: T samples, N frames, K bins, W samples of a frame.
"""

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray
from scipy import fft

from kikimimi.audio.measures.pitch import PitchMeter, correlation_of
from kikimimi.types import FloatArray

ANALYSIS_RATE_HZ = 16000
"""All sounds are analysed at this rate, so that those of different rates compare."""

FRAME = 1024
HOP = 640

_FRAMES_AT_ONCE = 64
_SAMPLES_AT_ONCE = FRAME + (_FRAMES_AT_ONCE - 1) * HOP
_PITCH_EVERY = 2
_LOWEST_BIN = 2
"""Bins below hold offset and sway that nobody hears."""

_BAND_EDGES_HZ = (31.25, 250, 500, 1000, 2000, 4000)
_NOISE_FLATNESS = float(np.exp(-np.euler_gamma))
"""Expected flatness of one frame of Gaussian noise, whose powers are exponentially distributed."""

_TINY = np.float32(1e-20)
_WINDOW = np.hanning(FRAME + 1)[:-1].astype(np.float32)
_CORRELATION = correlation_of(_WINDOW)
_FREQUENCIES_HZ = (np.arange(_LOWEST_BIN, FRAME // 2 + 1) * ANALYSIS_RATE_HZ / FRAME).astype(
    np.float32
)
_BANDS = np.searchsorted(_FREQUENCIES_HZ, _BAND_EDGES_HZ)
_BAND_SIZES = np.diff(np.append(_BANDS, len(_FREQUENCIES_HZ))).astype(np.float32)


class SpectrumMeter:
    """Takes a mono sound at 16 kHz in blocks; frames of 64 ms every 40 ms, centred as in librosa.

    Memory: what `PitchMeter` needs.
    """

    def __init__(self) -> None:
        self._waiting = [np.zeros(FRAME // 2, np.float32)]
        self._held = FRAME // 2
        self._samples = 0
        self._frames = 0
        self._energy = 0.0
        self._centroid = 0.0
        self._flatness = 0.0
        self._pitch = PitchMeter(rate_hz=ANALYSIS_RATE_HZ, window=_CORRELATION)

    def push(self, samples: FloatArray) -> None:
        """Take the next samples (T,)."""
        self._samples += len(samples)
        self._waiting.append(samples)
        self._held += len(samples)
        if self._held >= _SAMPLES_AT_ONCE:
            held = self._joined()
            count = (len(held) - FRAME) // HOP + 1
            self._take(held, count - count % _FRAMES_AT_ONCE)

    def result(self) -> tuple[float | None, float | None, float | None, float]:
        """Brightness in Hz, noisiness, pitch in Hz and the confidence of the pitch.

        None where there is none: all three for silence, the pitch for what has no period.
        """
        missing = self._samples // HOP + 1 - self._frames
        if missing > 0:
            held = self._joined()
            end = FRAME + (missing - 1) * HOP
            self._take(np.pad(held, (0, max(0, end - len(held)))), missing)
        if self._energy <= 0:
            return None, None, None, 0.0
        pitch_hz, confidence = self._pitch.result()
        noisiness = min(1.0, self._flatness / self._energy / _NOISE_FLATNESS)
        return self._centroid / self._energy, noisiness, pitch_hz, confidence

    def _joined(self) -> FloatArray:
        return self._waiting[0] if len(self._waiting) == 1 else np.concatenate(self._waiting)

    def _take(self, samples: FloatArray, count: int) -> None:
        """Analyse so many frames, and keep the samples that the next ones need."""
        frames = sliding_window_view(samples, FRAME)[::HOP]
        for start in range(0, count, _FRAMES_AT_ONCE):
            self._analyse(frames[start : min(start + _FRAMES_AT_ONCE, count)])
        self._waiting = [samples[count * HOP :].copy()]
        self._held = len(self._waiting[0])

    def _analyse(self, frames: FloatArray) -> None:
        """Add frames (N, W) up."""
        spectra = fft.rfft(frames * _WINDOW, axis=1)
        powers = spectra.real**2 + spectra.imag**2
        audible = powers[:, _LOWEST_BIN:]
        energies = audible.sum(axis=1)
        magnitudes = np.sqrt(audible)
        centroids = magnitudes @ _FREQUENCIES_HZ / np.maximum(magnitudes.sum(axis=1), _TINY)
        self._energy += float(energies.sum(dtype=np.float64))
        self._centroid += float((energies * centroids).sum(dtype=np.float64))
        self._flatness += float(_flat_energies(audible).sum(dtype=np.float64))
        chosen = slice(self._frames % _PITCH_EVERY, None, _PITCH_EVERY)
        self._pitch.push(powers[chosen], energies[chosen])
        self._frames += len(frames)


def _flat_energies(powers: FloatArray) -> NDArray[np.float32]:
    """Energy of each frame (N,), each octave counted as far as it is flat: powers (N, K)."""
    logs = np.log(powers + _TINY)
    geometric = np.exp(np.add.reduceat(logs, _BANDS, axis=1) / _BAND_SIZES)
    # geometric / arithmetic mean, times the band's energy: the arithmetic mean cancels out
    return (geometric * _BAND_SIZES).sum(axis=1)
