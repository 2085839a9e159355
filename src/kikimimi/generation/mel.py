"""The one log-mel spectrogram that everything in generation speaks.

Axes: T samples, F mel bands, N frames. Frames are centred on samples 0, 256, 512 ..., so that N
frames stand for (N - 1) * 256 samples; a clip is padded with silence to such a length.
"""

from math import log
from typing import TYPE_CHECKING, TypeVar

import numpy as np

from kikimimi.errors import AudioError
from kikimimi.features.config import LogMelConfig
from kikimimi.features.logmel import LogMel
from kikimimi.types import FloatArray

if TYPE_CHECKING:
    from torch import Tensor

V = TypeVar("V", "FloatArray", "Tensor")

GENERATION_MEL = LogMelConfig(
    sample_rate_hz=16000,
    n_fft=1024,
    win_length=1024,
    hop_length=256,
    n_mels=80,
    f_min_hz=0.0,
    f_max_hz=8000.0,
    power=1.0,
    floor=1e-5,
    pad_mode="reflect",
)
"""Natural logarithm of mel magnitudes, as vocoders have them: 80 bands every 16 ms.

White noise of RMS 8e-6, a little under the noise of 16 bits, lies at the floor.
"""

LOWEST = log(GENERATION_MEL.floor)
"""The value of silence, about -11.5."""

HIGHEST = 2.5
"""A little above the value of a full-scale sine, at most 2.4."""

_HOP = GENERATION_MEL.hop_length
_FEWEST_HOPS = GENERATION_MEL.win_length // _HOP


def frame_count(sample_count: int) -> int:
    """Frames N of a clip of `sample_count` samples, which is padded to whole hops, at least 4."""
    return 1 + max(_FEWEST_HOPS, -(-sample_count // _HOP))


def sample_count(frame_count: int) -> int:
    """Samples that `frame_count` frames stand for."""
    return (frame_count - 1) * _HOP


class GenerationMel:
    """Log-mel spectrogram of clips at 16 kHz, in NumPy; one instance serves all threads.

        >>> GenerationMel()(np.zeros(16000, np.float32)).shape
        (80, 64)

    `features.TorchLogMel(GENERATION_MEL)` gives the same of clips of (N - 1) * 256 samples.
    """

    def __init__(self) -> None:
        self._log_mel = LogMel(GENERATION_MEL)

    def __call__(self, samples: FloatArray) -> FloatArray:
        """Log-mel spectrograms (..., F, N), N = `frame_count(T)`, of samples (..., T).

        Raises:
            AudioError: there are no samples, or values that are not finite.
        """
        clips = np.asarray(samples, dtype=np.float32)
        if clips.ndim == 0 or clips.shape[-1] == 0:
            raise AudioError("there is no sound to make a spectrogram of; leave empty clips out")
        if not np.isfinite(clips).all():
            raise AudioError("the sound holds NaN or infinite values; mend or leave it out")
        missing = sample_count(frame_count(clips.shape[-1])) - clips.shape[-1]
        return self._log_mel(np.pad(clips, [(0, 0)] * (clips.ndim - 1) + [(0, missing)]))


def unit_scaled(log_mel: V) -> V:
    """Log-mel values on the scale where silence is 0 and a full-scale sine just under 1."""
    return (log_mel - LOWEST) / (HIGHEST - LOWEST)


def from_unit_scale(scaled: V) -> V:
    """Log-mel values from what `unit_scaled` gave; a model's values below 0 are silence."""
    audible: V = scaled.clip(0.0)
    return audible * (HIGHEST - LOWEST) + LOWEST
