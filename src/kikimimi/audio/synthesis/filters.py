"""Filters over a whole sound. T samples."""

import numpy as np
from scipy import fft, signal

from kikimimi.audio.synthesis.noise import Spectrum, spectrum_gain
from kikimimi.audio.synthesis.timebase import SAMPLE_RATE_HZ, Samples

Resonance = tuple[float, float, float]
"""Centre in Hz, bandwidth in Hz, gain."""


def lowpass(samples: Samples, cutoff_hz: float, *, order: int = 2) -> Samples:
    """Keep what lies under `cutoff_hz` (Butterworth)."""
    sections = signal.butter(order, cutoff_hz, "lowpass", fs=SAMPLE_RATE_HZ, output="sos")
    return signal.sosfilt(sections, samples)


def highpass(samples: Samples, cutoff_hz: float, *, order: int = 2) -> Samples:
    """Keep what lies above `cutoff_hz` (Butterworth)."""
    sections = signal.butter(order, cutoff_hz, "highpass", fs=SAMPLE_RATE_HZ, output="sos")
    return signal.sosfilt(sections, samples)


def bandpass(samples: Samples, low_hz: float, high_hz: float, *, order: int = 2) -> Samples:
    """Keep what lies between two frequencies (Butterworth)."""
    sections = signal.butter(order, (low_hz, high_hz), "bandpass", fs=SAMPLE_RATE_HZ, output="sos")
    return signal.sosfilt(sections, samples)


def resonate(samples: Samples, *resonances: Resonance) -> Samples:
    """Pass a sound through two-pole resonators side by side, as formants or a body do."""
    total = np.zeros_like(samples)
    for centre_hz, bandwidth_hz, gain in resonances:
        numerator, denominator = signal.iirpeak(
            centre_hz, centre_hz / bandwidth_hz, fs=SAMPLE_RATE_HZ
        )
        total += gain * signal.lfilter(numerator, denominator, samples)
    return total


def equalise(samples: Samples, spectrum: Spectrum) -> Samples:
    """Apply the gains of a spectrum, without delay."""
    size = fft.next_fast_len(samples.size + SAMPLE_RATE_HZ // 10, real=True)
    gain = spectrum_gain(fft.rfftfreq(size, 1 / SAMPLE_RATE_HZ), spectrum)
    return fft.irfft(fft.rfft(samples, size) * gain, size)[: samples.size]
