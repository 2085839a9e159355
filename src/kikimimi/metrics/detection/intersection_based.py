"""Intersection-based figures: how much of a detection, and of an event, is right.

Bilen, Ferroni, Tuveri, Azcarreta & Krstulovic, "A Framework for the Robust Evaluation of Sound
Event Detection", ICASSP 2020: a detection counts if enough of it lies in events of its class
(detection tolerance criterion, DTC); an event is found if enough of it is covered by such
detections (ground truth intersection criterion, GTC); another detection is a false positive, and
a cross-trigger of each class whose events hold enough of it (CTTC).

Events of one class that overlap or touch are joined first: what a list of scores can give never
overlaps, and no sound is to count twice. Lengths are compared at a precision of a microsecond, as
sed_scores_eval does. Axis letters: E detections, G events, K classes.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from kikimimi.metrics.detection.checks import EventsByFile, check_classes, check_files
from kikimimi.metrics.detection.figures import ClassAverages, ClassFigures
from kikimimi.types import Event

Spans = tuple[NDArray[np.float64], NDArray[np.float64]]
"""Onsets and offsets in seconds, in order, apart from each other."""

_DECIMALS = 6


@dataclass(frozen=True, slots=True)
class Criteria:
    """Shares that are enough: of a detection (`dtc`), of an event (`gtc`), for a cross-trigger."""

    dtc: float = 0.5
    gtc: float = 0.5
    cttc: float = 0.3

    def __post_init__(self) -> None:
        """Check the values.

        Raises:
            ValueError: a share is not above 0 and at most 1.
        """
        for name in ("dtc", "gtc", "cttc"):
            if not 0 < getattr(self, name) <= 1:
                raise ValueError(f"{name} is a share above 0 up to 1, not {getattr(self, name)}")


@dataclass(frozen=True, slots=True)
class IntersectionFigures(ClassAverages):
    """True positives are events found, false positives detections that fail the DTC.

    `cross_triggers[a][b]` counts detections of class a that are sounds of class b.
    """

    cross_triggers: tuple[tuple[int, ...], ...]


def intersection_based_figures(
    reference: EventsByFile,
    estimated: EventsByFile,
    classes: Sequence[str],
    *,
    criteria: Criteria | None = None,
) -> IntersectionFigures:
    """F and cross-triggers by intersection. The default criteria are those of the DESED baseline.

    Raises:
        ValueError: a recording is not in the reference, or an event cannot be evaluated.
    """
    columns = check_classes(classes)
    check_files(reference, estimated, columns)
    shares = criteria or Criteria()
    counts = np.zeros((len(classes), 3), dtype=np.int64)  # reference, true, false positives
    crosses = np.zeros((len(classes), len(classes)), dtype=np.int64)
    for filename, events in reference.items():
        truth = joined_spans(events)
        for label, found in joined_spans(estimated.get(filename, ())).items():
            right, wrong, triggered = _count(found, label, truth, shares)
            counts[columns[label], 1:] += (right, wrong)
            for other, count in triggered.items():
                crosses[columns[label], columns[other]] += count
        for label, (onsets, _) in truth.items():
            counts[columns[label], 0] += len(onsets)
    return IntersectionFigures(
        tuple(ClassFigures(name, *row) for name, row in zip(classes, counts.tolist(), strict=True)),
        cross_triggers=tuple(tuple(row) for row in crosses.tolist()),
    )


def joined_spans(events: Sequence[Event]) -> dict[str, Spans]:
    """Times of the events of each label, in order, those that overlap or touch joined."""
    by_label: dict[str, list[tuple[float, float]]] = {}
    for event in events:
        by_label.setdefault(event.event_label, []).append((event.onset_s, event.offset_s))
    return {label: _join(sorted(spans)) for label, spans in by_label.items()}


def overlaps(first: Spans, second: Spans) -> NDArray[np.float64]:
    """Seconds that each of E spans shares with each of G: (E, G)."""
    begins = np.maximum(first[0][:, None], second[0])
    return np.maximum(np.minimum(first[1][:, None], second[1]) - begins, 0.0)


def is_enough(
    seconds: NDArray[np.float64], share: float, whole_s: NDArray[np.float64]
) -> NDArray[np.bool_]:
    """Whether `seconds` are at least a share of `whole_s`, up to a microsecond."""
    return np.round(seconds, _DECIMALS) >= np.round(share * whole_s, _DECIMALS)


def _join(spans: Sequence[tuple[float, float]]) -> Spans:
    joined: list[list[float]] = []
    for onset, offset in spans:
        if joined and onset <= joined[-1][1]:
            joined[-1][1] = max(joined[-1][1], offset)
        else:
            joined.append([onset, offset])
    times = np.array(joined, dtype=np.float64)
    return times[:, 0], times[:, 1]


def _count(
    found: Spans, label: str, truth: dict[str, Spans], shares: Criteria
) -> tuple[int, int, dict[str, int]]:
    """Events found, detections that are wrong, and cross-triggers of other classes."""
    none: Spans = (np.zeros(0), np.zeros(0))
    events = truth.get(label, none)
    lengths = found[1] - found[0]
    shared = overlaps(found, events)  # (E, G)
    relevant = is_enough(shared.sum(axis=1), shares.dtc, lengths)
    covered = is_enough(shared[relevant].sum(axis=0), shares.gtc, events[1] - events[0])
    wrong = found[0][~relevant], found[1][~relevant]
    triggered = {
        other: int(
            is_enough(overlaps(wrong, spans).sum(axis=1), shares.cttc, lengths[~relevant]).sum()
        )
        for other, spans in truth.items()
        if other != label
    }
    return int(covered.sum()), int((~relevant).sum()), triggered
