"""Intersection-based counts of each class at every threshold.

Axis letters: N frames, K classes, G events of a class.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from kikimimi.metrics.detection.checks import EventsByFile, check_scores
from kikimimi.metrics.detection.components import components
from kikimimi.metrics.detection.intersection_based import (
    Criteria,
    Spans,
    is_enough,
    joined_spans,
    overlaps,
)
from kikimimi.metrics.detection.operating_points import Changes, OperatingPoints
from kikimimi.metrics.detection.scores import DetectionScores


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
        clip = _Clip(scores, truth[filename], shares, weights)
        for column, name in enumerate(classes):
            clip.add_to(changes[name], column)
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
        self,
        scores: DetectionScores,
        truth: Mapping[str, Spans],
        criteria: Criteria,
        weights: Mapping[str, Mapping[str, float]],
    ) -> None:
        self._tree = components(scores.scores)
        self._starts = scores.timestamps[self._tree.first]
        self._ends = scores.timestamps[self._tree.end]
        self._truth = truth
        self._classes = scores.classes
        self._criteria = criteria
        shared = {label: self._shared(spans, scores) for label, spans in truth.items()}
        self._relevant = np.zeros(self._tree.levels.shape, dtype=bool)
        lengths = self._ends - self._starts
        for column, label in enumerate(scores.classes):
            if label in truth:
                enough = is_enough(shared[label][:, column], criteria.dtc, lengths[:, column])
                self._relevant[:, column] = enough
        wrong = self._tree.changes(~self._relevant)
        crossed = self._tree.changes(self._cross_rates(shared, lengths, weights))
        self._amounts = np.stack([np.zeros(wrong.shape), wrong, crossed], axis=2)

    def add_to(self, changes: Changes, column: int) -> None:
        """Add true positives, false positives and cross-triggers of a class."""
        changes.add(self._tree.levels[:, column], self._amounts[:, column])
        spans = self._truth.get(self._classes[column])
        if spans is not None and self._relevant[:, column].any():
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

    def _cross_rates(
        self,
        shared: Mapping[str, NDArray[np.float64]],
        lengths: NDArray[np.float64],
        weights: Mapping[str, Mapping[str, float]],
    ) -> NDArray[np.float64]:
        """What each run adds to the rate of cross-triggers of its class (N, K)."""
        rates = np.zeros(lengths.shape)
        if weights:
            for label, seconds in shared.items():
                row = np.array([weights[name].get(label, 0.0) for name in self._classes])
                rates += row * is_enough(seconds, self._criteria.cttc, lengths)
            rates[self._relevant] = 0
        return rates

    def _shared(self, spans: Spans, scores: DetectionScores) -> NDArray[np.float64]:
        """Seconds of each run that lie in the events of a label (N, K)."""
        passed = np.clip(scores.timestamps[:, None], spans[0], spans[1]) - spans[0]
        within = passed.sum(axis=1)  # (N + 1,): seconds of events before each boundary
        return within[self._tree.end] - within[self._tree.first]
