"""Figures of anomaly scores against the public evaluator of DCASE 2023 task 2.

    git clone https://github.com/nttcslab/dcase2023_task2_evaluator
    python benchmarks/anomaly_parity.py dcase2023_task2_evaluator

Random scores for every clip of the evaluator's own ground truth are written with Kikimimi's writers
into a copy of the checkout, the evaluator is run there as it stands, and every figure that it
prints for sections, means and the official score is compared. Scores of the last system are
rounded, so that there are ties. The evaluator's environment needs what its requirements say
(`--python` names its interpreter).
"""

import argparse
import csv
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path

import numpy as np

from kikimimi.metrics.anomaly import score_files
from kikimimi.metrics.anomaly.score_files import SectionName, Truth
from kikimimi.metrics.anomaly.sections import SectionScores, decision_figures, section_figures
from kikimimi.metrics.anomaly.summary import arithmetic_mean, mean_figures, official_score

SYSTEMS = 3
THRESHOLD = 0.7
EVALUATOR = "dcase2023_task2_evaluator.py"

Truths = Mapping[SectionName, Mapping[str, Truth]]
Pairs = Iterator[tuple[str, float, float]]


def random_scores(truth: Mapping[str, Truth], seed: list[int]) -> dict[str, float]:
    generator = np.random.default_rng(seed)
    scores = {
        name: float(generator.normal() + 0.9 * each.anomalous + 0.5 * each.target)
        for name, each in truth.items()
    }
    ties = seed[0] == SYSTEMS - 1
    return {name: round(score, 1) for name, score in scores.items()} if ties else scores


def write_systems(checkout: Path, truths: Truths) -> None:
    for system in range(SYSTEMS):
        folder = checkout / f"teams/team/system{system}"
        folder.mkdir(parents=True)
        for number, (name, truth) in enumerate(truths.items()):
            scores = random_scores(truth, [system, number])
            decisions = {file: score > THRESHOLD for file, score in scores.items()}
            place = folder / score_files.score_file_name(score_files.SCORES, name)
            score_files.write_scores(place, scores)
            place = folder / score_files.score_file_name(score_files.DECISIONS, name)
            score_files.write_decisions(place, decisions)


def read_sections(folder: Path, truths: Truths) -> list[SectionScores]:
    files = score_files.files_of_kind(folder, score_files.SCORES)
    return [
        score_files.section_scores(name, score_files.read_scores(path), truths[name], where=path)
        for name, path in files.items()
    ]


def pairs(result: Path, sections: list[SectionScores]) -> Pairs:
    """Name, the evaluator's value and ours of every figure in its result file."""
    by_machine = {section.machine: section for section in sections}
    figures = [section_figures(section) for section in sections]
    plain, harmonic = mean_figures(figures, mean=arithmetic_mean), mean_figures(figures)
    ours: dict[str, tuple[float | None, ...]] = {
        "official score": (official_score(figures),),
        "arithmetic mean over all": (plain.auc, plain.pauc),
        "harmonic mean over all": (harmonic.auc, harmonic.pauc),
        "source harmonic mean over all": (harmonic.auc_source, harmonic.pauc),
        "target harmonic mean over all": (harmonic.auc_target, harmonic.pauc),
    }
    machine = ""
    with result.open(encoding="utf-8", newline="") as file:
        rows = [row for row in csv.reader(file) if row]
    for row in rows:
        machine = row[0] if len(row) == 1 else machine
        if row[0] == "00":
            found = section_row(by_machine[machine])
            yield from ((machine, float(a), b) for a, b in zip(row[1:], found, strict=True))
        for name, values in ours.items():
            exact = row[0] == name or (name.endswith(" all") and row[0].startswith(f"{name} "))
            if exact:
                told = zip(row[2:], values, strict=False)
                yield from ((name, float(a), b) for a, b in told if b is not None)


def section_row(section: SectionScores) -> list[float]:
    """In the order of the evaluator's columns."""
    figures, called = section_figures(section), section.scores > THRESHOLD
    domains = [
        decision_figures(section.anomalous[section.target == t], called[section.target == t])
        for t in (False, True)
    ]
    decided = [getattr(each, kind) for kind in ("precision", "recall", "f1") for each in domains]
    return [figures.auc, *figures.domain_aucs, figures.pauc, *decided]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("checkout", type=Path, help="of the evaluator")
    parser.add_argument("--python", default=sys.executable, help="interpreter for the evaluator")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as place:
        checkout = Path(place) / "evaluator"
        shutil.copytree(options.checkout, checkout, ignore=shutil.ignore_patterns(".git", "teams*"))
        truths = score_files.read_ground_truth(
            checkout / "ground_truth_data", checkout / "ground_truth_domain"
        )
        write_systems(checkout, truths)
        command = [options.python, EVALUATOR]
        subprocess.run(command, cwd=checkout, check=True, stdout=subprocess.DEVNULL)
        compared = [
            each
            for system in range(SYSTEMS)
            for each in pairs(
                checkout / f"teams_result/system{system}_result.csv",
                read_sections(checkout / f"teams/team/system{system}", truths),
            )
        ]
    worst = max(abs(theirs - found) for _, theirs, found in compared)
    print(f"{len(compared)} figures of {SYSTEMS} systems; greatest difference {worst:.2g}")
    sys.exit(worst > 1e-6)


if __name__ == "__main__":
    main()
