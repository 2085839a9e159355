"""Polyphonic sound detection score (PSDS): one figure over all thresholds.

Bilen, Ferroni, Tuveri, Azcarreta & Krstulovic, "A Framework for the Robust Evaluation of Sound
Event Detection", ICASSP 2020. It is the area under the curve of the effective true positive rate
(mean minus `alpha_st` standard deviations over the classes) against the effective false positive
rate (false positives per hour, plus `alpha_ct` times the mean rate of cross-triggers), up to
`max_efpr`, divided by it. From scores it is exact (Ebbers, Serizel & Haeb-Umbach, ICASSP 2022):
each threshold that makes a difference is a point of the curve.

Axis letter: P operating points.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from kikimimi.metrics.detection.checks import EventsByFile
from kikimimi.metrics.detection.intersection_based import (
    Criteria,
    intersection_based_figures,
    joined_spans,
)
from kikimimi.metrics.detection.intersection_curves import (
    cross_weights,
    intersection_operating_points,
)
from kikimimi.metrics.detection.scores import DetectionScores

_SECONDS_PER_HOUR = 3600.0


@dataclass(frozen=True, slots=True)
class PsdsSettings:
    """What is enough, and what is punished.

    Attributes:
        criteria: shares of intersection.
        alpha_ct: weight of cross-triggers.
        alpha_st: weight of the differences between classes.
        max_efpr: false positives per hour up to which the curve counts.
    """

    criteria: Criteria
    alpha_ct: float = 0.0
    alpha_st: float = 1.0
    max_efpr: float = 100.0


PSDS1 = PsdsSettings(Criteria(dtc=0.7, gtc=0.7))
"""Scenario 1 of DCASE task 4 since 2021: react fast, localise well."""
PSDS2 = PsdsSettings(Criteria(dtc=0.1, gtc=0.1, cttc=0.3), alpha_ct=0.5)
"""Scenario 2 of DCASE task 4 since 2021: do not confuse classes."""


@dataclass(frozen=True, slots=True, eq=False)
class Roc:
    """A staircase: `rates` holds from each of `alarms` (per hour) to the next one, both (P,)."""

    alarms: NDArray[np.float64]
    rates: NDArray[np.float64]

    def at(self, alarms: NDArray[np.float64]) -> NDArray[np.float64]:
        """The rates at other numbers of alarms; 0 before the curve begins."""
        place = np.searchsorted(self.alarms, alarms, side="right") - 1
        return np.where(place >= 0, self.rates[place], 0.0)

    def area(self, end: float) -> float:
        """Mean rate from 0 to `end` alarms per hour."""
        inside = self.alarms <= end
        edges = np.append(self.alarms[inside], end)
        return float((self.rates[inside] * np.diff(edges)).sum() / end)


@dataclass(frozen=True, slots=True, eq=False)
class PsdsFigures:
    """The score, its curve, and both for each class.

    Classes without reference have no rates: they are left out and named.
    """

    value: float
    roc: Roc
    class_values: dict[str, float]
    class_rocs: dict[str, Roc]
    classes_without_reference: tuple[str, ...]


def psds(
    scores_by_file: Mapping[str, DetectionScores],
    reference: EventsByFile,
    *,
    settings: PsdsSettings = PSDS1,
    durations_s: Mapping[str, float] | None = None,
) -> PsdsFigures:
    """Exact PSDS of frame scores.

    Args:
        scores_by_file: scores of each recording, median-filtered if that belongs to the system.
        reference: events of the same recordings.
        settings: `PSDS1`, `PSDS2` or others.
        durations_s: lengths of the recordings; those of the scores if None.

    Raises:
        ValueError: scores and reference are not of the same recordings and classes, an event
            cannot be evaluated, a duration is missing, or no class has a reference.
    """
    points = intersection_operating_points(
        scores_by_file,
        reference,
        criteria=settings.criteria,
        cross_triggers=settings.alpha_ct > 0,
    )
    lengths = {name: scores.duration_s for name, scores in scores_by_file.items()}
    seconds = _total_seconds(lengths if durations_s is None else durations_s, scores_by_file)
    rocs = {
        name: _class_roc(
            each.points.true_positives / each.points.reference_count,
            each.points.false_positives / seconds + settings.alpha_ct * each.cross_rate,
            settings.max_efpr,
        )
        for name, each in points.items()
        if each.points.reference_count
    }
    return _figures(rocs, tuple(points), settings)


def psds_of_detections(
    detections: Sequence[EventsByFile],
    reference: EventsByFile,
    classes: Sequence[str],
    *,
    durations_s: Mapping[str, float],
    settings: PsdsSettings = PSDS1,
) -> PsdsFigures:
    """PSDS of the lists of events that some thresholds give: a lower bound of the exact one.

    Args:
        detections: for each threshold, in any order, the events found in each recording.
        reference: events of the recordings.
        classes: K names.
        durations_s: lengths of the recordings.
        settings: `PSDS1`, `PSDS2` or others.

    Raises:
        ValueError: a recording is not in the reference or has no duration, an event cannot be
            evaluated, or no class has a reference.
    """
    names = tuple(classes)
    seconds = _total_seconds(durations_s, reference)
    truth = {filename: joined_spans(events) for filename, events in reference.items()}
    weights = cross_weights(truth, names)
    figures = [
        intersection_based_figures(reference, found, names, criteria=settings.criteria)
        for found in ({}, *detections)
    ]
    rocs = {}
    for row, name in enumerate(names):
        found = [each.classes[row] for each in figures]
        if not found[0].reference_count:
            continue
        crossed = [
            sum(
                weights[name].get(other, 0.0) * each.cross_triggers[row][column]
                for column, other in enumerate(names)
            )
            for each in figures
        ]
        rocs[name] = _class_roc(
            np.array([each.recall for each in found]),
            np.array([each.false_positives for each in found]) / seconds
            + settings.alpha_ct * np.array(crossed),
            settings.max_efpr,
        )
    return _figures(rocs, names, settings)


def _figures(rocs: dict[str, Roc], classes: tuple[str, ...], settings: PsdsSettings) -> PsdsFigures:
    if not rocs:
        raise ValueError("the reference has no event of any class: PSDS is not defined")
    alarms = np.unique(np.concatenate([roc.alarms for roc in rocs.values()]))
    rates = np.stack([roc.at(alarms) for roc in rocs.values()])
    effective = rates.mean(axis=0) - settings.alpha_st * rates.std(axis=0)
    roc = Roc(alarms, np.maximum(effective, 0.0))
    return PsdsFigures(
        value=roc.area(settings.max_efpr),
        roc=roc,
        class_values={name: each.area(settings.max_efpr) for name, each in rocs.items()},
        class_rocs=rocs,
        classes_without_reference=tuple(name for name in classes if name not in rocs),
    )


def _class_roc(
    rates: NDArray[np.float64], alarms_per_second: NDArray[np.float64], end: float
) -> Roc:
    """The best rate that is reached with so many alarms or fewer."""
    alarms = np.maximum(alarms_per_second, 0.0) * _SECONDS_PER_HOUR  # sums may end below 0
    order = np.lexsort((rates, alarms))
    best = np.maximum.accumulate(rates[order])
    unique, last = np.unique(alarms[order][::-1], return_index=True)
    kept = best[::-1][last]
    rises = np.diff(kept, prepend=-1.0) > 0
    inside = rises & (unique <= end)
    return Roc(unique[inside], kept[inside])


def _total_seconds(durations_s: Mapping[str, float], filenames: Iterable[str]) -> float:
    total = 0.0
    for filename in filenames:
        if filename not in durations_s:
            raise ValueError(f"recording '{filename}' has no duration")
        total += durations_s[filename]
    if not total > 0:
        raise ValueError("the recordings have no length: rates per hour are not defined")
    return total
