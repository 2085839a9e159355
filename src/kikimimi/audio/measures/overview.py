"""The outline of a sound: the least and the greatest sample of equal stretches.

Axes: T sample frames, C channels, M cells.
"""

import os

import numpy as np

from kikimimi.audio.measures.values import OVERVIEW_POINTS
from kikimimi.audio.sources import open_source, read_blocks
from kikimimi.types import FloatArray

_FULL_SCALE = 127
_CELLS_PER_POINT = 4
_MOST_TIMES_AS_MANY = 4
_NOTHING = np.zeros(0, np.float32)


class OverviewMeter:
    """Draws a sound that arrives in blocks and finds its peak, in bounded memory.

    Args:
        frames: how long the sound probably is, so that no cell has to be joined later.
        channels: C.
        points: how many pairs are wanted.
    """

    def __init__(self, *, frames: int, channels: int, points: int = OVERVIEW_POINTS) -> None:
        self._points = points
        self._cells = _CELLS_PER_POINT * points
        self._width = max(1, frames // self._cells) * channels
        self._least: list[FloatArray] = []
        self._greatest: list[FloatArray] = []
        self._count = 0
        self._rest = _NOTHING

    def push(self, block: FloatArray) -> None:
        """Take the next frames (T, C)."""
        values = np.ascontiguousarray(block).reshape(-1)
        if len(self._rest):
            values = np.concatenate([self._rest, values])
        whole = len(values) - len(values) % self._width
        self._rest = values[whole:].copy()
        if whole:
            self._append(values[:whole], self._width)

    def result(self) -> tuple[bytes, float]:
        """Pairs of int8 as bytes, and the greatest absolute sample (0 for no samples)."""
        if len(self._rest):
            self._append(self._rest, len(self._rest))
            self._rest = _NOTHING
        if not self._count:
            return bytes(2 * self._points), 0.0
        least, greatest = np.concatenate(self._least), np.concatenate(self._greatest)
        peak = float(max(-least.min(), greatest.max()))
        return pack_outline(outline(least, greatest, self._points)), peak

    def _append(self, values: FloatArray, width: int) -> None:
        starts = np.arange(0, len(values), width)
        self._least.append(np.minimum.reduceat(values, starts))
        self._greatest.append(np.maximum.reduceat(values, starts))
        self._count += len(starts)
        if self._count > _MOST_TIMES_AS_MANY * self._cells:
            self._join_cells()

    def _join_cells(self) -> None:
        """Make cells wider where the header promised too short a sound."""
        factor = -(-self._count // self._cells)
        starts = np.arange(0, self._count, factor)
        self._least = [np.minimum.reduceat(np.concatenate(self._least), starts)]
        self._greatest = [np.maximum.reduceat(np.concatenate(self._greatest), starts)]
        self._count = len(starts)
        self._width *= factor


def outline(least: FloatArray, greatest: FloatArray, points: int) -> FloatArray:
    """Bring minima and maxima (M,), M >= 1, to `points` pairs (points, 2).

    With fewer cells than points, cells are repeated.
    """
    edges = np.arange(points) * len(least) // points
    return np.stack(
        [np.minimum.reduceat(least, edges), np.maximum.reduceat(greatest, edges)], axis=1
    )


def pack_outline(pairs: FloatArray) -> bytes:
    """Pairs (points, 2) in [-1, 1] as int8; what is louder than full scale is cut off."""
    scaled = np.rint(np.clip(pairs, -1, 1) * _FULL_SCALE)
    return scaled.astype(np.int8).tobytes()


def file_outline(path: str | os.PathLike[str], points: int) -> bytes:
    """The outline of a sound file in `points` pairs of int8, by decoding it once.

    Raises:
        AudioError: the file cannot be decoded.
    """
    with open_source(path) as source:
        recording = source.recording
        meter = OverviewMeter(frames=recording.frames, channels=recording.channels, points=points)
        for block in read_blocks(source):
            meter.push(block)
    return meter.result()[0]
