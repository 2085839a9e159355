"""Peak, offset, and how a sound begins and ends. Axes: T sample frames, C channels."""

import math

import numpy as np

from kikimimi.types import FloatArray

_EDGE_S = 0.005


class EdgeMeter:
    """Follows the simplest figures of a sound that arrives in blocks.

    Memory: 5 ms of sound.

    Attributes:
        frames: how many have come.
        peak: the greatest magnitude.
        silent_start: frames of zeros before the first other one; all of a silent sound.
        silent_end: frames of zeros behind the last other one; 0 for a silent sound.
    """

    def __init__(self, *, sample_rate_hz: int, channels: int) -> None:
        self.frames = 0
        self.peak = 0.0
        self.silent_start = 0
        self.silent_end = 0
        self._sums = np.zeros(channels)
        self._size = max(1, round(_EDGE_S * sample_rate_hz))
        self._first = np.zeros((0, channels), np.float32)
        self._last = np.zeros((0, channels), np.float32)

    def push(self, block: FloatArray) -> None:
        """Take the next frames (T, C), T >= 1."""
        self._follow_silence(block)
        self.frames += len(block)
        self.peak = max(self.peak, float(block.max()), -float(block.min()))
        self._sums += block.sum(axis=0, dtype=np.float64)
        missing = self._size - len(self._first)
        if missing > 0:
            self._first = np.concatenate([self._first, block[:missing]])
        self._last = np.concatenate([self._last, block[-self._size :]])[-self._size :]

    @property
    def offset(self) -> float:
        """Mean of the channel whose mean is farthest from 0; 0 for no sound."""
        means = self._sums / max(1, self.frames)
        return float(means[np.argmax(np.abs(means))])

    def levels_db(self) -> tuple[float | None, float | None]:
        """Peaks in dBFS of the first and last 5 ms; None for zeros."""
        return _level_db(self._first), _level_db(self._last)

    def _follow_silence(self, block: FloatArray) -> None:
        is_new = self.silent_start == self.frames
        edge = block[0] if is_new else block[-1]
        if self.frames and not is_new and edge.any():
            self.silent_end = 0
            return
        sounding = np.flatnonzero(block.any(axis=1))
        if is_new:
            self.silent_start += int(sounding[0]) if len(sounding) else len(block)
        if len(sounding):
            self.silent_end = len(block) - 1 - int(sounding[-1])
        elif not is_new:
            self.silent_end += len(block)


def _level_db(samples: FloatArray) -> float | None:
    peak = float(np.abs(samples).max(initial=0.0))
    return 20 * math.log10(peak) if peak > 0 else None
