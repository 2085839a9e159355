"""Change of sample rate by soxr at its high quality setting.

soxr gives the same samples whether a sound goes through it whole or in pieces, so a vector made
while streaming equals the one made from memory.
"""

import numpy as np
import soxr

from kikimimi.errors import AudioError
from kikimimi.types import FloatArray

_QUALITY = "HQ"


def resample(samples: FloatArray, from_hz: int, to_hz: int) -> FloatArray:
    """Resample (C, T) or (T,) float32 along time; the same array if the rates are equal.

    Raises:
        AudioError: a rate is not positive, or the array has another number of axes.
    """
    _check_rates(from_hz, to_hz)
    if samples.ndim not in (1, 2):
        raise AudioError(f"resampling takes (T,) or (C, T), but got shape {samples.shape}")
    samples = np.asarray(samples, dtype=np.float32)
    if from_hz == to_hz:
        return samples
    if samples.ndim == 1:
        return soxr.resample(samples, from_hz, to_hz, quality=_QUALITY)
    return np.ascontiguousarray(soxr.resample(samples.T, from_hz, to_hz, quality=_QUALITY).T)


class StreamResampler:
    """Resamples a sound that arrives in blocks.

    The blocks that come out, joined, equal what `resample` makes of the blocks that went in.
    """

    def __init__(self, channels: int, from_hz: int, to_hz: int) -> None:
        _check_rates(from_hz, to_hz)
        self._stream = None
        if from_hz != to_hz:
            self._stream = soxr.ResampleStream(
                from_hz, to_hz, channels, dtype="float32", quality=_QUALITY
            )

    def push(self, block: FloatArray, *, last: bool = False) -> FloatArray:
        """Resample the next block (C, T); `last` also gives out what was held back.

        A block may be empty (C, 0), and so may the result.
        """
        if self._stream is None:
            return block
        frames = np.ascontiguousarray(block.T)
        return np.ascontiguousarray(self._stream.resample_chunk(frames, last=last).T)


def _check_rates(from_hz: int, to_hz: int) -> None:
    if from_hz <= 0 or to_hz <= 0:
        raise AudioError(f"a sample rate must be positive, but got {from_hz} Hz and {to_hz} Hz")
