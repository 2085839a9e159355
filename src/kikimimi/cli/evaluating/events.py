"""`kikimimi evaluate events`: detected events against a reference, by the field's figures."""

import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from kikimimi.cli.evaluating.event_report import class_records, overall_record, report_rows
from kikimimi.cli.evaluating.options import OutOption, check_record, write_record
from kikimimi.cli.options import JsonOption
from kikimimi.cli.output import print_json, print_message, print_table
from kikimimi.cli.progress import busy
from kikimimi.errors import DatasetError, QueryError
from kikimimi.paths import display_path
from kikimimi.types import Event

if TYPE_CHECKING:
    from kikimimi.metrics.detection.evaluation import DetectionReport, EvaluationSettings
    from kikimimi.metrics.detection.scores import DetectionScores

Events = dict[str, tuple[Event, ...]]


def events(
    reference: Annotated[
        Path, typer.Option("--reference", "-r", help="Annotation file, or a folder of them.")
    ],
    estimated: Annotated[
        Path | None,
        typer.Option("--estimated", "-e", help="The same of what was found."),
    ] = None,
    scores: Annotated[
        Path | None,
        typer.Option(help="Folder of score tables (RECORDING.tsv), for PSDS and AUC."),
    ] = None,
    threshold: Annotated[
        float, typer.Option(help="Without --estimated, scores above it are events.")
    ] = 0.5,
    classes: Annotated[
        str | None,
        typer.Option(help="The only labels allowed: a,b.", show_default="all that occur"),
    ] = None,
    segment_s: Annotated[float, typer.Option("--segment-s", help="Length of a segment.")] = 1.0,
    collar_s: Annotated[
        float, typer.Option("--collar-s", help="How far an onset or offset may be off.")
    ] = 0.2,
    offset_share: Annotated[
        float, typer.Option(help="Offsets may be off by this share of the length, if more.")
    ] = 0.5,
    matching: Annotated[str, typer.Option(help="Of events: optimal or greedy.")] = "optimal",
    annotation_format: Annotated[
        str | None,
        typer.Option("--format", help="Of the annotations.", show_default="by extension"),
    ] = None,
    out: OutOption = None,
    as_json: JsonOption = False,
) -> None:
    """Compare detected events with a reference: segments, events, intersections, PSDS, AUC.

    Segment and event figures are those of sed_eval, the others those of sed_scores_eval. Classes
    that the reference does not have count in no mean.
    """
    from kikimimi.datasets.annotations import annotation_formats

    if annotation_format is not None and annotation_format not in annotation_formats():
        raise QueryError(
            f"--format '{annotation_format}' is unknown; use {', '.join(annotation_formats())}"
        )
    if estimated is None and scores is None:
        raise QueryError("there is nothing to compare; give --estimated, --scores or both")
    check_record(out)
    names = _names(classes)
    truth = _read(reference, annotation_format, names)
    with busy("Comparing"):
        found = None if estimated is None else _read(estimated, annotation_format, names)
        report = _report(
            truth,
            None if found is None else _by_reference(found, truth),
            _read_scores(scores, names, truth),
            names,
            _settings(segment_s, collar_s, offset_share, matching),
            threshold,
            where=estimated or scores or reference,
        )
    _print(report, as_json=as_json)
    record: dict[str, object] = {
        "overall": overall_record(report),
        "classes": class_records(report),
    }
    write_record(out, record)


def _names(classes: str | None) -> tuple[str, ...] | None:
    if classes is None:
        return None
    names = tuple(name.strip() for name in classes.split(","))
    if not all(names) or len(set(names)) < len(names):
        raise QueryError(f"--classes '{display_path(classes)}' is no list of labels; write a,b")
    return names


def _settings(
    segment_s: float, collar_s: float, offset_share: float, matching: str
) -> "EvaluationSettings":
    from kikimimi.metrics.detection.evaluation import EvaluationSettings
    from kikimimi.metrics.detection.event_based import Collar, Matching

    if not segment_s > 0:
        raise QueryError(f"--segment-s {segment_s}: a segment is a positive number of seconds")
    if matching not in set(Matching):
        raise QueryError(f"--matching '{display_path(matching)}' is neither optimal nor greedy")
    try:
        collar = Collar(collar_s, offset_share)
    except ValueError as error:
        raise QueryError(f"--collar-s {collar_s} --offset-share {offset_share}: {error}") from None
    return EvaluationSettings(segment_s=segment_s, collar=collar, matching=Matching(matching))


def _read(path: Path, annotation_format: str | None, names: Sequence[str] | None) -> Events:
    """The events of a file, or of all files of a folder."""
    from kikimimi.datasets.annotations import read_annotations

    if not path.is_dir():
        return read_annotations(path, format=annotation_format, classes=names)
    found: Events = {}
    for each in sorted(path.iterdir()):
        if each.is_file() and not each.name.startswith("."):
            for name, listed in read_annotations(
                each, format=annotation_format, classes=names
            ).items():
                found[name] = (*found.get(name, ()), *listed)
    if not found:
        raise DatasetError(
            f"{display_path(path)}: has no annotation files; name a folder with some"
        )
    return found


def _read_scores(
    folder: Path | None, names: Sequence[str] | None, truth: Events
) -> "dict[str, DetectionScores] | None":
    from kikimimi.metrics.detection.score_files import by_recording, read_scores_folder

    if folder is None:
        return None
    return by_recording(read_scores_folder(folder, classes=names), list(truth))


def _by_reference(found: Events, truth: Events) -> Events:
    """Events under the names of the reference, where only folder or extension differ."""
    stems: dict[str, str | None] = {}
    for name in truth:
        stem = Path(name).stem
        stems[stem] = None if stem in stems else name
    renamed: Events = {}
    for name, listed in found.items():
        target = name if name in truth else stems.get(Path(name).stem) or name
        renamed[target] = (*renamed.get(target, ()), *listed)
    return renamed


def _report(
    truth: Events,
    found: Events | None,
    scores: "Mapping[str, DetectionScores] | None",
    names: tuple[str, ...] | None,
    settings: "EvaluationSettings",
    threshold: float,
    *,
    where: os.PathLike[str],
) -> "DetectionReport":
    from kikimimi.metrics.detection.checks import labels_of
    from kikimimi.metrics.detection.decoding import Decoding, decode_all
    from kikimimi.metrics.detection.evaluation import evaluate_detections

    try:
        if found is None:
            found = decode_all(scores or {}, Decoding(thresholds=threshold))
        scored = next(iter(scores.values())).classes if scores else None
        classes = scored or names or labels_of(truth, found)
        return evaluate_detections(truth, found, classes, scores_by_file=scores, settings=settings)
    except ValueError as error:
        raise DatasetError(f"{display_path(where)}: {error}") from None


def _print(report: "DetectionReport", *, as_json: bool) -> None:
    if as_json:
        print_json(overall_record(report))
        for record in class_records(report):
            print_json(record)
        return
    columns, rows = report_rows(report)
    print_table(columns, rows, right=columns[1:])
    absent = report.event.classes_without_reference
    if absent:
        print_message(
            f"not in the reference, and in no mean: {', '.join(map(display_path, absent))}"
        )
