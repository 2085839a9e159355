"""Recordings of any length as pieces of one length, with their labels.

Axes: S segments, N frames, K classes.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from kikimimi.audio.probing import probe
from kikimimi.datasets.event_records import EventClip
from kikimimi.errors import DatasetError
from kikimimi.metrics.detection.frames import Rounding, frame_matrix
from kikimimi.names import suggestion
from kikimimi.paths import display_path
from kikimimi.types import Event

_SLACK_S = 1e-3


@dataclass(frozen=True, slots=True)
class Segment:
    """A piece of a clip: from `start_s`, `duration_s` long (the last one may be shorter)."""

    clip: EventClip
    start_s: float
    duration_s: float

    @property
    def events(self) -> tuple[Event, ...] | None:
        """Strong labels of the piece, in its own time; None if the clip has none."""
        if self.clip.events is None:
            return None
        return tuple(self._moved(self.clip.events))

    @property
    def labels(self) -> tuple[str, ...] | None:
        """Classes that sound in the piece; None if that is not known."""
        if self.events is not None:
            return tuple(sorted({event.event_label for event in self.events}))
        return self.clip.labels

    def _moved(self, events: Iterable[Event]) -> Iterable[Event]:
        for event in events:
            onset = max(event.onset_s - self.start_s, 0.0)
            offset = min(event.offset_s - self.start_s, self.duration_s)
            if offset > onset:
                yield replace(event, onset_s=onset, offset_s=offset)


def segments_of(clips: Iterable[EventClip], *, clip_s: float) -> tuple[Segment, ...]:
    """Cut clips into consecutive pieces of `clip_s`, in their order.

    A clip that is longer but has weak labels only is one piece, its beginning: the classes of the
    whole need not sound in each part. Lengths that the data set does not tell are read from the
    headers.

    Raises:
        AudioError: a header cannot be read.
    """
    return tuple(piece for clip in clips for piece in _pieces(clip, clip_s))


def _pieces(clip: EventClip, clip_s: float) -> Iterable[Segment]:
    duration_s = probe(clip.path).duration_s if clip.duration_s is None else clip.duration_s
    weak = clip.events is None and clip.labels is not None
    count = 1 if weak else max(1, int(np.ceil((duration_s - _SLACK_S) / clip_s)))
    for number in range(count):
        start_s = number * clip_s
        yield Segment(clip, start_s, min(clip_s, duration_s - start_s))


def strong_targets(
    segments: Sequence[Segment], classes: Sequence[str], *, frames: int, hop_s: float
) -> NDArray[np.bool_]:
    """(S, N, K): a frame is active where its centre lies in an event; all false if unknown.

    Raises:
        DatasetError: an event is of none of the classes, or its times are impossible.
    """
    targets = np.zeros((len(segments), frames, len(classes)), dtype=bool)
    for row, segment in zip(targets, segments, strict=True):
        events = segment.events or ()
        _check_labels(segment, [event.event_label for event in events], classes)
        row[:] = frame_matrix(
            events, classes, frame_count=frames, hop_s=hop_s, rounding=Rounding.centre
        )
    return targets


def weak_targets(segments: Sequence[Segment], classes: Sequence[str]) -> NDArray[np.float32]:
    """(S, K): 1 for classes that sound in the piece.

    Raises:
        DatasetError: a label is none of the classes.
    """
    targets = np.zeros((len(segments), len(classes)), np.float32)
    for row, segment in zip(targets, segments, strict=True):
        labels = segment.labels or ()
        _check_labels(segment, labels, classes)
        row[[classes.index(label) for label in labels]] = 1
    return targets


def _check_labels(segment: Segment, labels: Iterable[str], classes: Sequence[str]) -> None:
    for label in labels:
        if label not in classes:
            raise DatasetError(
                f"{display_path(segment.clip.path)}: '{label}' is none of the {len(classes)} "
                f"classes that are trained; {suggestion(label, classes)}"
            )
