"""Scores, decisions and ground truth in the files of DCASE task 2.

A score file is `anomaly_score_<machine>_section_<NN>_test.csv` (2020: `..._id_<NN>.csv`) with rows
of file name and score, without a head line; a decision file `decision_result_...` has 1 for
anomalous and 0 for normal. Ground truth of an evaluation set has the same rows in
`ground_truth_<machine>_section_<NN>_test.csv`: 1 for anomalous in the folder `ground_truth_data`, 1
for the target domain in `ground_truth_domain`.
"""

import csv
import math
import os
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

import numpy as np

from kikimimi.errors import DatasetError
from kikimimi.files import draft_of
from kikimimi.metrics.anomaly.sections import SectionScores
from kikimimi.paths import display_path

SCORES, DECISIONS, TRUTH = "anomaly_score", "decision_result", "ground_truth"

_NAME = re.compile(
    r"(?P<kind>anomaly_score|decision_result|ground_truth)_(?:DCASE\d{4}T2)?(?P<machine>.+?)_"
    r"(?P<unit>section|id)_(?P<section>\d+)(?:_(?:source|target))?(?:_test)?(?:_seed.*)?\.csv"
)

V = TypeVar("V", float, bool)


@dataclass(frozen=True, slots=True, order=True)
class SectionName:
    """Which machine type and section a file is of."""

    machine: str
    section: str


@dataclass(frozen=True, slots=True)
class Truth:
    """What is known of a test clip."""

    anomalous: bool
    target: bool = False


def score_file_name(kind: str, name: SectionName, *, unit: str = "section") -> str:
    """The official name of a file.

    Args:
        kind: `SCORES`, `DECISIONS` or `TRUTH`.
        name: machine type and section.
        unit: "section", or "id" for the names of 2020.
    """
    ending = "_test" if unit == "section" else ""
    return f"{kind}_{name.machine}_{unit}_{name.section}{ending}.csv"


def parse_score_file_name(filename: str) -> tuple[str, SectionName] | None:
    """Kind, machine type and section by a file's name; None if it is none of these."""
    found = _NAME.fullmatch(filename)
    if found is None:
        return None
    return found["kind"], SectionName(found["machine"], found["section"])


def read_scores(path: str | os.PathLike[str]) -> dict[str, float]:
    """The score of each file of a section, by its name as it stands there.

    Raises:
        DatasetError: the table cannot be read, is empty or malformed; the message names the line.
    """
    return _read(Path(path), _finite, what="a finite score")


def read_flags(path: str | os.PathLike[str]) -> dict[str, bool]:
    """Decisions, or ground truth, of each file of a section. Raises as `read_scores`."""
    return _read(Path(path), _flag, what="0 or 1")


def write_scores(path: str | os.PathLike[str], scores: Mapping[str, float]) -> None:
    """Write a score file, whole or not at all, such that reading gives the same numbers back.

    Raises:
        OSError: the file cannot be written.
    """
    _write(path, {name: repr(float(score)) for name, score in scores.items()})


def write_decisions(path: str | os.PathLike[str], decisions: Mapping[str, bool]) -> None:
    """Write a decision file, whole or not at all. Raises as `write_scores`."""
    _write(path, {name: str(int(anomalous)) for name, anomalous in decisions.items()})


def files_of_kind(folder: str | os.PathLike[str], kind: str) -> dict[SectionName, Path]:
    """The files of a kind in a folder, by machine type and section, in order.

    Raises:
        DatasetError: there are none, or two of one section.
    """
    folder = Path(folder)
    found: dict[SectionName, Path] = {}
    for path in sorted(folder.glob("*.csv")) if folder.is_dir() else []:
        parsed = parse_score_file_name(path.name)
        if parsed is None or parsed[0] != kind:
            continue
        if parsed[1] in found:
            raise DatasetError(
                f"{display_path(path)}: '{display_path(found[parsed[1]].name)}' is of the same "
                "machine and section; keep one of them"
            )
        found[parsed[1]] = path
    if not found:
        raise DatasetError(
            f"{display_path(folder)}: has no files named {kind}_<machine>_section_<NN>_test.csv; "
            "name a folder of them"
        )
    return dict(sorted(found.items()))


