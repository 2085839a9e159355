"""Samples that are no sound: NaN, infinite ones, and far beyond full scale.

Axes: C channels, T samples.
"""

import numpy as np

from kikimimi.types import FloatArray

_LOUDEST = 8.0
"""18 dB over full scale. Beyond it a filter would ring for minutes, and no converter goes there."""


def mended(samples: FloatArray, channels: int) -> tuple[FloatArray, str]:
    """Samples (C, T) that every part can bear, and a complaint in one line, or none.

    Values that are not finite become silence, too great ones are limited. A block of another shape
    is given up whole.
    """
    array = np.asarray(samples)
    if array.ndim != 2 or len(array) != channels or array.dtype.kind != "f":
        empty = np.zeros((channels, 0), np.float32)
        return empty, f"a block of shape {array.shape} was left out; {channels} channels are heard"
    array = np.ascontiguousarray(array, np.float32)
    if not array.size or (array.min() >= -_LOUDEST and array.max() <= _LOUDEST):
        return array, ""
    finite = np.isfinite(array)
    missing = array.size - int(np.count_nonzero(finite))
    repaired = np.clip(np.where(finite, array, 0), -_LOUDEST, _LOUDEST).astype(np.float32)
    if missing:
        return repaired, f"{missing} samples were NaN or infinite, and count as silence"
    return repaired, "samples far beyond full scale were limited"
