"""Events as frame matrices (N, K), and back.

Frame n stands for the time from n * hop to (n + 1) * hop seconds. Axis letters: N frames,
K classes.
"""

import math
from collections.abc import Sequence
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

from kikimimi.metrics.detection.checks import check_classes, check_event
from kikimimi.types import Event

FrameMatrix = NDArray[np.bool_]

SLACK = 1e-6
"""Of a frame: times that are on the grid only up to rounding count as on the grid."""


class Rounding(StrEnum):
    """Which frames an event makes active."""

    overlap = "overlap"
    """Every frame that it touches, as sed_eval has it: onset rounded down, offset up."""
    centre = "centre"
    """Frames whose centre lies in [onset, offset), so that lengths are right on average; an event
    that holds no centre gets the frame of its own middle."""


def count_frames(duration_s: float, hop_s: float) -> int:
    """Number of frames that a clip fills, the last one perhaps in part.

    Raises:
        ValueError: the duration is negative or not finite, or the hop is not positive.
    """
    if not (math.isfinite(duration_s) and duration_s >= 0):
        raise ValueError(f"a duration is 0 or more seconds, not {duration_s}")
    _check_hop(hop_s)
    return math.ceil(duration_s / hop_s - SLACK)


def frame_matrix(
    events: Sequence[Event],
    classes: Sequence[str],
    *,
    frame_count: int,
    hop_s: float,
    rounding: Rounding | str = Rounding.overlap,
) -> FrameMatrix:
    """Which classes are active in which frames: (N, K).

    Events of one class may overlap; what lies behind the last frame is cut off. The order of the
    events does not matter.

    Args:
        events: of one clip, in any order.
        classes: K names, the columns.
        frame_count: N.
        hop_s: length of a frame in seconds.
        rounding: "overlap" or "centre", see `Rounding`.

    Raises:
        ValueError: an event is of none of the classes, does not end after it begins, begins before
            0 or has times that are not finite; or a class is named twice.
    """
    columns = check_classes(classes)
    _check_hop(hop_s)
    rule = Rounding(rounding)
    active = np.zeros((frame_count, len(classes)), dtype=bool)
    for event in events:
        check_event(event, columns)
        first, end = _span(event, hop_s, rule)
        active[first:end, columns[event.event_label]] = True
    return active


def frame_matrix_at(
    events: Sequence[Event], classes: Sequence[str], timestamps: NDArray[np.float64]
) -> FrameMatrix:
    """`frame_matrix` for frames of any length, by their boundaries (N + 1,): (N, K).

    A frame is active if an event touches it.

    Raises:
        ValueError: as `frame_matrix`.
    """
    columns = check_classes(classes)
    active = np.zeros((len(timestamps) - 1, len(classes)), dtype=bool)
    slack = SLACK * float(np.diff(timestamps).min(initial=np.inf)) if len(active) else 0.0
    for event in events:
        check_event(event, columns)
        first = int(np.searchsorted(timestamps, event.onset_s + slack, side="right")) - 1
        end = int(np.searchsorted(timestamps, event.offset_s - slack, side="left"))
        active[max(first, 0) : max(end, first + 1, 0), columns[event.event_label]] = True
    return active


def matrix_events(
    active: FrameMatrix, classes: Sequence[str], *, hop_s: float
) -> tuple[Event, ...]:
    """Runs of active frames (N, K) as events, sorted by onset, then by offset and label.

    Raises:
        ValueError: the matrix is not of the shape (N, K), or a class is named twice.
    """
    _check_hop(hop_s)
    check_classes(classes)
    onsets, offsets, columns = runs(active)
    if active.shape[1] != len(classes):
        raise ValueError(f"a matrix of {active.shape[1]} columns, but {len(classes)} classes")
    events = (
        Event(float(onset * hop_s), float(offset * hop_s), classes[column])
        for onset, offset, column in zip(onsets, offsets, columns, strict=True)
    )
    return tuple(sorted(events, key=event_order))


def runs(
    active: FrameMatrix,
) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]]:
    """First frames, ends (exclusive) and columns of the runs of a matrix (N, K), by column.

    Raises:
        ValueError: the matrix is not of the shape (N, K).
    """
    matrix = np.asarray(active, dtype=bool)
    if matrix.ndim != 2:
        raise ValueError(f"a frame matrix has the shape (N, K), not {matrix.shape}")
    padded = np.zeros((matrix.shape[1], matrix.shape[0] + 2), dtype=np.int8)
    padded[:, 1:-1] = matrix.T
    steps = np.diff(padded, axis=1)
    columns, onsets = np.nonzero(steps == 1)
    _, offsets = np.nonzero(steps == -1)
    return onsets, offsets, columns


def event_order(event: Event) -> tuple[float, float, str]:
    """Sorts events by onset, then by offset and label."""
    return event.onset_s, event.offset_s, event.event_label


def _span(event: Event, hop_s: float, rule: Rounding) -> tuple[int, int]:
    onset, offset = event.onset_s / hop_s, event.offset_s / hop_s
    if rule is Rounding.overlap:
        first = math.floor(onset + SLACK)
        return first, max(math.ceil(offset - SLACK), first + 1)
    first, end = math.ceil(onset - 0.5 - SLACK), math.ceil(offset - 0.5 - SLACK)
    if end <= first:
        first = math.floor((onset + offset) / 2)
        end = first + 1
    return first, end


def _check_hop(hop_s: float) -> None:
    if not (math.isfinite(hop_s) and hop_s > 0):
        raise ValueError(f"a hop is a positive number of seconds, not {hop_s}")
