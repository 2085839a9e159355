"""Periodic sources: sines and harmonic tones whose pitch may move. T samples, K harmonics."""

from collections.abc import Sequence

import numpy as np

from kikimimi.audio.synthesis.timebase import SAMPLE_RATE_HZ, Samples, time_axis

_NYQUIST_HZ = SAMPLE_RATE_HZ / 2


def steady(frequency_hz: float, duration_s: float) -> Samples:
    """Return a constant pitch curve (T,)."""
    return np.full(time_axis(duration_s).shape, float(frequency_hz))


def phase(frequency_hz: Samples) -> Samples:
    """Integrate a pitch curve (T,) in Hz to the phase (T,) in radians."""
    return np.cumsum(frequency_hz) * (2 * np.pi / SAMPLE_RATE_HZ)


def sine(frequency_hz: Samples) -> Samples:
    """Return a sine that follows a pitch curve (T,)."""
    return np.sin(phase(frequency_hz))


def harmonics(frequency_hz: Samples, amplitudes: Sequence[float] | Samples) -> Samples:
    """Add harmonics 1 to K of a pitch curve (T,) with the given amplitudes (K,).

    A harmonic fades out as it nears half the sample rate, so that nothing folds back.
    """
    turn = np.exp(1j * phase(frequency_hz))
    power = np.ones_like(turn)
    total = np.zeros_like(frequency_hz)
    for number, amplitude in enumerate(amplitudes, start=1):
        power = power * turn
        if number * frequency_hz.min() >= _NYQUIST_HZ:
            break
        headroom = np.clip((0.95 * _NYQUIST_HZ - number * frequency_hz) / 500, 0, 1)
        total += amplitude * headroom * power.imag
    return total


def falling_series(count: int, slope: float = 1.0) -> Samples:
    """Return amplitudes 1 / k**slope of harmonics 1 to `count`; slope 1 is a sawtooth."""
    return 1 / np.arange(1, count + 1) ** slope


def odd_series(count: int, slope: float = 1.0) -> Samples:
    """Return amplitudes like `falling_series` for odd harmonics only; slope 1 is a square."""
    numbers = np.arange(1, count + 1)
    return np.where(numbers % 2 == 1, 1 / numbers**slope, 0.0)
