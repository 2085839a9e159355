"""Segment-based figures: each segment of a recording and class is one decision.

The definitions are those of sed_eval (Mesaros, Heittola & Virtanen, "Metrics for Polyphonic Sound
Event Detection", Applied Sciences 2016, section 3.1), and so is the rounding: an event makes every
segment active that it touches, its times divided by the length of a segment in double precision.
Axis letters: N segments, K classes.
"""

import math
from collections.abc import Mapping, Sequence

import numpy as np

from kikimimi.metrics.detection.checks import EventsByFile, check_classes, check_files
from kikimimi.metrics.detection.figures import DetectionFigures
from kikimimi.metrics.detection.frame_based import frame_based_figures
from kikimimi.metrics.detection.frames import FrameMatrix
from kikimimi.types import Event


def segment_based_figures(
    reference: EventsByFile,
    estimated: EventsByFile,
    classes: Sequence[str],
    *,
    segment_s: float = 1.0,
    durations_s: Mapping[str, float] | None = None,
) -> DetectionFigures:
    """F and error rate over segments.

    Recordings that are missing in `estimated` count as ones in which nothing was found.

    Args:
        reference: events of each recording.
        estimated: events that were found.
        classes: K names.
        segment_s: length of a segment in seconds.
        durations_s: length of each recording. Without it, a recording ends with the last event of
            either list; that changes no figure of this module, since segments without any event
            count nothing. With it, what lies behind the end is cut off.

    Raises:
        ValueError: a recording is not in the reference or has no duration, an event cannot be
            evaluated, or the segment's length is not positive.
    """
    columns = check_classes(classes)
    check_files(reference, estimated, columns)
    if not (math.isfinite(segment_s) and segment_s > 0):
        raise ValueError(f"a segment is a positive number of seconds, not {segment_s}")
    truths, founds = [], []
    for filename, truth in reference.items():
        found = estimated.get(filename, ())
        count = _segment_count(filename, (*truth, *found), segment_s, durations_s)
        truths.append(_segments(truth, columns, count, segment_s))
        founds.append(_segments(found, columns, count, segment_s))
    return frame_based_figures(truths, founds, classes)


def _segments(
    events: Sequence[Event], columns: Mapping[str, int], count: int, segment_s: float
) -> FrameMatrix:
    active = np.zeros((count, len(columns)), dtype=bool)
    for event in events:
        first = math.floor(event.onset_s / segment_s)
        end = math.ceil(event.offset_s / segment_s)
        active[first:end, columns[event.event_label]] = True
    return active


def _segment_count(
    filename: str,
    events: Sequence[Event],
    segment_s: float,
    durations_s: Mapping[str, float] | None,
) -> int:
    if durations_s is None:
        end_s = max((event.offset_s for event in events), default=0.0)
    elif filename in durations_s:
        end_s = durations_s[filename]
    else:
        raise ValueError(f"recording '{filename}' has no duration")
    return math.ceil(end_s / segment_s)
