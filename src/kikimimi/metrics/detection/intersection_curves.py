"""Intersection-based counts of each class at every threshold.

Axis letters: N frames, K classes, G events of a class.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from kikimimi.metrics.detection.checks import EventsByFile, check_scores
from kikimimi.metrics.detection.components import Components, components
from kikimimi.metrics.detection.intersection_based import (
    Criteria,
    Spans,
    is_enough,
    joined_spans,
    overlaps,
)
from kikimimi.metrics.detection.operating_points import Changes, OperatingPoints
from kikimimi.metrics.detection.scores import DetectionScores

_NONE: Spans = (np.zeros(0), np.zeros(0))


@dataclass(frozen=True, slots=True, eq=False)
class IntersectionPoints:
    """The points of a class, with a rate of cross-triggers.

    Attributes:
        points: events found and detections that fail the DTC.
        cross_rate: mean over the other classes of the cross-triggers per second of their events
            (P,).
    """

    points: OperatingPoints
    cross_rate: NDArray[np.float64]


def intersection_operating_points(
    scores_by_file: Mapping[str, DetectionScores],
    reference: EventsByFile,
    *,
    criteria: Criteria | None = None,
    cross_triggers: bool = False,
) -> dict[str, IntersectionPoints]:
    """Counts by intersection; cross-triggers only if asked for.

    Raises:
        ValueError: scores and reference are not of the same recordings and classes, or an event
            cannot be evaluated.
    """
    classes = check_scores(scores_by_file, reference)
    shares = criteria or Criteria()
    truth = {filename: joined_spans(reference[filename]) for filename in scores_by_file}
    weights = cross_weights(truth, classes) if cross_triggers else {}
    changes = {name: Changes() for name in classes}
    for filename, scores in scores_by_file.items():
        clip = _Clip(scores, truth[filename], shares)
        for column, name in enumerate(classes):
            clip.add_to(changes[name], column, weights.get(name, {}))
    counts = reference_counts(truth, classes)
    found = {}
    for name in classes:
        levels, totals = changes[name].curves(3)
        points = OperatingPoints(levels, totals[:, 0], totals[:, 1], counts[name])
        found[name] = IntersectionPoints(points, totals[:, 2])
    return found


def reference_counts(
    truth: Mapping[str, Mapping[str, Spans]], classes: tuple[str, ...]
) -> dict[str, int]:
    """How many joined events there are of each class."""
    return {
        name: sum(len(spans[name][0]) for spans in truth.values() if name in spans)
        for name in classes
    }


def cross_weights(
    truth: Mapping[str, Mapping[str, Spans]], classes: tuple[str, ...]
) -> dict[str, dict[str, float]]:
    """What a cross-trigger of each class by each other class adds to the rate of the former.

    It is one over the seconds of the other class in the reference, and over the number of other
    classes that the reference has.
    """
    seconds = dict.fromkeys(classes, 0.0)
    for spans_of_file in truth.values():
        for label, (onsets, offsets) in spans_of_file.items():
            seconds[label] += float((offsets - onsets).sum())
    present = [name for name in classes if seconds[name] > 0]
    return {
        name: {
            other: 1 / seconds[other] / len([each for each in present if each != name])
            for other in present
            if other != name
        }
        for name in classes
    }


class _Clip:
    """One recording: its runs, and what of them lies in which events."""

    def __init__(
        self, scores: DetectionScores, truth: Mapping[str, Spans], criteria: Criteria
    ) -> None:
        self._tree = components(scores.scores)
        self._times = scores.timestamps
        self._truth = truth
        self._criteria = criteria
        self._within = {label: self._time_within(spans) for label, spans in truth.items()}
        starts, ends = scores.timestamps[self._tree.first], scores.timestamps[self._tree.end]
        self._starts, self._ends = starts, ends
        self._relevant = np.zeros(self._tree.levels.shape, dtype=bool)
        for column, label in enumerate(scores.classes):
            if label in truth:
                shared = self._shared(label, column)
                lengths = (ends - starts)[:, column]
                self._relevant[:, column] = is_enough(shared, criteria.dtc, lengths)
        self._wrong = self._tree.changes(~self._relevant)
        self._classes = scores.classes

    def add_to(self, changes: Changes, column: int, weights: Mapping[str, float]) -> None:
        """Add true positives, false positives and cross-triggers of a class."""
        levels = self._tree.levels[:, column]
        wrong = self._wrong[:, column].astype(np.float64)
        crossed = self._crossed(column, weights)
        changes.add(levels, np.stack([np.zeros_like(wrong), wrong, crossed], axis=1))
        spans = self._truth.get(self._classes[column], _NONE)
        if len(spans[0]) and self._relevant[:, column].any():
            self._add_found(changes, column, spans)

    def _add_found(self, changes: Changes, column: int, spans: Spans) -> None:
        tree = self._tree
        frames = np.flatnonzero(tree.counts[:, column] & self._relevant[:, column])
        shared = overlaps((self._starts[frames, column], self._ends[frames, column]), spans)
        parents = tree.parent[frames, column]
        dies = parents >= 0
        levels = tree.levels[:, column]
        at = np.concatenate([levels[frames], levels[parents[dies]]]).astype(np.float64)
        amounts = np.concatenate([shared, -shared[dies]])
        falling, place = np.unique(-at, return_inverse=True)
        steps = np.zeros((len(falling), shared.shape[1]))
        np.add.at(steps, place, amounts)
        covered = is_enough(np.cumsum(steps, axis=0), self._criteria.gtc, spans[1] - spans[0])
        gained = np.diff(covered.sum(axis=1), prepend=0)
        nothing = np.zeros_like(gained)
        changes.add(-falling, np.stack([gained, nothing, nothing], axis=1))

    def _crossed(self, column: int, weights: Mapping[str, float]) -> NDArray[np.float64]:
        """Changes of the rate of cross-triggers at each frame's level (N,)."""
        total = np.zeros(self._tree.levels.shape[0])
        others = [label for label in self._truth if label in weights]
        if not others:
            return total
        wrong = ~self._relevant[:, column]
        lengths = (self._ends - self._starts)[:, column]
        for label in others:
            enough = is_enough(self._shared(label, column), self._criteria.cttc, lengths)
            total += weights[label] * (enough & wrong)
        return self._column_changes(column, total)

    def _column_changes(self, column: int, weights: NDArray[np.float64]) -> NDArray[np.float64]:
        tree = self._tree
        one = slice(column, column + 1)
        part = Components(
            tree.levels[:, one],
            tree.first[:, one],
            tree.end[:, one],
            tree.parent[:, one],
            tree.counts[:, one],
        )
        return part.changes(weights[:, None])[:, 0]

    def _shared(self, label: str, column: int) -> NDArray[np.float64]:
        """Seconds of each run of a class that lie in the events of a label (N,)."""
        within = self._within[label]
        return within[self._tree.end[:, column]] - within[self._tree.first[:, column]]

    def _time_within(self, spans: Spans) -> NDArray[np.float64]:
        """Seconds of events before each boundary of frames (N + 1,)."""
        passed = np.clip(self._times[:, None], spans[0], spans[1]) - spans[0]
        return passed.sum(axis=1)
