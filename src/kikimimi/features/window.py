"""The window that a frame is multiplied by."""

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

Float64Array = NDArray[np.float64]


def frame_window(name: str, length: int) -> Float64Array:
    """The window `name`, one of `config.WindowName`, as (length,)."""
    return _WINDOWS[name](length)


def _raised_cosine(length: int, period: int, mean: float) -> Float64Array:
    # A window of one sample has no period; it passes the sample on.
    angle = 2 * np.pi * np.arange(length) / max(period, 1)
    return mean - (1 - mean) * np.cos(angle) if length > 1 else np.ones(1)


def _hann(length: int) -> Float64Array:
    return _raised_cosine(length, length, 0.5)


def _hann_symmetric(length: int) -> Float64Array:
    return _raised_cosine(length, length - 1, 0.5)


def _hamming(length: int) -> Float64Array:
    return _raised_cosine(length, length, 0.54)


def _povey(length: int) -> Float64Array:
    # Kaldi's own window: a symmetric Hann to the power 0.85.
    return _hann_symmetric(length) ** 0.85


_WINDOWS: dict[str, Callable[[int], Float64Array]] = {
    "hann": _hann,
    "hann_symmetric": _hann_symmetric,
    "hamming": _hamming,
    "povey": _povey,
    "rectangular": np.ones,
}
