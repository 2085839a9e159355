"""From frame scores to events: median filter, threshold, gaps, durations, in this order.

A frame is active if its score is above the threshold (not equal to it, as in sed_scores_eval).
Axis letters: N frames, K classes.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from kikimimi.metrics.detection.frames import FrameMatrix, event_order, runs
from kikimimi.metrics.detection.scores import DetectionScores
from kikimimi.types import Event

PerClass = float | Sequence[float] | Mapping[str, float] | NDArray[Any]
"""One value for all classes, or one for each, in their order or by name."""

_SLACK_S = 1e-9


@dataclass(frozen=True, slots=True)
class Decoding:
    """How scores become events.

    Attributes:
        thresholds: for all classes or for each.
        median_frames: odd lengths of median filters, in frames; 1 leaves the scores as they are.
            The scores are mirrored about the ends of the clip (SciPy's mode `reflect`).
        low_thresholds: hysteresis: an event goes on as long as scores are above this, if one of
            its frames is above the threshold; None switches it off.
        min_gap_s: two events of a class closer than this become one.
        min_duration_s: what is shorter then is dropped.
    """

    thresholds: PerClass = 0.5
    median_frames: PerClass = 1
    low_thresholds: PerClass | None = None
    min_gap_s: float = 0.0
    min_duration_s: float = 0.0


def decode(scores: DetectionScores, decoding: Decoding | None = None) -> tuple[Event, ...]:
    """Events of a clip, sorted by onset, then by offset and label.

    The score of an event is the highest of its filtered scores.

    Raises:
        ValueError: a setting does not fit the classes, or has no sense.
    """
    settings = decoding or Decoding()
    filtered = median_filter(scores, settings.median_frames)
    active = active_frames(filtered, settings)
    onsets, offsets, columns = runs(active)
    events: list[Event] = []
    for column in np.unique(columns):
        mine = columns == column
        spans = _joined(onsets[mine], offsets[mine], scores.timestamps, settings.min_gap_s)
        for first, end in spans:
            start_s, end_s = float(scores.timestamps[first]), float(scores.timestamps[end])
            if end_s - start_s >= settings.min_duration_s - _SLACK_S:
                best = float(filtered.scores[first:end, column].max())
                events.append(Event(start_s, end_s, scores.classes[column], best))
    return tuple(sorted(events, key=event_order))


def decode_all(
    scores_by_file: Mapping[str, DetectionScores], decoding: Decoding | None = None
) -> dict[str, tuple[Event, ...]]:
    """`decode` for each recording.

    Raises:
        ValueError: as `decode`.
    """
    return {filename: decode(scores, decoding) for filename, scores in scores_by_file.items()}


def active_frames(scores: DetectionScores, decoding: Decoding) -> FrameMatrix:
    """Frames (N, K) that are above the threshold, with hysteresis if asked for.

    Raises:
        ValueError: a setting does not fit the classes, or a low threshold is above the threshold.
    """
    high = per_class(decoding.thresholds, scores.classes, name="threshold")
    active = scores.scores > high
    if decoding.low_thresholds is None:
        return active
    low = per_class(decoding.low_thresholds, scores.classes, name="low threshold")
    if (low > high).any():
        worst = scores.classes[int(np.argmax(low > high))]
        raise ValueError(f"the low threshold of '{worst}' is above its threshold")
    wide = scores.scores > low
    kept = np.zeros_like(wide)
    for first, end, column in zip(*runs(wide), strict=True):
        kept[first:end, column] = active[first:end, column].any()
    return kept


def median_filter(scores: DetectionScores, median_frames: PerClass) -> DetectionScores:
    """Scores with a running median over time, of its own length for each class.

    Raises:
        ValueError: a length is not an odd number of frames.
    """
    from scipy.ndimage import median_filter as running_median

    lengths = per_class(median_frames, scores.classes, name="median filter")
    for name, length in zip(scores.classes, lengths, strict=True):
        if length < 1 or length % 2 != 1:
            raise ValueError(
                f"the median filter of '{name}' is an odd number of frames, not {length:g}"
            )
    filtered = scores.scores.copy()
    if len(filtered):
        for length in np.unique(lengths[lengths > 1]):
            columns = np.flatnonzero(lengths == length)
            filtered[:, columns] = running_median(
                scores.scores[:, columns], size=(int(length), 1), mode="reflect"
            )
    return scores.with_scores(filtered)


def per_class(values: PerClass, classes: Sequence[str], *, name: str) -> NDArray[np.float64]:
    """One value for each class (K,), from one for all, a list in their order, or a mapping.

    Raises:
        ValueError: there are too few or too many values, or one is NaN.
    """
    if isinstance(values, Mapping):
        missing = [each for each in classes if each not in values]
        if missing:
            raise ValueError(f"there is no {name} for '{missing[0]}'")
        values = [values[each] for each in classes]
    row = np.asarray(values, dtype=np.float64)
    if row.ndim == 0:
        row = np.full(len(classes), float(row))
    if row.shape != (len(classes),):
        raise ValueError(f"{row.size} values of the {name} for {len(classes)} classes")
    if np.isnan(row).any():
        raise ValueError(f"the {name} of '{classes[int(np.argmax(np.isnan(row)))]}' is NaN")
    return row


def _joined(
    onsets: NDArray[np.int64],
    offsets: NDArray[np.int64],
    timestamps: NDArray[np.float64],
    min_gap_s: float,
) -> list[tuple[int, int]]:
    """Runs of one class, those with shorter gaps than asked between them joined."""
    if not (math.isfinite(min_gap_s) and min_gap_s >= 0):
        raise ValueError(f"a gap is 0 or more seconds, not {min_gap_s}")
    gaps = timestamps[onsets[1:]] - timestamps[offsets[:-1]]
    parted = gaps >= min_gap_s - _SLACK_S
    firsts = onsets[np.concatenate([[True], parted])]
    ends = offsets[np.concatenate([parted, [True]])]
    return [(int(first), int(end)) for first, end in zip(firsts, ends, strict=True)]
