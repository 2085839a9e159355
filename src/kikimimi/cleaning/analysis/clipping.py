"""Samples that were cut off at the greatest level that something could hold.

Axes: T sample frames, C channels, R runs of equal samples.
"""

import numpy as np
from numpy.typing import NDArray

from kikimimi.types import FloatArray

_SHORTEST_RUN = 3
_LEAST_STEP = 2.0**-12
"""A slow wave is flat at its top too, in a file of 16 bits, but goes up to it in small steps."""

_QUIETEST = 0.05
_AT_THE_TOP = 0.9886
"""0.1 dB below the greatest level."""

_LONGEST_HELD = 1 << 16

Indices = NDArray[np.int64]


class ClippingMeter:
    """Counts clipped samples of a sound that arrives in blocks.

    A channel is cut off where at least three equal samples stand within 0.1 dB of its greatest
    sample of that sign, above -26 dBFS, and a step of 2**-12 or more leads there or away.
    """

    def __init__(self, *, channels: int) -> None:
        self._channels = [_ChannelRuns() for _ in range(channels)]

    def push(self, block: FloatArray) -> None:
        """Take the next frames (T, C)."""
        for channel, samples in zip(self._channels, block.T, strict=True):
            channel.push(np.ascontiguousarray(samples))

    def result(self) -> int:
        """Clipped samples of all channels together, after the last push."""
        return sum(channel.result() for channel in self._channels)


class _ChannelRuns:
    """Lengths of the flat runs of one channel by their level, those near the top only."""

    def __init__(self) -> None:
        self._held = np.zeros(0, np.float32)
        self._counts: dict[float, int] = {}
        self._top = {1.0: 0.0, -1.0: 0.0}

    def push(self, samples: FloatArray) -> None:
        if not len(samples):
            return
        self._top[1.0] = max(self._top[1.0], float(samples.max()))
        self._top[-1.0] = max(self._top[-1.0], -float(samples.min()))
        self._take(np.concatenate([self._held, samples]), is_end=False)

    def result(self) -> int:
        self._take(self._held, is_end=True)
        self._held = self._held[:0]
        return sum(count for level, count in self._counts.items() if self._is_at_the_top(level))

    def _is_at_the_top(self, level: float) -> bool:
        return abs(level) >= max(_QUIETEST, _AT_THE_TOP * self._top[float(np.sign(level)) or 1.0])

    def _take(self, samples: FloatArray, *, is_end: bool) -> None:
        """Count runs; one that may go on in the next block is held, with the sample before it."""
        least = max(_QUIETEST, _AT_THE_TOP * min(self._top.values()))
        starts, ends = _flat_runs(samples, least)
        if not is_end:
            is_open = bool(len(ends)) and ends[-1] == len(samples) - 1
            is_open = is_open and len(samples) - starts[-1] < _LONGEST_HELD
            first = max(0, int(starts[-1]) - 1) if is_open else max(0, len(samples) - 2)
            if is_open:
                starts, ends = starts[:-1], ends[:-1]
            self._held = samples[first:].copy()
        self._count(samples, starts, ends)

    def _count(self, samples: FloatArray, starts: Indices, ends: Indices) -> None:
        chosen = ends - starts + 1 >= _SHORTEST_RUN
        for start, end in zip(starts[chosen].tolist(), ends[chosen].tolist(), strict=True):
            around = samples[max(0, start - 1) : end + 2]
            level = float(samples[start])
            if float(np.abs(np.diff(around)).max()) >= _LEAST_STEP and self._is_at_the_top(level):
                self._counts[level] = self._counts.get(level, 0) + end - start + 1


def _flat_runs(samples: FloatArray, least: float) -> tuple[Indices, Indices]:
    """First and last places (R,) of the runs of equal samples whose magnitude is at least that."""
    same = np.flatnonzero((samples[1:] == samples[:-1]) & (np.abs(samples[1:]) >= least))
    if not len(same):
        return same, same
    breaks = np.flatnonzero(np.diff(same) > 1)
    starts = same[np.concatenate([[0], breaks + 1])]
    ends = same[np.concatenate([breaks, [len(same) - 1]])] + 1
    return starts, ends
