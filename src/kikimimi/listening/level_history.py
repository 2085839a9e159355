"""How loud it was of late.

Axes: N frames.
"""

import numpy as np

from kikimimi.listening.sensors.levels import HOP_S
from kikimimi.types import FloatArray

_KEPT_S = 120.0


class LevelHistory:
    """LAFmax of each frame of the last two minutes."""

    def __init__(self) -> None:
        self._hop_s = HOP_S
        self._values = np.full(round(_KEPT_S / HOP_S), -np.inf, np.float32)
        self._start_s = 0.0
        self._count = 0

    def start(self, start_s: float) -> None:
        """Begin anew at a time: nothing is known of before."""
        self._start_s, self._count = start_s, 0
        self._values[:] = -np.inf

    def push(self, levels: FloatArray, *, hop_s: float) -> None:
        """Take the next levels (N,) in dB, of frames of `hop_s` seconds."""
        self._hop_s, size = hop_s, len(self._values)
        places = (self._count + np.arange(len(levels))) % size
        self._values[places[-size:]] = levels[-size:]
        self._count += len(levels)

    def within(self, onset_s: float, offset_s: float) -> float | None:
        """The greatest level of the frames that touch a stretch; None where none is known."""
        first = int(np.floor((onset_s - self._start_s) / self._hop_s + 1e-6))
        last = int(np.ceil((offset_s - self._start_s) / self._hop_s - 1e-6))
        first, last = max(first, self._count - len(self._values), 0), min(last, self._count)
        if first >= last:
            return None
        return float(self._values[np.arange(first, last) % len(self._values)].max())
