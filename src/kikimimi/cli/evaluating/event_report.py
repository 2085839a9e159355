"""The figures of detection as rows of a table and as records."""

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from kikimimi.metrics.detection.evaluation import DetectionReport
    from kikimimi.metrics.detection.figures import ClassAverages, DetectionFigures

Record = dict[str, Any]

_COLUMNS = ("class", "events", "segment F", "segment ER", "event F", "event ER", "intersection F")
_SCORE_COLUMNS = ("frame F", "frame ER", "PSDS1", "PSDS2", "AUC")


def overall_record(report: "DetectionReport") -> Record:
    """The figures of all classes together."""
    record: Record = {
        "recordings": report.recordings,
        "segment": _averages(report.segment) | _error_rates(report.segment),
        "event": _averages(report.event) | _error_rates(report.event),
        "intersection": _averages(report.intersection),
        "classes_without_reference": list(report.event.classes_without_reference),
    }
    if report.from_scores is None:
        return record
    scores = report.from_scores
    return record | {
        "frame": _averages(scores.frame) | _error_rates(scores.frame),
        "psds1": None if scores.psds1 is None else scores.psds1.value,
        "psds2": None if scores.psds2 is None else scores.psds2.value,
        "micro_auc": _known(scores.ranking.micro),
        "macro_auc": _known(scores.ranking.macro),
        "auc_excluded": list(scores.ranking.excluded),
    }


def class_records(report: "DetectionReport") -> list[Record]:
    """The figures of each class."""
    records: list[Record] = []
    for segment, event, intersection in zip(
        report.segment.classes, report.event.classes, report.intersection.classes, strict=True
    ):
        records.append(
            {
                "event_label": event.event_label,
                "reference_events": event.reference_count,
                "segment_f1": _known(segment.f1),
                "segment_error_rate": _known(segment.error_rate),
                "event_f1": _known(event.f1),
                "event_error_rate": _known(event.error_rate),
                "intersection_f1": _known(intersection.f1),
            }
        )
    if report.from_scores is not None:
        scores = report.from_scores
        for record, frame in zip(records, scores.frame.classes, strict=True):
            name = record["event_label"]
            record["frame_f1"] = _known(frame.f1)
            record["frame_error_rate"] = _known(frame.error_rate)
            record["psds1"] = scores.psds1.class_values.get(name) if scores.psds1 else None
            record["psds2"] = scores.psds2.class_values.get(name) if scores.psds2 else None
            record["auc"] = scores.ranking.class_auc.get(name)
    return records


def report_rows(report: "DetectionReport") -> tuple[Sequence[str], list[tuple[str, ...]]]:
    """Columns and rows of one table: all together, the mean of the classes, each class."""
    overall = overall_record(report)
    segment, event, intersection = overall["segment"], overall["event"], overall["intersection"]
    count = str(sum(each.reference_count for each in report.event.classes))
    micro = [segment["micro_f1"], segment["error_rate"], event["micro_f1"], event["error_rate"]]
    macro = [segment["macro_f1"], segment["macro_error_rate"]]
    macro += [event["macro_f1"], event["macro_error_rate"], intersection["macro_f1"]]
    micro += [intersection["micro_f1"]]
    columns: tuple[str, ...] = _COLUMNS
    if report.from_scores is not None:
        columns += _SCORE_COLUMNS
        frame = overall["frame"]
        micro += [frame["micro_f1"], frame["error_rate"], overall["psds1"], overall["psds2"]]
        micro += [overall["micro_auc"]]
        macro += [frame["macro_f1"], frame["macro_error_rate"], None, None, overall["macro_auc"]]
    rows = [
        ("all together", count, *map(_text, micro)),
        ("mean of classes", "", *map(_text, macro)),
    ]
    for record in class_records(report):
        name, events, *figures = record.values()
        rows.append((name, str(events), *map(_text, figures)))
    return columns, rows


def _averages(figures: "ClassAverages") -> Record:
    return {
        "micro_f1": _known(figures.micro_f1),
        "macro_f1": _known(figures.macro_f1),
        "precision": _known(figures.micro.precision),
        "recall": _known(figures.micro.recall),
    }


def _error_rates(figures: "DetectionFigures") -> Record:
    return {
        "error_rate": _known(figures.error_rate),
        "macro_error_rate": _known(figures.macro_error_rate),
        "substitutions": figures.substitutions,
        "deletions": figures.deletions,
        "insertions": figures.insertions,
    }


def _known(value: float) -> float | None:
    """A number, or nothing where the figure is not defined."""
    return None if math.isnan(value) else value


def _text(value: float | None) -> str:
    return "-" if value is None else f"{value:.3f}"
