"""Figures of a sound that was made after another one.

Axes: T samples, F mel bands, N frames.
"""

from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass

import numpy as np

from kikimimi.errors import AudioError
from kikimimi.generation.mel import GENERATION_MEL, HIGHEST, LOWEST, GenerationMel
from kikimimi.generation.multi_scale_mel import multi_scale_mel_l1
from kikimimi.metrics.generation.spectrograms import (
    Limits,
    limits_of,
    log_spectral_distance,
    min_max_mse,
)
from kikimimi.types import FloatArray

UNIT_LIMITS = Limits(LOWEST, HIGHEST)
"""From silence to a full-scale sine, for sounds without a reference set."""

_GENERATION_MEL = GenerationMel()


@dataclass(frozen=True, slots=True)
class PairFigures:
    """Distances of sounds from those they were made after: smaller is better."""

    mel_mse: float
    """Mean squared error of min-max scaled log-mel spectrograms."""
    multi_scale_mel: float
    """L1 distance of log-mel spectrograms at seven time scales, as the Descript codec has it."""
    log_spectral_distance_db: float
    pairs: int = 1
    """Over how many pairs these are means."""


def pair_figures(
    reference: FloatArray, made: FloatArray, *, limits: Limits = UNIT_LIMITS
) -> PairFigures:
    """Compare two sounds (T,) at 16 kHz; of the longer one its end is left out.

    Args:
        reference: the sound.
        made: what was made after it.
        limits: of the log-mel spectrograms of a reference set, or from silence to full scale.

    Raises:
        AudioError: there are no samples, or some that are not finite.
    """
    length = min(reference.shape[-1], made.shape[-1])
    if reference.ndim != 1 or made.ndim != 1 or length == 0:
        raise AudioError(
            f"sounds (T,) are compared, but got shapes {reference.shape} and {made.shape}"
        )
    pair = reference[:length], made[:length]
    maps = [_GENERATION_MEL(each) for each in pair]
    return PairFigures(
        mel_mse=min_max_mse(maps[0], maps[1], limits),
        multi_scale_mel=multi_scale_mel_l1(*pair, sample_rate_hz=GENERATION_MEL.sample_rate_hz),
        log_spectral_distance_db=log_spectral_distance(*pair),
    )


def mean_figures(figures: Sequence[PairFigures]) -> PairFigures:
    """The mean of figures of single pairs.

    Raises:
        ValueError: there are none.
    """
    if not figures:
        raise ValueError("the mean of no figures")
    rows = [asdict(each) for each in figures]
    means = {name: float(np.mean([row[name] for row in rows])) for name in rows[0]}
    return PairFigures(**{**means, "pairs": sum(row["pairs"] for row in rows)})


def reference_limits(sounds: Iterable[FloatArray]) -> Limits:
    """The limits of the log-mel spectrograms of a reference set of sounds (T,) at 16 kHz."""
    return limits_of(_GENERATION_MEL(sound) for sound in sounds)
