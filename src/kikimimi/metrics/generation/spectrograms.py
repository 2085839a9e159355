"""Distances between spectrograms of one shape.

Axes: F bands or bins, N frames, T samples.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.signal import stft

Array = NDArray[np.floating[Any]]

_N_FFT, _HOP = 2048, 512
_FLOOR_DB = -100.0


@dataclass(frozen=True, slots=True)
class Limits:
    """The smallest and the largest value of a set of spectrograms."""

    lowest: float
    highest: float


def limits_of(spectrograms: Iterable[Array]) -> Limits:
    """The limits of spectrograms (F, N) of any lengths.

    Raises:
        ValueError: there is none, or they hold one value only.
    """
    ends = [(float(each.min()), float(each.max())) for each in spectrograms]
    if not ends:
        raise ValueError("limits are those of one spectrogram or more")
    lowest, highest = min(low for low, _ in ends), max(high for _, high in ends)
    if not lowest < highest:
        raise ValueError(f"the spectrograms hold the value {lowest:g} only; give others")
    return Limits(lowest, highest)


def min_max_mse(reference: Array, made: Array, limits: Limits) -> float:
    """Mean squared error of spectrograms (F, N), scaled so that the limits become 0 and 1.

    The limits are those of the reference set, common to all its spectrograms; so the figure of a
    sound does not depend on its own loudness.

    Raises:
        ValueError: the shapes differ.
    """
    _check_pair(reference, made)
    error = reference.astype(np.float64) - made
    return float(np.square(error / (limits.highest - limits.lowest)).mean())


def log_spectral_distance(reference: Array, made: Array) -> float:
    """Distance of two sounds (T,) in dB (Gray and Markel 1976), at any sample rate.

    The root mean square over frequency of the difference of log power spectra, averaged over
    frames: Hann windows of 2048 samples every 512. Power more than 100 dB under a full-scale sine
    counts as that, so that digital silence has a level.

    Raises:
        ValueError: the shapes differ.
    """
    _check_pair(reference, made)
    difference = _level_db(reference) - _level_db(made)  # (F, N)
    return float(np.sqrt(np.square(difference).mean(axis=0)).mean())


def _level_db(samples: Array) -> NDArray[np.float64]:
    # spectra are scaled by the sum of the window: a sine of amplitude 1 then has 1/2
    _, _, spectrum = stft(
        samples.astype(np.float64),
        window="hann",
        nperseg=_N_FFT,
        noverlap=_N_FFT - _HOP,
        boundary="zeros",
        padded=True,
    )
    return 20 * np.log10(np.maximum(2 * np.abs(spectrum), 10 ** (_FLOOR_DB / 20)))


def _check_pair(reference: Array, made: Array) -> None:
    if reference.shape != made.shape or reference.size == 0:
        raise ValueError(f"shapes {reference.shape} and {made.shape} do not fit; give equal ones")
