"""How much of a sound is always there.

The noise in a band is looked for where the band is quietest, as in R. Martin, "Noise power spectral
density estimation based on optimal smoothing and minimum statistics" (IEEE Trans. Speech and Audio
Processing 9(5), 2001), over the whole sound: a low percentile of the power over time, divided by
what that percentile of Gaussian noise is.

Axes: G groups of frames, B bands.
"""

import math

import numpy as np
from numpy.typing import NDArray
from scipy import stats

from kikimimi.cleaning.analysis.band_powers import FRAMES_PER_GROUP
from kikimimi.types import FloatArray

_PERCENTILE = 10
_FEWEST_GROUPS = 4
_BINS_THAT_ARE_ONE = 1.5
"""Neighbouring bins under a Hann window hold much the same: so many tell as much as one."""

_LEAST_EXCESS = 0.05
_HIGHEST_DB = 100.0

Values = NDArray[np.float64]


def noise_floors(groups: FloatArray, bins_per_band: NDArray[np.int64]) -> Values | None:
    """Power (B,) of the noise in each band, from powers (G, B) over time.

    None for fewer than four groups.
    """
    if len(groups) < _FEWEST_GROUPS:
        return None
    low = np.percentile(groups.astype(np.float64), _PERCENTILE, axis=0)
    independent = FRAMES_PER_GROUP * np.maximum(1.0, bins_per_band / _BINS_THAT_ARE_ONE)
    expected = stats.gamma.ppf(_PERCENTILE / 100, independent) / independent
    return np.minimum(low / expected, groups.mean(axis=0, dtype=np.float64))


def snr_db(groups: FloatArray, floors: Values) -> float | None:
    """What the powers (G, B) have over the floors (B,), relative to these, 100 dB at most.

    None where it is under -13 dB: that cannot be told from noise.
    """
    noise = float(floors.sum())
    excess = float(groups.mean(axis=0, dtype=np.float64).sum()) - noise
    if excess <= 0 or excess < _LEAST_EXCESS * noise:
        return None
    if noise <= excess * 10 ** (-_HIGHEST_DB / 10):
        return _HIGHEST_DB
    return 10 * math.log10(excess / noise)
