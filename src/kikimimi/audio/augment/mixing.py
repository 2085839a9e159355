"""Two clips, or their targets, mixed into one. T samples."""

import numpy as np

from kikimimi.audio.augment.a_weighting import SILENCE_DB, peak_level_db
from kikimimi.audio.augment.recipe import require
from kikimimi.errors import AudioError
from kikimimi.types import FloatArray


def between_class_mix(
    first: FloatArray, second: FloatArray, ratio: float, sample_rate_hz: int
) -> FloatArray:
    """Mix two waveforms (T,) so that the first is heard with the share `ratio`.

    Between-class learning (Tokozume, Ushiku and Harada, ICLR 2018, section 3.1): the clips are
    weighed by the A-weighted level of their loudest moments, and the sum is scaled as the sum of
    independent sounds. The target is `mixup` of the targets with the same ratio. A silent clip
    has no level to be weighed by; then the shares are those of the amplitudes.

    Raises:
        AudioError: the clips are not waveforms of one length.
        ConfigError: the ratio is not between 0 and 1.
    """
    if first.ndim != 1 or first.shape != second.shape or first.size == 0:
        raise AudioError(
            f"only waveforms (T,) of one length can be mixed, but got shapes {first.shape} and "
            f"{second.shape}; crop them first"
        )
    first_db = peak_level_db(first, sample_rate_hz)
    second_db = peak_level_db(second, sample_rate_hz)
    share = np.float32(amplitude_share(first_db, second_db, ratio))
    mixed = share * first + (1 - share) * second
    return (mixed / np.sqrt(share**2 + (1 - share) ** 2)).astype(np.float32)


def amplitude_share(first_db: float, second_db: float, ratio: float) -> float:
    """Return the factor p of the first clip; with 1 - p for the second, its heard share is `ratio`.

    p = 1 / (1 + 10^((G1 - G2) / 20) (1 - r) / r), eq. 2 of Tokozume et al.

    Raises:
        ConfigError: the ratio is not between 0 and 1.
    """
    _require_ratio(ratio)
    if min(first_db, second_db) <= SILENCE_DB:
        return ratio
    louder = 10 ** ((first_db - second_db) / 20)
    return ratio / (ratio + louder * (1 - ratio))


def mixup(first: np.ndarray, second: np.ndarray, ratio: float) -> FloatArray:
    """Return ratio * first + (1 - ratio) * second as float32, of arrays of one shape.

    Mixup (Zhang, Cisse, Dauphin and Lopez-Paz, ICLR 2018), for inputs as for targets.

    Raises:
        AudioError: the shapes differ.
        ConfigError: the ratio is not between 0 and 1.
    """
    _require_ratio(ratio)
    if first.shape != second.shape:
        raise AudioError(f"cannot mix shapes {first.shape} and {second.shape}; give one shape")
    return (ratio * first + (1 - ratio) * second).astype(np.float32)


def mixup_ratio(generator: np.random.Generator, alpha: float) -> float:
    """Draw the share of the first of two clips from Beta(alpha, alpha); always 1 if alpha is 0.

    Raises:
        ConfigError: `alpha` is negative or no number.
    """
    require(0 <= alpha < np.inf, f"mixup: alpha {alpha} is negative or no number; give 0 or more")
    return float(generator.beta(alpha, alpha)) if alpha > 0 else 1.0


def _require_ratio(ratio: float) -> None:
    require(0 <= ratio <= 1, f"a mixing ratio of {ratio} is not between 0 and 1")
