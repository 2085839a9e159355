"""Modal synthesis: a struck body as a sum of damped sines. T samples, M modes."""

from collections.abc import Sequence

import numpy as np

from kikimimi.audio.synthesis.timebase import SAMPLE_RATE_HZ, Samples, sample_count

_BLOCK = 256


def struck(
    frequencies_hz: Sequence[float] | Samples,
    t60_s: Sequence[float] | Samples,
    amplitudes: Sequence[float] | Samples,
    duration_s: float,
) -> Samples:
    """Add damped sines: all arguments (M,) -> (T,); `t60_s` is the time to fall by 60 dB.

    Powers of each mode's complex pole are the outer product of powers up to a block and powers
    of that block, which needs one multiplication per sample instead of one exponential.
    """
    count = sample_count(duration_s)
    blocks = -(-count // _BLOCK)
    total = np.zeros(blocks * _BLOCK)
    for frequency_hz, time_s, amplitude in zip(frequencies_hz, t60_s, amplitudes, strict=True):
        if frequency_hz >= SAMPLE_RATE_HZ / 2:
            continue
        exponent = (-3 * np.log(10) / time_s + 2j * np.pi * frequency_hz) / SAMPLE_RATE_HZ
        fine = np.exp(exponent * np.arange(_BLOCK))
        coarse = np.exp(exponent * _BLOCK * np.arange(blocks))
        total += amplitude * np.outer(coarse, fine).imag.ravel()
    return total[:count]


def random_modes(
    rng: np.random.Generator,
    count: int,
    low_hz: float,
    high_hz: float,
    *,
    t60_s: float,
    duration_s: float,
) -> Samples:
    """Strike a body of `count` modes spread at random over a band; high ones die sooner."""
    frequencies = np.sort(np.exp(rng.uniform(np.log(low_hz), np.log(high_hz), count)))
    times = t60_s * (low_hz / frequencies) ** 0.5 * rng.uniform(0.6, 1.2, count)
    amplitudes = rng.uniform(0.3, 1, count) * (low_hz / frequencies) ** 0.3
    return struck(frequencies, times, amplitudes, duration_s)
