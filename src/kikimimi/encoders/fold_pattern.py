"""Encoders of which there is one for each test fold, that has not heard it."""

from kikimimi.encoders.contract import Encoder
from kikimimi.encoders.registry import create_encoder

FOLD_FIELD = "{fold}"
"""Stands for the number of the test fold in the name or path of an encoder."""


def encoder_of_fold(pattern: str, fold: int) -> Encoder:
    """The encoder that a name such as `runs/m2d/fold{fold}/encoder` gives for a fold, not loaded.

    Raises:
        EncoderError: there is no such encoder.
    """
    return create_encoder(pattern.replace(FOLD_FIELD, str(fold)))
