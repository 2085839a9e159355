"""Gas that escapes through a hole: the noise of a turbulent jet. T samples.

Lighthill, "On sound generated aerodynamically", 1952 and 1954: the power goes with the area of the
hole and the eighth power of the speed. The spectrum is a hump about a Strouhal number of 0.2 that
rises with the square of the frequency and falls with it.
"""

import numpy as np
from scipy import fft

from kikimimi.audio.synthesis.timebase import SAMPLE_RATE_HZ, Samples, sample_count

_STROUHAL = 0.2
_SOUND_SPEED_M_S = 340.0
_REFERENCE_MM = 1.0


def jet_noise(
    rng: np.random.Generator,
    duration_s: float,
    *,
    hole_mm: float,
    speed_m_s: float = _SOUND_SPEED_M_S,
) -> Samples:
    """The noise (T,) of a jet; one of 1 mm that is choked has an r.m.s. of about 1.

    Args:
        rng: source of chance.
        duration_s: how long.
        hole_mm: diameter; 0 gives silence.
        speed_m_s: of the gas in the hole, at most the speed of sound, at which it is choked.
    """
    count = sample_count(duration_s)
    if hole_mm <= 0:
        return np.zeros(count)
    size = fft.next_fast_len(count, real=True)
    frequencies_hz = fft.rfftfreq(size, 1 / SAMPLE_RATE_HZ)
    density = spectral_density(frequencies_hz, hole_mm=hole_mm, speed_m_s=speed_m_s)
    unit = spectral_density(
        frequencies_hz, hole_mm=_REFERENCE_MM, speed_m_s=_SOUND_SPEED_M_S
    ).mean()
    transform = fft.rfft(rng.standard_normal(size)) * np.sqrt(density / unit)
    return fft.irfft(transform, size)[:count]


def spectral_density(frequencies_hz: Samples, *, hole_mm: float, speed_m_s: float) -> Samples:
    """Power at each frequency, relative: d^2 U^8 (d / U) S(f d / U), with S the hump."""
    diameter_m = hole_mm * 1e-3
    mach = min(speed_m_s / _SOUND_SPEED_M_S, 1.0)
    peak_hz = _STROUHAL * speed_m_s / diameter_m
    relative = frequencies_hz / peak_hz
    hump = relative**2 / (1 + relative**2) ** 2
    return diameter_m**2 * mach**8 / peak_hz * hump
