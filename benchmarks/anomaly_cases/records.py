"""Scores of the study as JSON lines: one line for each section, features and detector."""

import json
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np

from kikimimi.metrics.anomaly.sections import SectionScores


@dataclass(frozen=True)
class CaseScores:
    """Scores of the test clips of a section, beside what is known of each clip.

    `severities` and `faults` are 0 and "" of normal clips and where they are not known. `complaint`
    says why there are no scores.
    """

    machine: str
    section: str
    features: str
    detector: str
    settings: str
    scores: tuple[float, ...] = ()
    anomalous: tuple[bool, ...] = ()
    target: tuple[bool, ...] = ()
    severities: tuple[int, ...] = ()
    faults: tuple[str, ...] = ()
    seconds: float = 0.0
    complaint: str = ""

    @property
    def key(self) -> tuple[str, ...]:
        return (self.machine, self.section, self.features, self.detector, self.settings)

    def section_scores(self, *, severity: int = 0, fault: str = "") -> SectionScores | None:
        """The section, with the anomalies of one severity or fault only; None without any."""
        anomalous = np.array(self.anomalous, bool)
        wanted = np.ones(len(anomalous), bool)
        if severity:
            wanted &= ~anomalous | (np.array(self.severities) == severity)
        if fault:
            wanted &= ~anomalous | (np.array(self.faults) == fault)
        if not (wanted & anomalous).any():
            return None
        return SectionScores(
            self.machine,
            self.section,
            np.array(self.scores)[wanted],
            anomalous[wanted],
            np.array(self.target, bool)[wanted],
        )


def read_records(path: Path) -> list[CaseScores]:
    """The records of a file; none if it is not there."""
    return list(_lines(path)) if path.exists() else []


def append_record(path: Path, record: CaseScores) -> None:
    with path.open("a", encoding="utf-8") as file:
        file.write(json.dumps(asdict(record)) + "\n")


def _lines(path: Path) -> Iterator[CaseScores]:
    for line in path.read_text(encoding="utf-8").splitlines():
        values = json.loads(line)
        yield CaseScores(
            **{key: tuple(v) if isinstance(v, list) else v for key, v in values.items()}
        )
