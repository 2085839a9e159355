"""Thresholds and median filters of each class, chosen on validation scores.

The choice is exact: for each filter, the counts at every threshold that makes a difference are
known, and the threshold lies halfway between two scores. Whatever is chosen so must be judged on
other recordings than these.
"""

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from kikimimi.metrics.detection.checks import EventsByFile
from kikimimi.metrics.detection.decoding import Decoding, median_filter
from kikimimi.metrics.detection.event_curves import event_operating_points
from kikimimi.metrics.detection.frame_curves import (
    frame_operating_points,
    segment_operating_points,
)
from kikimimi.metrics.detection.intersection_curves import intersection_operating_points
from kikimimi.metrics.detection.operating_points import OperatingPoints
from kikimimi.metrics.detection.scores import DetectionScores
from kikimimi.names import suggestion

PointsOfClasses = dict[str, OperatingPoints]
Criterion = Callable[[Mapping[str, DetectionScores], EventsByFile], PointsOfClasses]


def _intersection_points(
    scores_by_file: Mapping[str, DetectionScores], reference: EventsByFile
) -> PointsOfClasses:
    found = intersection_operating_points(scores_by_file, reference)
    return {name: each.points for name, each in found.items()}


CRITERIA: dict[str, Criterion] = {
    "frame": frame_operating_points,
    "segment": segment_operating_points,
    "event": event_operating_points,
    "intersection": _intersection_points,
}
"""By which F the choice may be made: over frames, segments of 1 s, events with a collar of 0.2 s
(half of the length for offsets), or by intersection (DTC and GTC 0.5)."""


@dataclass(frozen=True, slots=True)
class TunedClass:
    """What was chosen for a class, and the F that it had on the validation scores.

    F is NaN where the validation recordings do not have the class, and nothing could be chosen.
    """

    event_label: str
    threshold: float
    median_frames: int
    f1: float


@dataclass(frozen=True, slots=True)
class Tuning:
    """What was chosen for all classes."""

    criterion: str
    classes: tuple[TunedClass, ...]

    @property
    def macro_f1(self) -> float:
        """Mean F on the validation scores, of the classes that they have."""
        known = [each.f1 for each in self.classes if not math.isnan(each.f1)]
        return sum(known) / len(known) if known else math.nan

    @property
    def classes_without_reference(self) -> tuple[str, ...]:
        """Classes for which nothing could be chosen."""
        return tuple(each.event_label for each in self.classes if math.isnan(each.f1))

    def decoding(self) -> Decoding:
        """The choice, to decode other recordings with."""
        return Decoding(
            thresholds={each.event_label: each.threshold for each in self.classes},
            median_frames={each.event_label: each.median_frames for each in self.classes},
        )


def tune(
    scores_by_file: Mapping[str, DetectionScores],
    reference: EventsByFile,
    *,
    criterion: str = "event",
    median_frames: Sequence[int] = (1,),
    fallback_threshold: float = 0.5,
) -> Tuning:
    """Choose the filter and the threshold with the highest F, for each class of its own.

    Of equally good choices the shortest filter and then the highest threshold is taken.

    Args:
        scores_by_file: scores of validation recordings, not filtered yet.
        reference: events of the same recordings.
        criterion: "frame", "segment", "event" or "intersection", see `CRITERIA`.
        median_frames: odd lengths of the filters to choose from, in frames.
        fallback_threshold: for classes that the reference does not have; they get the shortest
            filter.

    Raises:
        ValueError: the criterion is unknown, there is no length to choose from or an even one, or
            scores and reference do not fit together.
    """
    if criterion not in CRITERIA:
        raise ValueError(f"there is no criterion '{criterion}'; {suggestion(criterion, CRITERIA)}")
    if not median_frames:
        raise ValueError("name at least one length of a median filter, such as 1")
    lengths = sorted(set(median_frames))
    best: dict[str, TunedClass] = {}
    for length in lengths:
        filtered = {name: median_filter(each, length) for name, each in scores_by_file.items()}
        for name, points in CRITERIA[criterion](filtered, reference).items():
            chosen = _choice(name, points, length, fallback_threshold)
            if name not in best or chosen.f1 > best[name].f1:
                best[name] = chosen
    return Tuning(criterion, tuple(best.values()))


def _choice(name: str, points: OperatingPoints, length: int, fallback: float) -> TunedClass:
    if not points.reference_count:
        return TunedClass(name, fallback, length, math.nan)
    threshold, f1 = points.best()
    return TunedClass(name, threshold, length, f1)
