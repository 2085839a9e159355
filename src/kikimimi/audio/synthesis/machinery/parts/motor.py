"""Induction motors: the hum of the field. T samples."""

import numpy as np

from kikimimi.audio.synthesis.machinery.parts.shaft import tone
from kikimimi.audio.synthesis.oscillators import steady
from kikimimi.audio.synthesis.timebase import Samples, time_axis

MAINS_HZ = 50.0
_FULL_LOAD_SLIP = 0.04
_HUM = (1.0, 0.35, 0.25, 0.12, 0.1, 0.05)


def motor_hum(
    rng: np.random.Generator, duration_s: float, *, load: float, pole_pairs: int = 2
) -> Samples:
    """The magnetic hum (T,) of a motor on the mains: twice the mains frequency and its multiples.

    The force between stator and rotor goes with the square of the field. The rotor lags behind
    the field by a slip that grows with the load, which makes the hum swell at twice the slip
    frequency for each pair of poles.
    """
    hum = tone(steady(2 * MAINS_HZ, duration_s), _HUM)
    slip_hz = 2 * pole_pairs * _FULL_LOAD_SLIP * load * MAINS_HZ / pole_pairs
    swell = 1 + 0.1 * np.sin(
        2 * np.pi * slip_hz * time_axis(duration_s) + rng.uniform(0, 2 * np.pi)
    )
    return (0.6 + 0.4 * load) * swell * hum
