"""Dither for files of few bits. Axes: C channels, T sample frames."""

import numpy as np

from kikimimi.types import FloatArray

_BITS = {"PCM_U8": 8, "PCM_16": 16}


class Dither:
    """Adds triangular noise of two steps' width, which makes rounding a steady hiss.

    Lipshitz, Wannamaker & Vanderkooy, "Quantization and dither: a theoretical survey", J. Audio
    Eng. Soc. 40(5), 1992. Digital silence stays silent; formats of more than 16 bits get none. The
    noise is the same each time, whatever the blocks.
    """

    def __init__(self, subtype: str) -> None:
        bits = _BITS.get(subtype)
        self._step = None if bits is None else 2.0 ** (1 - bits)
        self._random = np.random.default_rng(0)

    def push(self, samples: FloatArray) -> FloatArray:
        """The next samples (C, T) with their noise."""
        if self._step is None:
            return samples
        pairs = self._random.random((samples.shape[1], samples.shape[0], 2), dtype=np.float32)
        noise = (pairs[..., 0] - pairs[..., 1]).T * np.float32(self._step)
        return np.where(samples == 0, samples, samples + noise)
