"""From scores to events, while the scores still come in.

For whole arrays `kikimimi.metrics.detection.decoding` does the same; a test holds both together.

Axes: N frames, K classes, R runs of active frames.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import median_filter

from kikimimi.errors import EncoderError
from kikimimi.types import Event, FloatArray

_SLACK_S = 1e-9


@dataclass(frozen=True, slots=True, eq=False)
class DecodingSettings:
    """How scores become events.

    Args:
        thresholds: (K,) scores above them are active.
        median_frames: (K,) lengths of the median filters that come first, odd; 1 for none.
        min_duration_s: shorter events are dropped, after near ones were joined.
        min_gap_s: events of one class that are less than this apart are joined.

    Raises:
        EncoderError: a value is impossible.
    """

    thresholds: FloatArray
    median_frames: NDArray[np.int64]
    min_duration_s: float = 0.0
    min_gap_s: float = 0.0

    def __post_init__(self) -> None:
        lengths = np.asarray(self.median_frames)
        if np.any(lengths < 1) or np.any(lengths % 2 == 0):
            raise EncoderError("median filters must be an odd number of frames long")
        if not np.isfinite(self.thresholds).all():
            raise EncoderError("a threshold is NaN or infinite; give numbers from 0 to 1")
        if not (self.min_duration_s >= 0 and self.min_gap_s >= 0):
            raise EncoderError("the least duration and gap of events must be 0 s or more")


class EventDecoder:
    """Takes scores as they come and gives events out as soon as they are over.

    The score of an event is the highest filtered score within it. Frame n lies between n and n + 1
    times `frame_hop_s`.

    Args:
        classes: the K labels.
        frame_hop_s: length of a frame.
        settings: how scores become events.
    """

    def __init__(
        self, classes: Sequence[str], *, frame_hop_s: float, settings: DecodingSettings
    ) -> None:
        self._classes = tuple(classes)
        self._hop_s = frame_hop_s
        self._settings = settings
        self._filter = _MedianStream(settings.median_frames)
        self._frame = 0  # the first one that is not decided yet
        self._open: dict[int, _Run] = {}

    def push(self, scores: FloatArray) -> Iterator[Event]:
        """Take the next scores (N, K) and yield the events that are over, by their end."""
        yield from self._take(self._filter.push(scores))

    def finish(self, duration_s: float) -> Iterator[Event]:
        """Yield the events that are left; none goes on beyond `duration_s`."""
        yield from self._take(self._filter.finish())
        for run in self._open.values():
            yield from self._event(run, duration_s)
        self._open.clear()

    def _take(self, filtered: FloatArray) -> Iterator[Event]:
        for run in _runs(filtered, self._settings.thresholds, self._frame):
            before = self._open.get(run.label)
            if before is not None and self._is_near(run.first - before.end):
                run = _Run(run.label, before.first, run.end, max(before.score, run.score))
            elif before is not None:
                yield from self._event(before, np.inf)
            self._open[run.label] = run
        self._frame += len(filtered)
        over = [run for run in self._open.values() if not self._is_near(self._frame - run.end)]
        for run in sorted(over, key=lambda run: run.end):
            del self._open[run.label]
            yield from self._event(run, np.inf)

    def _is_near(self, frames: int) -> bool:
        return frames == 0 or frames * self._hop_s < self._settings.min_gap_s - _SLACK_S

    def _event(self, run: "_Run", last_s: float) -> Iterator[Event]:
        # Rounded to a nanosecond, so that frame 3 of 0.1 s begins at 0.3 s.
        onset_s, offset_s = (round(frame * self._hop_s, 9) for frame in (run.first, run.end))
        offset_s = min(offset_s, last_s)
        if offset_s - onset_s >= max(self._settings.min_duration_s - _SLACK_S, _SLACK_S):
            yield Event(onset_s, offset_s, self._classes[run.label], run.score)


@dataclass(frozen=True, slots=True)
class _Run:
    """Frames from `first` to before `end` in which the class `label` is active."""

    label: int
    first: int
    end: int
    score: float


def _runs(scores: FloatArray, thresholds: FloatArray, frame: int) -> list[_Run]:
    """Runs of active frames in scores (N, K) that begin with frame `frame`, by class and time."""
    count, classes = scores.shape
    if not count:
        return []
    active = np.zeros((classes, count + 1), np.int8)
    active[:, :count] = (scores > thresholds).T
    edges = np.diff(active.ravel(), prepend=0)
    firsts, ends = np.flatnonzero(edges == 1), np.flatnonzero(edges == -1)
    if not len(firsts):
        return []
    padded = np.zeros((classes, count + 1), np.float32)
    padded[:, :count] = scores.T
    bounds = np.stack([firsts, ends], axis=1).ravel()
    highest = np.maximum.reduceat(padded.ravel(), bounds)[::2]
    labels, places = np.divmod(firsts, count + 1)
    return [
        _Run(int(label), frame + int(place), frame + int(place + length), float(score))
        for label, place, length, score in zip(labels, places, ends - firsts, highest, strict=True)
    ]


class _MedianStream:
    """Median filters of different lengths over scores that come in blocks.

    At both ends of the sound the scores are mirrored, as by `scipy.ndimage.median_filter`.
    """

    def __init__(self, lengths: NDArray[np.int64]) -> None:
        self._groups = [
            (int(length), np.flatnonzero(lengths == length))
            for length in np.unique(lengths)
            if length > 1
        ]
        self._half = int(lengths.max()) // 2
        self._held: FloatArray | None = None
        self._given = 0  # of the frames that are held

    def push(self, scores: FloatArray) -> FloatArray:
        if not self._half:
            return scores
        held = scores if self._held is None else np.concatenate([self._held, scores])
        end = max(self._given, len(held) - self._half)
        settled = self._filtered(held)[self._given : end]
        # The filter must still see the true beginning of the sound, or enough before a frame.
        kept = max(0, end - self._half) if len(held) > 2 * self._half else 0
        self._held, self._given = held[kept:].copy(), end - kept
        return settled

    def finish(self) -> FloatArray:
        if self._held is None:
            return np.zeros((0, 1), np.float32)
        return self._filtered(self._held)[self._given :]

    def _filtered(self, scores: FloatArray) -> FloatArray:
        filtered = scores.copy()
        for length, columns in self._groups:
            filtered[:, columns] = median_filter(scores[:, columns], (length, 1), mode="reflect")
        return filtered
