"""Log-mels with a whole number of frames for each frame of the scores, in training and after.

Axes: B clips, T samples, F mel bands, N mel frames.
"""

import numpy as np

from kikimimi.features.logmel import LogMel
from kikimimi.types import FloatArray


def framed_log_mel(log_mel: LogMel, samples: FloatArray, *, mel_frames: int = 1) -> FloatArray:
    """(B, T) -> (B, F, N) with N = `mel_frames` times ceil(T / (`mel_frames` hops)).

    What is missing at the end is silence.
    """
    config = log_mel.config
    step = mel_frames * config.hop_length
    count = mel_frames * max(1, -(-samples.shape[1] // step))
    overhang = 0 if config.center else max(0, config.win_length - config.hop_length)
    missing = count * config.hop_length + overhang - samples.shape[1]
    padded = np.pad(samples, ((0, 0), (0, max(0, missing))))
    return log_mel(padded)[..., :count]
