"""Phases for a spectrogram by the fast Griffin-Lim algorithm: what a neural vocoder must beat.

Griffin and Lim, "Signal estimation from modified short-time Fourier transform", 1984, accelerated
after Perraudin, Balazs and Sondergaard, "A fast Griffin-Lim algorithm", WASPAA 2013, algorithm 2.

Axes: T samples, K bins, N frames. Here, unlike elsewhere, spectra are (N, K): rows are frames.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import fft

from kikimimi.errors import GenerationError
from kikimimi.features.window import frame_window
from kikimimi.generation.mel import GENERATION_MEL
from kikimimi.generation.mel_inversion import bin_magnitudes
from kikimimi.generation.vocoder.checks import checked_log_mel
from kikimimi.types import FloatArray

Spectrum = NDArray[np.complex64]

_WINDOW_LENGTH, _HOP = GENERATION_MEL.win_length, GENERATION_MEL.hop_length
_HALF = _WINDOW_LENGTH // 2
_OVERLAPS = _WINDOW_LENGTH // _HOP
_WINDOW = frame_window(GENERATION_MEL.window, _WINDOW_LENGTH).astype(np.float32)
_TINY = np.float32(1e-12)


@dataclass(frozen=True, slots=True)
class GriffinLim:
    """A vocoder without weights; see `kikimimi.generation.vocoder.contract.Vocoder`.

    Attributes:
        iterations: 32 is customary, more than 100 gain little.
        momentum: 0 for the algorithm of 1984.
    """

    iterations: int = 32
    momentum: float = 0.99

    def __post_init__(self) -> None:
        if self.iterations < 1 or not 0 <= self.momentum < 2:
            raise GenerationError("Griffin-Lim: give 1 or more iterations, and 0 <= momentum < 2")

    @property
    def name(self) -> str:
        """Name with the number of iterations."""
        return f"griffin_lim_{self.iterations}"

    def __call__(self, log_mel: FloatArray, *, seed: int = 0, loop: bool = False) -> FloatArray:
        """Samples of a log-mel spectrogram, as the contract says."""
        values = checked_log_mel(log_mel)
        magnitudes = bin_magnitudes(values[:, :-1] if loop else values).T
        return self.samples_of(magnitudes, seed=seed, loop=loop)

    def samples_of(
        self, magnitudes: FloatArray, *, seed: int = 0, loop: bool = False
    ) -> FloatArray:
        """Samples whose spectra have about these magnitudes (N, K).

        Args:
            magnitudes: of frames centred on every 256th sample.
            seed: of the phases to begin with.
            loop: the sound is periodic, with N hops in a period; else it has N - 1 hops.
        """
        turns = np.random.default_rng(seed).random(magnitudes.shape, dtype=np.float32)
        phases = np.exp(2j * np.pi * turns).astype(np.complex64)
        before: Spectrum = np.zeros_like(phases)
        for _ in range(self.iterations):
            consistent = spectrum_of(samples_from(magnitudes * phases, loop=loop), loop=loop)
            ahead = consistent + np.float32(self.momentum) * (consistent - before)
            phases = ahead / (np.abs(ahead) + _TINY)
            before = consistent
        return samples_from(magnitudes * phases, loop=loop)


def spectrum_of(samples: FloatArray, *, loop: bool = False) -> Spectrum:
    """Spectra (N, K) of frames centred on every 256th sample of (T,)."""
    padded = np.pad(samples, _HALF, mode="wrap" if loop else "reflect")
    frames = np.lib.stride_tricks.sliding_window_view(padded, _WINDOW_LENGTH)[::_HOP]
    kept = frames[: len(samples) // _HOP + (0 if loop else 1)]
    return fft.rfft(kept * _WINDOW, axis=1)


def samples_from(spectrum: Spectrum, *, loop: bool = False) -> FloatArray:
    """Samples whose spectra are nearest to (N, K) in the sense of least squares.

    Weighted overlap-add (Griffin and Lim, 1984, eq. 6).
    """
    frames = fft.irfft(spectrum, n=_WINDOW_LENGTH, axis=1) * _WINDOW
    weights = np.broadcast_to(np.square(_WINDOW), frames.shape)
    added, weighed = _overlap_added(frames), _overlap_added(weights)
    if loop:
        period = len(spectrum) * _HOP
        added, weighed = _folded(added, period), _folded(weighed, period)
    else:
        added, weighed = added[_HALF:-_HALF], weighed[_HALF:-_HALF]
    samples: FloatArray = added / weighed
    return samples


def _overlap_added(frames: NDArray[np.float32]) -> NDArray[np.float32]:
    """Sum frames (N, 1024), each a hop after the last."""
    count = len(frames)
    total = np.zeros((count + _OVERLAPS - 1, _HOP), np.float32)
    for number in range(_OVERLAPS):
        total[number : number + count] += frames[:, number * _HOP : (number + 1) * _HOP]
    return total.reshape(-1)


def _folded(signal: NDArray[np.float32], period: int) -> NDArray[np.float32]:
    """A signal that begins half a window before time 0, summed over periods."""
    missing = -len(signal) % period
    folded = np.pad(signal, (0, missing)).reshape(-1, period).sum(axis=0)
    return np.roll(folded, -_HALF)
