"""The figures of a case by Kikimimi, in the shape in which the oracles answer."""

from collections.abc import Mapping
from typing import Any

import numpy as np

from kikimimi.metrics.detection.decoding import Decoding, decode_all
from kikimimi.metrics.detection.event_based import Collar, event_based_figures
from kikimimi.metrics.detection.event_curves import event_operating_points
from kikimimi.metrics.detection.figures import ClassAverages, DetectionFigures
from kikimimi.metrics.detection.frame_curves import segment_operating_points
from kikimimi.metrics.detection.intersection_based import Criteria, intersection_based_figures
from kikimimi.metrics.detection.intersection_curves import intersection_operating_points
from kikimimi.metrics.detection.operating_points import OperatingPoints
from kikimimi.metrics.detection.psds import PsdsSettings, psds
from kikimimi.metrics.detection.scores import DetectionScores
from kikimimi.metrics.detection.segment_based import segment_based_figures
from kikimimi.types import Event

Case = dict[str, Any]


def answer(case: Case) -> Case:
    """All figures of a case."""
    classes = tuple(case["classes"])
    reference, estimated = _events(case, "reference"), _events(case, "estimated")
    collar = Collar(case["collar_s"], case["offset_share"], case["onset"], case["offset"])
    found = {
        "segment": _lists(
            segment_based_figures(reference, estimated, classes, segment_s=case["segment_s"])
        ),
        "event": _lists(
            event_based_figures(
                reference, estimated, classes, collar=collar, matching=case["matching"]
            )
        ),
    }
    return found | (_scores(case) if case["score_classes"] else {})


def _events(case: Case, kind: str) -> dict[str, tuple[Event, ...]]:
    return {
        filename: tuple(Event(*event) for event in clip[kind])
        for filename, clip in case["files"].items()
    }


def _lists(figures: DetectionFigures) -> Case:
    micro = figures.micro
    found = micro.true_positives + micro.false_positives
    return {
        "counts": [micro.reference_count, found, micro.true_positives],
        "micro_f1": figures.micro_f1,
        "precision": micro.precision,
        "recall": micro.recall,
        "error_rate": figures.error_rate,
        "macro_f1": figures.macro_f1,
        "class_f1": [each.f1 for each in figures.classes],
        "class_error_rate": [each.error_rate for each in figures.classes],
    }


def _scores(case: Case) -> Case:
    classes = tuple(case["classes"])
    scores = {
        filename: DetectionScores(np.array(clip["scores"]), np.array(clip["timestamps"]), classes)
        for filename, clip in case["files"].items()
    }
    reference, joined = _events(case, "reference"), _events(case, "joined")
    criteria = Criteria(case["dtc"], case["gtc"], case["cttc"])
    collar = Collar(case["collar_s"], case["offset_share"], decimals=6)
    found = decode_all(scores, Decoding(thresholds=case["threshold"]))
    settings = PsdsSettings(criteria, case["alpha_ct"], case["alpha_st"], case["max_efpr"])
    figures = psds(scores, reference, settings=settings)
    names = case["score_classes"]
    intersections = intersection_operating_points(scores, reference, criteria=criteria)
    segments = segment_operating_points(scores, joined, segment_s=case["segment_s"])
    return {
        "intersection": _averages(
            intersection_based_figures(reference, found, classes, criteria=criteria), names
        ),
        "collar": _averages(event_based_figures(joined, found, classes, collar=collar), names),
        "best_intersection": _best(
            {name: each.points for name, each in intersections.items()}, names
        ),
        "best_collar": _best(event_operating_points(scores, joined, collar=collar), names),
        "best_segment": _best(segments, names),
        "psds": figures.value,
        "class_psds": figures.class_values,
    }


def _averages(figures: ClassAverages, names: list[str]) -> Case:
    """As the oracle has them, which is not told of classes without reference."""
    heard = [each for each in figures.classes if each.event_label in names]
    return {each.event_label: each.f1 for each in heard} | {
        "macro_average": figures.macro_f1,
        "micro_average": ClassAverages(tuple(heard)).micro_f1,
    }


def _best(points: Mapping[str, OperatingPoints], names: list[str]) -> Case:
    best = {name: points[name].best() for name in names}
    indices = {name: points[name].index(threshold) for name, (threshold, _) in best.items()}
    found = {name: float(points[name].f1[indices[name]]) for name in names}
    return found | {"macro_average": float(np.mean(list(found.values())))}