def read_ground_truth(
    data: str | os.PathLike[str], domains: str | os.PathLike[str] | None = None
) -> dict[SectionName, dict[str, Truth]]:
    """The truth of every section of an evaluation set.

    Args:
        data: the folder `ground_truth_data`.
        domains: the folder `ground_truth_domain`; None where there are no domains.

    Raises:
        DatasetError: a table is missing or malformed, or the two tell of different files.
    """
    conditions = files_of_kind(data, TRUTH)
    places = None if domains is None else files_of_kind(domains, TRUTH)
    truths = {}
    for name, path in conditions.items():
        anomalous = read_flags(path)
        target = dict.fromkeys(anomalous, False)
        if places is not None:
            if name not in places:
                raise DatasetError(
                    f"{display_path(Path(str(domains)))}: lacks {path.name}; give the domains of "
                    "every section"
                )
            target = read_flags(places[name])
        _require_same(path, anomalous, target)
        truths[name] = {file: Truth(anomalous[file], target[file]) for file in anomalous}
    return truths


def section_scores(
    name: SectionName, scores: Mapping[str, float], truth: Mapping[str, Truth], *, where: Path
) -> SectionScores:
    """Scores and truth of one section brought together by file name, whatever the extension.

    Raises:
        DatasetError: a file has no score or no truth, or the truth is of one kind only.
    """
    by_stem = {Path(file).stem: score for file, score in scores.items()}
    known = {Path(file).stem: each for file, each in truth.items()}
    _require_same(where, by_stem, known)
    try:
        return SectionScores(
            name.machine,
            name.section,
            scores=np.array([by_stem[file] for file in known]),
            anomalous=np.array([each.anomalous for each in known.values()]),
            target=np.array([each.target for each in known.values()]),
        )
    except ValueError as error:
        raise DatasetError(f"{display_path(where)}: {error}; give complete files") from None


def _read(path: Path, parse: Callable[[str], V], *, what: str) -> dict[str, V]:
    place = display_path(path)
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            rows = list(csv.reader(file, strict=True))
    except OSError as error:
        raise DatasetError(f"{place}: cannot be read ({error.strerror}); name the file") from None
    except (csv.Error, UnicodeDecodeError) as error:
        raise DatasetError(
            f"{place}: is not a CSV table in UTF-8 ({error}); save it as one"
        ) from None
    found: dict[str, V] = {}
    for number, row in enumerate(rows, start=1):
        where = f"{place}, line {number}"
        if not any(cell.strip() for cell in row):
            continue
        if len(row) != 2:
            raise DatasetError(
                f"{where}: has {len(row)} cells, expected file name and value; mend it"
            )
        name = row[0].strip()
        if name in found:
            raise DatasetError(f"{where}: '{display_path(name)}' occurs twice; remove one")
        try:
            found[name] = parse(row[1].strip())
        except ValueError:
            raise DatasetError(
                f"{where}: '{display_path(row[1])}' is not {what}; mend it"
            ) from None
    if not found:
        raise DatasetError(f"{place}: holds no rows; give a complete file")
    return found


def _finite(text: str) -> float:
    value = float(text)
    if not math.isfinite(value):
        raise ValueError(text)
    return value


def _flag(text: str) -> bool:
    value = float(text)
    if value not in (0, 1):
        raise ValueError(text)
    return value == 1


def _write(path: str | os.PathLike[str], cells: Mapping[str, str]) -> None:
    with draft_of(path) as draft, draft.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file, lineterminator="\n").writerows(cells.items())


def _require_same(where: Path, found: Mapping[str, object], expected: Mapping[str, object]) -> None:
    for name in expected:
        if name not in found:
            raise DatasetError(f"{display_path(where)}: lacks '{display_path(name)}'; add its row")
    for name in found:
        if name not in expected:
            raise DatasetError(
                f"{display_path(where)}: '{display_path(name)}' is no clip of the section; remove "
                "its row"
            )
