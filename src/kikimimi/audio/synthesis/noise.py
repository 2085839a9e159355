"""Random sources: noise of any spectrum, and impulses at random moments. T samples."""

import numpy as np
from scipy import fft

from kikimimi.audio.synthesis.timebase import SAMPLE_RATE_HZ, Samples, sample_count

Spectrum = tuple[tuple[float, float], ...]
"""Corner points (frequency in Hz, level in dB), joined by lines over log frequency."""


def white(rng: np.random.Generator, duration_s: float) -> Samples:
    """Return white Gaussian noise (T,) of unit variance."""
    return rng.standard_normal(sample_count(duration_s))


def shaped(rng: np.random.Generator, duration_s: float, spectrum: Spectrum) -> Samples:
    """Return Gaussian noise (T,) of unit r.m.s. with the given spectrum."""
    count = sample_count(duration_s)
    size = fft.next_fast_len(count, real=True)
    transform = fft.rfft(rng.standard_normal(size))
    transform *= spectrum_gain(fft.rfftfreq(size, 1 / SAMPLE_RATE_HZ), spectrum)
    samples = fft.irfft(transform, size)[:count]
    return samples / np.sqrt(np.mean(samples**2))


def spectrum_gain(frequency_hz: Samples, spectrum: Spectrum) -> Samples:
    """Return the linear gain of a spectrum at the given frequencies; 0 Hz gets none."""
    corners_hz, levels_db = np.array(spectrum).T
    octaves = np.log2(np.maximum(frequency_hz, 1.0))
    gain = 10 ** (np.interp(octaves, np.log2(corners_hz), levels_db) / 20)
    return np.where(frequency_hz > 0, gain, 0.0)


def impulses(
    rng: np.random.Generator,
    duration_s: float,
    rate_hz: float | Samples,
    *,
    spread: float = 0.6,
) -> Samples:
    """Return single-sample impulses (T,) at random moments, as of a Poisson process.

    Args:
        rng: source of chance.
        duration_s: length.
        rate_hz: mean number of impulses in a second, constant or (T,).
        spread: standard deviation of the logarithm of their height; signs are random.
    """
    count = sample_count(duration_s)
    chance = np.broadcast_to(np.asarray(rate_hz) / SAMPLE_RATE_HZ, (count,))
    (hits,) = np.nonzero(rng.random(count) < chance)
    samples = np.zeros(count)
    heights = np.exp(spread * rng.standard_normal(hits.size))
    samples[hits] = heights * rng.choice((-1.0, 1.0), hits.size)
    return samples


def random_times(rng: np.random.Generator, duration_s: float, rate_hz: float) -> Samples:
    """Return the sorted moments in seconds of a Poisson process."""
    return np.sort(rng.uniform(0, duration_s, rng.poisson(rate_hz * duration_s)))
