"""Encoders that were trained without one fold.

Axes: V clips, T samples, D embedding size.
"""

from collections.abc import Callable

import numpy as np

from kikimimi.encoders.contract import Encoder
from kikimimi.encoders.fold_pattern import FOLD_FIELD, encoder_of_fold
from kikimimi.errors import ConfigError
from kikimimi.features.presets import YAMNET
from kikimimi.types import FloatArray

SAMPLE_RATE_HZ = YAMNET.sample_rate_hz
"""The rate of the clips that encoders are given."""

_BATCH = 16


def encoder_without_fold(pattern: str, fold: int) -> Encoder:
    """Return the encoder that a pattern gives for a fold, not loaded.

    Args:
        pattern: the folder of an encoder, such as `runs/default_encoder/fold{fold}/encoder`.
        fold: the fold that it has not heard.

    Raises:
        ConfigError: the pattern does not name the fold, or the encoder hears another rate.
        EncoderError: there is no such encoder.
    """
    if FOLD_FIELD not in pattern:
        raise ConfigError(
            f"{pattern}: the encoder must not have heard the test fold; write {FOLD_FIELD} where "
            "its number stands"
        )
    encoder = encoder_of_fold(pattern, fold)
    if encoder.card.sample_rate_hz != SAMPLE_RATE_HZ:
        raise ConfigError(
            f"{pattern}: hears {encoder.card.sample_rate_hz} Hz, but the conditions are made at "
            f"{SAMPLE_RATE_HZ} Hz; name an encoder for that rate"
        )
    return encoder


def embedder(encoder: Encoder) -> Callable[[FloatArray], FloatArray]:
    """Load an encoder; return what embeds clips (V, T) at `SAMPLE_RATE_HZ` as (V, D).

    Raises:
        EncoderError: its weights are damaged.
    """
    encoder.load()

    def embed(waveforms: FloatArray) -> FloatArray:
        starts = range(0, len(waveforms), _BATCH)
        return np.concatenate([encoder.embed_clips(waveforms[i : i + _BATCH]) for i in starts])

    return embed
