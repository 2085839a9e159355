"""The run of `kikimimi anomaly evaluate`: a data set in, official files, figures, a report out."""

import csv
import re
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from kikimimi.cli.anomalies.choices import DetectorChoice
from kikimimi.cli.anomalies.figures import (
    FIGURE_NAMES,
    FigureRow,
    Measured,
    harmonic_means,
    measured_record,
    measured_text,
    section_row,
)
from kikimimi.cli.anomalies.html_report import MachinePictures, html_report
from kikimimi.cli.anomalies.machine_pictures import machine_pictures
from kikimimi.cli.output import print_failure, print_json, print_message, print_table
from kikimimi.cli.progress import file_progress
from kikimimi.datasets.machine_records import MachineDataset
from kikimimi.datasets.machine_registry import load_machine_dataset
from kikimimi.errors import AnomalyError, AudioError, DatasetError, QueryError
from kikimimi.files import draft_of
from kikimimi.paths import display_path
from kikimimi.tasks.anomaly.evaluation import (
    SectionResult,
    fit_machine,
    score_machine,
    write_results,
)
from kikimimi.tasks.anomaly.features.contract import AnomalyFeatures
from kikimimi.tasks.anomaly.model import FittedModel
from kikimimi.tasks.anomaly.storage import save_model

TABLE_NAME, REPORT_NAME, MODELS_NAME = "results.csv", "report.html", "models"

_FIRST_YEAR = re.compile(r"(?:(?:normal|anomaly)_)?id_\d+_")


@dataclass(frozen=True, slots=True)
class EvaluateCall:
    """What was asked for; all machine types if `machines` is empty."""

    data: Path
    dataset: str | None
    machines: tuple[str, ...]
    output: Path
    choice: DetectorChoice
    as_json: bool


def run_evaluation(call: EvaluateCall) -> bool:
    """Evaluate machine by machine; return whether all could be.

    Raises:
        QueryError: the folder cannot be written.
        AnomalyError: the false-alarm rate does not lie between 0 and 1.
        ConfigError, DatasetError, EncoderError: there is no such data set, machine, detector or
            encoder.
    """
    dataset = load_machine_dataset(call.data, call.dataset)
    machines = call.machines or dataset.machines
    for machine in machines:
        dataset.clips(machine, "train")
    call.choice.make_detector()
    features = call.choice.make_features()
    try:
        return _run(call, dataset, machines, features)
    except OSError as error:
        raise QueryError(
            f"{display_path(call.output)}: cannot be written ({error.strerror}); give another "
            "folder"
        ) from None


def _run(
    call: EvaluateCall,
    dataset: MachineDataset,
    machines: Sequence[str],
    features: AnomalyFeatures,
) -> bool:
    results: list[SectionResult] = []
    pictures: list[MachinePictures] = []
    for machine in machines:
        try:
            model, found = _machine(call, dataset, machine, features)
            drawn = machine_pictures(machine, model, found)
        except (AudioError, AnomalyError, DatasetError) as error:
            print_failure(machine, str(error))
            continue
        results += found
        write_results(call.output, found, unit=_unit(found))
        save_model(model, call.output / MODELS_NAME / machine)
        pictures.append(drawn)
    if results:
        _finish(call, results, pictures)
    return len(pictures) == len(machines)


def _machine(
    call: EvaluateCall, dataset: MachineDataset, machine: str, features: AnomalyFeatures
) -> tuple[FittedModel, tuple[SectionResult, ...]]:
    detector = call.choice.make_detector()
    with file_progress(f"Learning {machine}") as step:
        model = fit_machine(
            dataset, machine, features=features, detector=detector, progress=_steps(step)
        )
    with file_progress(f"Scoring {machine}") as step:
        return model, score_machine(dataset, machine, model, progress=_steps(step))


def _steps(step: Callable[[float, int, Path, float], None]) -> Callable[[int, int, Path], None]:
    return lambda done, total, path: step(done, total, path, 0.0)


def _unit(results: Sequence[SectionResult]) -> str:
    """The names of 2020 where the data are those of 2020."""
    names = [clip.path.name for result in results for clip in result.clips]
    return "id" if all(map(_FIRST_YEAR.match, names)) else "section"


def _finish(
    call: EvaluateCall, results: Sequence[SectionResult], pictures: Sequence[MachinePictures]
) -> None:
    rows, means = [section_row(result) for result in results], harmonic_means(results)
    records = [*map(_record, rows), *([_mean_record(means)] if means else [])]
    _write_table(call.output / TABLE_NAME, records)
    heading = f"{display_path(call.data.absolute().name)}, {call.choice.detector}"
    with draft_of(call.output / REPORT_NAME) as draft:
        text = html_report(rows, means, pictures, heading=heading)
        draft.write_text(text, encoding="utf-8", newline="\n")
    if call.as_json:
        for record in records:
            print_json(record)
    else:
        _print_rows(rows, means)
    count = "1 section" if len(rows) == 1 else f"{len(rows)} sections"
    print_message(f"{display_path(call.output / REPORT_NAME)}: {count}")


def _record(row: FigureRow) -> dict[str, Any]:
    return {
        "machine": row.machine,
        "section": row.section,
        "clips": row.clips,
        **measured_record(row.figures),
        **({} if row.decisions is None else asdict(row.decisions)),
    }


def _mean_record(means: dict[str, Measured]) -> dict[str, Any]:
    return {"machine": "harmonic mean", **measured_record(means)}


def _write_table(path: Path, records: Sequence[dict[str, Any]]) -> None:
    figures = [name for each in (*FIGURE_NAMES, "score") for name in (each, f"{each}_pm")]
    columns = ["machine", "section", "clips", *figures, "precision", "recall", "f1"]
    with draft_of(path) as draft, draft.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, columns, restval="", lineterminator="\n")
        writer.writeheader()
        writer.writerows(records)


def _print_rows(rows: Sequence[FigureRow], means: dict[str, Measured]) -> None:
    def texts(figures: dict[str, Measured]) -> list[str]:
        return [measured_text(figures.get(name)) for name in FIGURE_NAMES]

    table = [(row.machine, row.section, str(row.clips), *texts(row.figures)) for row in rows]
    if means:
        table.append(("harmonic mean", "", "", *texts(means)))
        table.append(("official score", "", "", measured_text(means["score"]), "", ""))
    columns = ("machine", "section", "clips", "AUC source", "AUC target", "pAUC")
    print_table(columns, table, right=columns[2:])
