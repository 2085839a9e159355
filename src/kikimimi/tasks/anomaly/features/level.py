"""Clips brought to one level, so that loudness is no feature. Axis: T samples."""

import numpy as np

from kikimimi.types import FloatArray

_LEVEL = 0.05
"""Root mean square of every clip, about -26 dB under full scale."""

_LEAST = 1e-12


def at_one_level(samples: FloatArray) -> FloatArray:
    """Samples (T,) times what gives them the same root mean square; silence stays silence."""
    found = float(np.sqrt(np.mean(samples.astype(np.float64) ** 2)))
    return (samples * (_LEVEL / max(found, _LEAST))).astype(np.float32)
