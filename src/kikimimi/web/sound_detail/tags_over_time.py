"""Which tags are heard when.

Axes: N frames, P points in time, K classes.
"""

from math import ceil
from pathlib import Path

import numpy as np

from kikimimi.audio.sources import open_source
from kikimimi.encoders.detection.contract import Detector
from kikimimi.encoders.detection.file_events import HeardSource
from kikimimi.encoders.detection.labels import event_name, event_tag
from kikimimi.types import FloatArray
from kikimimi.web.payloads.sound_detail import TagOverTimeAnswer, TagsOverTimeAnswer

_MOST_TIMES = 120
_LEAST_SCORE = 0.1


def tags_over_time(
    path: Path, detector: Detector, *, duration_s: float, top: int
) -> TagsOverTimeAnswer:
    """Scores of the `top` events that are heard best, at about 120 points in time at most: of each
    stretch the highest score within it.

    Raises:
        AudioError: the file cannot be decoded.
    """
    hop_s = detector.card.frame_hop_s
    frames_each = max(1, ceil(duration_s / hop_s / _MOST_TIMES))
    highest = _Highest(frames_each)
    with open_source(path) as source:
        for scores in HeardSource(source, detector):
            highest.add(scores)
    points = highest.points()
    span_s = frames_each * hop_s
    tags = [
        TagOverTimeAnswer(
            name=event_tag(detector.card.classes[column]),
            label_en=event_name(detector.card.classes[column], "en"),
            label_ja=event_name(detector.card.classes[column], "ja"),
            scores=[round(float(score), 4) for score in points[:, column]],
        )
        for column in _best(points)[:top]
    ]
    times_s = [round((n + 0.5) * span_s, 4) for n in range(len(points))]
    return TagsOverTimeAnswer(times_s=times_s, span_s=span_s, tags=tags)


class _Highest:
    """The highest scores of every so many frames, which come some at a time."""

    def __init__(self, frames_each: int) -> None:
        self._each = frames_each
        self._rows: list[FloatArray] = []
        self._frame = 0

    def add(self, scores: FloatArray) -> None:
        """Take the next scores (N, K)."""
        starts = np.arange(-self._frame % self._each, len(scores), self._each)
        if self._frame % self._each:
            first = scores[: starts[0] if len(starts) else len(scores)].max(axis=0)
            self._rows[-1] = np.maximum(self._rows[-1], first)
        if len(starts):
            self._rows.extend(np.maximum.reduceat(scores, starts, axis=0))
        self._frame += len(scores)

    def points(self) -> FloatArray:
        """What was found, (P, K)."""
        return np.stack(self._rows)


def _best(points: FloatArray) -> list[int]:
    """Numbers of the classes that are heard at all, the best first."""
    highest = points.max(axis=0)
    order = np.argsort(-highest, kind="stable")
    return [int(column) for column in order if highest[column] >= _LEAST_SCORE]
