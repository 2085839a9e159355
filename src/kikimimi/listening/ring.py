"""The last seconds of a sound, for what happened before it was noticed.

Axes: C channels, T samples, S size of the ring.
"""

import numpy as np

from kikimimi.errors import AudioError
from kikimimi.types import FloatArray


class RingBuffer:
    """Keeps the last `size` samples of `channels` channels, at places counted from the first one.

    Memory is taken once.

    Raises:
        AudioError: the size or the channel count is not positive.
    """

    def __init__(self, *, channels: int, size: int) -> None:
        if channels < 1 or size < 1:
            raise AudioError(f"a ring needs channels and samples, but got {channels} and {size}")
        self._samples = np.zeros((channels, size), np.float32)
        self._end = 0
        self._start = 0

    @property
    def end(self) -> int:
        """How many samples went in, with those that were skipped."""
        return self._end

    @property
    def start(self) -> int:
        """The place of the first sample that is still kept."""
        return max(self._start, self._end - self._samples.shape[1])

    def push(self, samples: FloatArray) -> None:
        """Take the next samples (C, T)."""
        size, count = self._samples.shape[1], samples.shape[1]
        kept = samples[:, -size:]
        first = (self._end + count - kept.shape[1]) % size
        before = min(kept.shape[1], size - first)
        self._samples[:, first : first + before] = kept[:, :before]
        self._samples[:, : kept.shape[1] - before] = kept[:, before:]
        self._end += count

    def skip(self, count: int) -> None:
        """Go on `count` samples later: what was kept is forgotten, for it does not join."""
        self._end += count
        self._start = self._end

    def read(self, start: int, end: int) -> FloatArray:
        """A copy of the samples (C, T) from `start` to before `end`, as far as they are kept."""
        start, end = max(start, self.start), min(end, self._end)
        if end <= start:
            return self._samples[:, :0].copy()
        size = self._samples.shape[1]
        places = np.arange(start, end) % size
        return self._samples[:, places]
