"""Levels in dB and amplitudes."""

import math


def amplitude(level_db: float) -> float:
    """The amplitude of a level."""
    return 10 ** (level_db / 20)


def level_db(amplitude: float) -> float | None:
    """The level of an amplitude, None for 0."""
    return 20 * math.log10(amplitude) if amplitude > 0 else None
