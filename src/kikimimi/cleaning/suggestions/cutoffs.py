"""Where a high pass and a low pass take noise and no sound away.

In bands where the mean power is hardly above that of the noise, there is nothing but noise.

Axis: B bands.
"""

import math

import numpy as np
from numpy.typing import NDArray

from kikimimi.cleaning.analysis.values import SoundAnalysis
from kikimimi.cleaning.suggestions.contract import Suggestion

_STEADY = 2.0
"""Mean power of a band over that of its noise, under which the band holds little else: 3 dB."""

_INAUDIBLE = 10**-7.5
"""-75 dBFS."""

_LOWEST_HIGH_PASS_HZ, _HIGHEST_HIGH_PASS_HZ = 25.0, 160.0
_LOWEST_LOW_PASS_HZ = 3000.0
_MOST_OF_THE_BAND = 0.9
_SUBSONIC_HZ = 40.0
_SUBSONIC_SHARE = 0.1

Values = NDArray[np.float64]


def suggest_high_pass(analysis: SoundAnalysis) -> Suggestion | None:
    """Take away low bands that hold only noise, or else much power that few loudspeakers play."""
    return _steady_rumble(analysis) or _subsonic(analysis)


def suggest_low_pass(analysis: SoundAnalysis) -> Suggestion | None:
    """Take away high bands that hold only noise, a third of an octave above the last sound."""
    floors = analysis.band_floors
    if floors is None or not analysis.stands_out:
        return None
    steady = _is_steady(analysis)
    first = len(steady) - _count_true(steady[::-1])
    if first + 1 >= len(steady):
        return None
    cutoff_hz = float(analysis.bands_hz[first + 1])
    power = float(floors[first + 1 :].sum())
    top_hz = analysis.figures.bandwidth_hz or 0.0
    if not _LOWEST_LOW_PASS_HZ <= cutoff_hz <= _MOST_OF_THE_BAND * top_hz or power < _INAUDIBLE:
        return None
    return Suggestion(
        "low_pass",
        f"above {_hz_text(cutoff_hz)} nothing stands 3 dB out of a steady {_db_text(power)}",
        {"cutoff_hz": _rounded(cutoff_hz)},
    )


def _steady_rumble(analysis: SoundAnalysis) -> Suggestion | None:
    floors = analysis.band_floors
    if floors is None or not analysis.stands_out:
        return None
    edges_hz = analysis.bands_hz
    allowed = edges_hz[1:] <= _HIGHEST_HIGH_PASS_HZ
    count = _count_true(_is_steady(analysis) & allowed)
    if not count:
        return None
    cutoff_hz = float(edges_hz[count])
    power = float(floors[:count].sum())
    if cutoff_hz < _LOWEST_HIGH_PASS_HZ or power < _INAUDIBLE:
        return None
    return Suggestion(
        "high_pass",
        f"below {_hz_text(cutoff_hz)} nothing stands 3 dB out of a steady {_db_text(power)}",
        {"cutoff_hz": _rounded(cutoff_hz)},
    )


def _subsonic(analysis: SoundAnalysis) -> Suggestion | None:
    powers = analysis.band_powers
    total = float(powers.sum())
    count = int(np.searchsorted(analysis.bands_hz[1:], _SUBSONIC_HZ, side="right"))
    share = float(powers[:count].sum()) / total if total > 0 else 0.0
    if share < _SUBSONIC_SHARE:
        return None
    cutoff_hz = float(analysis.bands_hz[count])
    return Suggestion(
        "high_pass",
        f"{share:.0%} of the energy lies below {_hz_text(cutoff_hz)}, where wind and handling do "
        "and few loudspeakers reach",
        {"cutoff_hz": _rounded(cutoff_hz)},
    )


def _is_steady(analysis: SoundAnalysis) -> NDArray[np.bool_]:
    floors = analysis.band_floors
    return np.asarray(analysis.band_powers < _STEADY * floors if floors is not None else False)


def _count_true(flags: NDArray[np.bool_]) -> int:
    """How many flags are true from the first on."""
    false = np.flatnonzero(~flags)
    return int(false[0]) if len(false) else len(flags)


def _rounded(hz: float) -> float:
    """Two significant digits."""
    digits = 1 - math.floor(math.log10(hz))
    return round(hz, digits)


def _hz_text(hz: float) -> str:
    rounded = _rounded(hz)
    return f"{rounded / 1000:g} kHz" if rounded >= 1000 else f"{rounded:g} Hz"


def _db_text(power: float) -> str:
    return f"{10 * math.log10(power):.0f} dBFS"
