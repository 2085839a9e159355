"""Scores of sounds of any length, in bounded memory.

A sound is heard in windows on a grid that begins with its first sample. Neighbouring windows
overlap, and the scores of the one fade into those of the other, so that no seam shows. Neither the
grid nor the batches depend on the blocks in which the sound arrives: the same sound gives the same
scores however it is read.

Axes: T samples, N frames, K classes, W frames of a window, O frames of an overlap.
"""

from collections.abc import Iterator
from math import ceil

import numpy as np

from kikimimi.encoders.detection.contract import Detector
from kikimimi.errors import EncoderError
from kikimimi.types import FloatArray

_OVERLAP_SHARE = 1 / 8
_WINDOWS_AT_ONCE = 4


class ScoreStream:
    """Takes samples as they come and gives scores out as soon as they are settled.

    Args:
        detector: loaded.
        overlap_s: of neighbouring windows; an eighth of a window if not given.

    Raises:
        EncoderError: the overlap is negative or longer than half a window.
    """

    def __init__(self, detector: Detector, *, overlap_s: float | None = None) -> None:
        card = detector.card
        self._detector = detector
        self._frame = card.frame_samples
        self._window = card.window_frames
        self._overlap = _overlap_frames(detector, overlap_s)
        rise = (np.arange(self._overlap, dtype=np.float32) + 1) / (self._overlap + 1)
        self._rise = rise[:, None]
        self._held = np.zeros(0, np.float32)  # samples from the start of the next window on
        self._waiting: list[FloatArray] = []  # whole windows that were not heard yet
        self._tail: FloatArray | None = None  # (O, K) what the next window fades into

    @property
    def step_frames(self) -> int:
        """Frames from the start of a window to that of the next."""
        return self._window - self._overlap

    def push(self, samples: FloatArray) -> Iterator[FloatArray]:
        """Take the next samples (any,) and yield settled scores (N, K), N varying."""
        size = self._window * self._frame
        step = self.step_frames * self._frame
        held = np.concatenate([self._held, samples]) if len(self._held) else samples
        start = 0
        while len(held) - start >= size:
            self._waiting.append(held[start : start + size])
            start += step
            if len(self._waiting) == _WINDOWS_AT_ONCE:
                yield from self._hear()
        self._held = held[start:].copy()
        self._waiting = [window.copy() for window in self._waiting]

    def finish(self) -> Iterator[FloatArray]:
        """Yield what was held back; the last frame ends with or beyond the last sample."""
        heard_before = bool(self._waiting) or self._tail is not None
        yield from self._hear()
        if len(self._held) > (self._overlap * self._frame if heard_before else 0):
            yield from self._join(self._detector.score_frames(self._held[None]).scores[0])
        if self._tail is not None and len(self._tail):
            yield self._tail
        self._held, self._tail = self._held[:0], None

    def _hear(self) -> Iterator[FloatArray]:
        if not self._waiting:
            return
        scores = self._detector.score_frames(np.stack(self._waiting)).scores
        self._waiting = []
        for window in scores:
            yield from self._join(window)

    def _join(self, scores: FloatArray) -> Iterator[FloatArray]:
        """Fade the scores of a window in, and hold its end back."""
        if self._tail is not None and self._overlap:
            faded = self._tail * (1 - self._rise) + scores[: self._overlap] * self._rise
            scores = np.concatenate([faded, scores[self._overlap :]])
        settled = max(0, len(scores) - self._overlap)
        self._tail = scores[settled:]
        if settled:
            yield scores[:settled]


def score_sound(detector: Detector, samples: FloatArray) -> FloatArray:
    """Scores (N, K) of mono samples (T,) in memory, just as a stream gives them.

    Raises:
        EncoderError: as `Detector.score_frames`.
    """
    stream = ScoreStream(detector)
    array = np.asarray(samples, dtype=np.float32)
    if array.ndim != 1 or not len(array):
        raise EncoderError(f"a detector hears samples (T,), T >= 1, but got shape {array.shape}")
    return np.concatenate([*stream.push(array), *stream.finish()])


def frame_count(detector: Detector, sample_count: int) -> int:
    """How many frames T samples have."""
    return ceil(sample_count / detector.card.frame_samples)


def _overlap_frames(detector: Detector, overlap_s: float | None) -> int:
    window = detector.card.window_frames
    if overlap_s is None:
        return int(window * _OVERLAP_SHARE)
    frames = round(overlap_s / detector.card.frame_hop_s)
    if not 0 <= frames <= window // 2:
        raise EncoderError(
            f"windows of {detector.card.window_s:g} s cannot overlap by {overlap_s:g} s; choose "
            "between nothing and half a window"
        )
    return frames
