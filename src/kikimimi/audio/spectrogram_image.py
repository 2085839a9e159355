"""A picture of the spectrum over time of any stretch of a sound file.

Only the frames that are seen are looked at, so that an hour costs little more than a minute.

Axes: T sample frames, N frames of the transform, K bins, X columns, Y rows.
"""

import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray
from scipy import fft

from kikimimi.audio.sources import Source, downmix, open_source, read_blocks
from kikimimi.errors import AudioError
from kikimimi.paths import display_path
from kikimimi.types import FloatArray

FrequencyScale = Literal["log", "mel", "linear"]

_LOWEST_ON_LOG_HZ = 20.0
_SMALLEST_FFT, _LARGEST_FFT = 512, 4096
_MOST_FRAMES_PER_COLUMN = 4
_FRAMES_AT_ONCE = 128
_SEEKABLE = frozenset({"WAV", "WAVEX", "AIFF", "W64", "RF64", "CAF", "AU", "FLAC"})
_READ_THROUGH_S = 60.0
"""Longer stretches of formats that seek at once are not read as a whole."""

_TINY = 1e-20


@dataclass(frozen=True, slots=True, eq=False)
class SpectrogramImage:
    """`levels` (Y, X) uint8 from the highest frequency down, 0 at the floor, 255 at the ceiling.

    `f_min_hz` is the lower edge of the last row, `f_max_hz` the upper edge of the first.
    """

    levels: NDArray[np.uint8]
    f_min_hz: float
    f_max_hz: float
    start_s: float
    end_s: float


def spectrogram_image(
    path: str | os.PathLike[str],
    *,
    start_s: float,
    end_s: float,
    columns: int,
    rows: int,
    scale: FrequencyScale = "log",
    floor_db: float = -100.0,
    ceiling_db: float = 0.0,
) -> SpectrogramImage:
    """Draw a stretch of a sound, mixed to one channel.

    A sine at full scale is at 0 dB. A column shows the loudest of up to four frames that are spread
    over it; the length of a frame follows the zoom.

    Args:
        path: the sound file.
        start_s: where the picture begins.
        end_s: where it ends; beyond the end of the sound means the end.
        columns: X.
        rows: Y.
        scale: how frequencies are spread over the rows; "log" begins at 20 Hz.
        floor_db: of level 0.
        ceiling_db: of level 255.

    Raises:
        AudioError: the file cannot be decoded, or the stretch lies outside of it.
    """
    with open_source(path) as source:
        rate_hz = source.recording.sample_rate_hz
        total = source.recording.frames
        first = round(max(start_s, 0) * rate_hz)
        last = min(round(end_s * rate_hz), total)
        if not first < last:
            raise AudioError(
                f"{display_path(source.recording.path)}: there is no sound from {start_s:g} s to "
                f"{end_s:g} s; it is {total / rate_hz:g} s long"
            )
        step = (last - first) / columns
        size = _fft_size(step)
        starts, column_of = _frame_starts(first, step, columns, size)
        picture = _Picture(rows, columns, rate_hz, size, scale)
        for indices, frames in _frames(source, starts, size):
            picture.add(column_of[indices], frames)
    levels = picture.levels(floor_db, ceiling_db)
    low, high = picture.range_hz
    return SpectrogramImage(levels, low, high, first / rate_hz, last / rate_hz)


def _fft_size(step: float) -> int:
    """A power of two of at least four columns, within bounds."""
    size = _SMALLEST_FFT
    while size < min(4 * step, _LARGEST_FFT):
        size *= 2
    return size


