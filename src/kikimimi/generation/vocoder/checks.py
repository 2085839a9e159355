"""What a vocoder asks of a spectrogram."""

import numpy as np

from kikimimi.errors import GenerationError
from kikimimi.generation.mel import GENERATION_MEL
from kikimimi.types import FloatArray

FEWEST_FRAMES = 5


def checked_log_mel(log_mel: FloatArray) -> FloatArray:
    """Return a spectrogram (F, N), N of 5 or more, as float32.

    Raises:
        GenerationError: it has another shape, or values that are not finite.
    """
    values = np.ascontiguousarray(log_mel, dtype=np.float32)
    bands = GENERATION_MEL.n_mels
    if values.ndim != 2 or values.shape[0] != bands or values.shape[1] < FEWEST_FRAMES:
        raise GenerationError(
            f"a vocoder takes a log-mel spectrogram ({bands}, N), N of {FEWEST_FRAMES} or more, "
            f"but got shape {values.shape}"
        )
    if not np.isfinite(values).all():
        raise GenerationError("the spectrogram holds NaN or infinite values; make it anew")
    return values


def wrapped(log_mel: FloatArray, margin: int) -> FloatArray:
    """A period (F, N), whose last frame is its first, with `margin` more frames on both sides."""
    period = log_mel.shape[1] - 1
    return log_mel[:, np.arange(-margin, period + margin + 1) % period]
