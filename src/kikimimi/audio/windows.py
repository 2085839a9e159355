"""Cutting sounds into the windows that an encoder embeds."""

import os
from collections.abc import Callable, Iterator

import numpy as np

from kikimimi.audio.resampling import StreamResampler
from kikimimi.audio.sources import Source, downmix, open_source, read_blocks
from kikimimi.errors import AudioError
from kikimimi.types import FloatArray, Window

Tap = Callable[[FloatArray, FloatArray], None]
"""Told of each decoded block (T, C) and of what the resampler gave for it, mono (M,)."""

_MOST_REPEATED = 0.9
_NOTHING = np.zeros(0, dtype=np.float32)


def stream_windows(
    path: str | os.PathLike[str],
    *,
    sample_rate_hz: int,
    window_s: float,
    hop_s: float,
    min_s: float,
    quantum_s: float,
) -> Iterator[tuple[Window, FloatArray]]:
    """Yield the windows of a sound file and their samples (T,), mono at `sample_rate_hz`.

    A sound no longer than `window_s` is one window. A longer one gives a window each `hop_s`; the
    last window ends with the sound, unless it would repeat over 90 % of the one before. The times
    are those of the sound; the samples are zero-padded at the end to a multiple of `quantum_s`,
    and to at least `min_s`. Memory is bounded, whatever the length of the file.

    Raises:
        AudioError: as `read_clip`; damage inside the file shows when it is reached, perhaps after
            some windows have been given out.
    """
    with open_source(path) as source:
        yield from source_windows(
            source,
            sample_rate_hz=sample_rate_hz,
            window_s=window_s,
            hop_s=hop_s,
            min_s=min_s,
            quantum_s=quantum_s,
        )


def source_windows(
    source: Source,
    *,
    sample_rate_hz: int,
    window_s: float,
    hop_s: float,
    min_s: float,
    quantum_s: float,
    tap: Tap | None = None,
) -> Iterator[tuple[Window, FloatArray]]:
    """`stream_windows` of a file that is open already; `tap` hears all of the sound, once."""
    cutter = _Cutter(sample_rate_hz, window_s, hop_s, min_s, quantum_s)
    rate_hz = source.recording.sample_rate_hz
    resampler = StreamResampler(1, rate_hz, sample_rate_hz)
    frames = 0
    for block in read_blocks(source):
        frames += len(block)
        mono = resampler.push(downmix(block)[None])[0]
        if tap is not None:
            tap(block, mono)
        yield from cutter.push(mono)
    tail = resampler.push(_NOTHING[None], last=True)[0]
    if tap is not None:
        tap(_NOTHING[:, None], tail)
    yield from cutter.finish(tail, duration_s=frames / rate_hz)


def cut_windows(
    samples: FloatArray,
    *,
    sample_rate_hz: int,
    window_s: float,
    hop_s: float,
    min_s: float,
    quantum_s: float,
    duration_s: float | None = None,
) -> list[tuple[Window, FloatArray]]:
    """Cut mono samples (T,) in memory just as `stream_windows` cuts a file.

    `duration_s` is the length of the sound before it was resampled, T / `sample_rate_hz` if not
    given; the end of the last window.

    Raises:
        AudioError: the array has another shape or no samples, or a length is impossible.
    """
    if samples.ndim != 1 or not (len(samples) or duration_s):
        raise AudioError(f"windows are cut from samples (T,), T >= 1, but got {samples.shape}")
    cutter = _Cutter(sample_rate_hz, window_s, hop_s, min_s, quantum_s)
    samples = np.asarray(samples, dtype=np.float32)
    duration_s = len(samples) / sample_rate_hz if duration_s is None else duration_s
    return [*cutter.push(samples), *cutter.finish(_NOTHING, duration_s=duration_s)]


class _Cutter:
    """Takes samples as they come and gives windows out as soon as they are complete."""

    def __init__(
        self, rate_hz: int, window_s: float, hop_s: float, min_s: float, quantum_s: float
    ) -> None:
        if rate_hz <= 0 or not (window_s > 0 and hop_s > 0 and min_s >= 0 and quantum_s >= 0):
            raise AudioError(
                "windows need a positive rate, length and hop, but got "
                f"{rate_hz} Hz, {window_s} s, {hop_s} s, {min_s} s, {quantum_s} s"
            )
        self._rate_hz = rate_hz
        self._window = max(1, round(window_s * rate_hz))
        self._hop = max(1, round(hop_s * rate_hz))
        self._least = max(1, round(min_s * rate_hz))
        self._quantum = max(1, round(quantum_s * rate_hz))
        self._buffer = _NOTHING
        self._offset = 0  # of the buffer's first sample in the sound
        self._next = 0  # where the next window starts
        self._total = 0

    def push(self, samples: FloatArray) -> Iterator[tuple[Window, FloatArray]]:
        self._append(samples)
        # A window that ends with the last sample waits: its end is the end of the sound.
        while self._next + self._window < self._total:
            yield self._window_at(self._next, (self._next + self._window) / self._rate_hz)
            self._next += self._hop
        self._forget(min(self._next, self._total - self._window))

    def finish(
        self, samples: FloatArray, *, duration_s: float
    ) -> Iterator[tuple[Window, FloatArray]]:
        yield from self.push(samples)
        tail = max(0, self._total - self._window)
        step = tail - (self._next - self._hop)
        if self._next == 0 or step >= (1 - _MOST_REPEATED) * self._window:
            yield self._window_at(tail, duration_s)

    def _append(self, samples: FloatArray) -> None:
        self._total += len(samples)
        if len(self._buffer) == 0 and self._total == self._offset + len(samples):
            self._buffer = samples
        elif len(samples):
            self._buffer = np.concatenate([self._buffer, samples])

    def _forget(self, position: int) -> None:
        """Drop what lies before `position` in the sound."""
        if position > self._offset:
            self._buffer = self._buffer[position - self._offset :]
            self._offset = position

    def _window_at(self, start: int, end_s: float) -> tuple[Window, FloatArray]:
        first = start - self._offset
        samples = self._buffer[first : first + self._window]
        size = max(self._least, -(-len(samples) // self._quantum) * self._quantum)
        if size > len(samples):
            padded = np.zeros(size, dtype=np.float32)
            padded[: len(samples)] = samples
            samples = padded
        return Window(start / self._rate_hz, end_s), samples