def _frame_starts(
    first: int, step: float, columns: int, size: int
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """First samples (N,) of the frames, ascending, and the column (N,) of each."""
    each = min(_MOST_FRAMES_PER_COLUMN, max(1, int(step / size)))
    centres = first + (np.arange(columns * each) + 0.5) * step / each
    return (centres - size / 2).astype(np.int64), np.arange(columns * each) // each


class _Picture:
    """Adds spectra up to a picture."""

    def __init__(
        self, rows: int, columns: int, rate_hz: int, size: int, scale: FrequencyScale
    ) -> None:
        edges_hz = _row_edges_hz(rows, rate_hz / 2, scale)
        self.range_hz = float(edges_hz[0]), float(edges_hz[-1])
        self._bins = edges_hz * size / rate_hz
        self._power = np.zeros((columns, rows), np.float32)
        self._window = np.hanning(size + 1)[:-1].astype(np.float32)
        self._gain = np.float32((2 / self._window.sum()) ** 2)

    def add(self, columns: NDArray[np.int64], frames: FloatArray) -> None:
        """Let frames (N, size) be seen in columns (N,)."""
        spectra = fft.rfft(frames * self._window, axis=1)
        powers = (spectra.real**2 + spectra.imag**2) * self._gain
        np.maximum.at(self._power, columns, _in_rows(powers, self._bins))

    def levels(self, floor_db: float, ceiling_db: float) -> NDArray[np.uint8]:
        """The picture (Y, X), the highest frequency first."""
        decibels = 10 * np.log10(self._power + _TINY)
        scaled = (decibels - floor_db) * (255 / (ceiling_db - floor_db))
        return np.ascontiguousarray(np.rint(np.clip(scaled, 0, 255)).astype(np.uint8).T[::-1])


def _in_rows(powers: FloatArray, edges: NDArray[np.float64]) -> FloatArray:
    """Powers (N, K) -> (N, Y): the greatest within a row, or in between where rows are narrow."""
    count = powers.shape[1]
    centres = np.clip((edges[:-1] + edges[1:]) / 2, 0, count - 1)
    below = np.minimum(centres.astype(np.int64), count - 2)
    share = (centres - below).astype(np.float32)
    narrow = powers[:, below] * (1 - share) + powers[:, below + 1] * share
    firsts = np.minimum(np.ceil(edges[:-1]).astype(np.int64), count - 1)
    wide = np.maximum.reduceat(powers, firsts, axis=1)
    return np.where(np.diff(edges) >= 1, wide, narrow).astype(np.float32)


def _frames(
    source: Source, starts: NDArray[np.int64], size: int
) -> Iterator[tuple[NDArray[np.int64], FloatArray]]:
    """Numbers (n,) and samples (n, size) of frames; outside of the sound there is silence."""
    rate_hz = source.recording.sample_rate_hz
    is_long = starts[-1] - starts[0] > _READ_THROUGH_S * rate_hz
    read = _by_seeking if is_long and source.recording.format in _SEEKABLE else _by_streaming
    waiting: list[FloatArray] = []
    done = 0
    for frame in read(source, starts, size):
        waiting.append(frame)
        if len(waiting) == _FRAMES_AT_ONCE:
            yield np.arange(done, done + len(waiting)), np.stack(waiting)
            done += len(waiting)
            waiting = []
    if waiting:
        yield np.arange(done, done + len(waiting)), np.stack(waiting)


def _by_seeking(source: Source, starts: NDArray[np.int64], size: int) -> Iterator[FloatArray]:
    for start in starts.tolist():
        source.seek(max(start, 0))
        block = source.read(size + min(start, 0))
        yield _padded(downmix(block), max(-start, 0), size)


def _by_streaming(source: Source, starts: NDArray[np.int64], size: int) -> Iterator[FloatArray]:
    position = max(int(starts[0]), 0)
    end = max(int(starts[-1]) + size, position + 1)
    held = np.zeros(0, np.float32)
    pending = starts.tolist()
    for block in read_blocks(source, start_frame=position, end_frame=end):
        held = np.concatenate([held, downmix(block)])
        while pending and pending[0] + size <= position + len(held):
            yield _cut(held, pending.pop(0) - position, size)
        keep = max(0, min(len(held), (pending[0] if pending else end) - position))
        held, position = held[keep:], position + keep
    for start in pending:
        yield _cut(held, start - position, size)


def _cut(held: FloatArray, offset: int, size: int) -> FloatArray:
    return _padded(held[max(offset, 0) : max(offset + size, 0)], max(-offset, 0), size)


def _padded(samples: FloatArray, before: int, size: int) -> FloatArray:
    frame = np.zeros(size, np.float32)
    frame[before : before + len(samples)] = samples[: size - before]
    return frame


def _row_edges_hz(rows: int, top_hz: float, scale: FrequencyScale) -> NDArray[np.float64]:
    """Edges (Y + 1,) of the rows from the lowest up."""
    return _EDGES[scale](rows + 1, top_hz)


def _log_edges(count: int, top_hz: float) -> NDArray[np.float64]:
    return np.geomspace(min(_LOWEST_ON_LOG_HZ, top_hz / 2), top_hz, count)


def _mel_edges(count: int, top_hz: float) -> NDArray[np.float64]:
    """O'Shaughnessy's mel scale, as in HTK."""
    return 700 * (10 ** (np.linspace(0, np.log10(1 + top_hz / 700), count)) - 1)


def _linear_edges(count: int, top_hz: float) -> NDArray[np.float64]:
    return np.linspace(0, top_hz, count)


_EDGES: dict[FrequencyScale, Callable[[int, float], NDArray[np.float64]]] = {
    "log": _log_edges,
    "mel": _mel_edges,
    "linear": _linear_edges,
}
