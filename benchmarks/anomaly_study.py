"""Detectors of anomalies by features: AUC, partial AUC, severity, domain, with intervals.

    python benchmarks/anomaly_study.py ../shared/data/machines --out propeller.jsonl
    kikimimi machines recipes/machines/tiny.yaml -o TINY
    python benchmarks/anomaly_study.py TINY --out tiny.jsonl --skip-frames YAMNet default

The data are in the layout of DCASE task 2. Each section is fitted on its own normal clips, and
every test clip is scored. Scores go into a file line by line, so that a run that was stopped goes
on; the tables are made from the file, and of `--tables-only` from it alone. YAMNet's weights are
looked for as everywhere (`KIKIMIMI_WEIGHTS`).
"""

import argparse
import json
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import torch

from anomaly_cases.grid import DETECTORS, FEATURES, make_case
from anomaly_cases.records import CaseScores, append_record, read_records
from anomaly_cases.tables import all_tables
from kikimimi.audio.reading import read_clip
from kikimimi.datasets.machine_records import MachineClip, sections_of
from kikimimi.datasets.machine_registry import load_machine_dataset
from kikimimi.errors import AnomalyError
from kikimimi.tasks.anomaly.features.contract import AnomalyFeatures
from kikimimi.types import FloatArray


def main() -> None:
    """Score what is missing, then print the tables."""
    options = _options()
    torch.set_num_threads(1)
    if not options.tables_only:
        _run(options)
    for table in all_tables(read_records(options.out)):
        print(table)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("data", type=Path)
    parser.add_argument("--out", type=Path, required=True, help="JSON lines of scores")
    parser.add_argument("--machines", nargs="*", default=[])
    parser.add_argument("--features", nargs="*", default=list(FEATURES), choices=FEATURES)
    parser.add_argument("--detectors", nargs="*", default=list(DETECTORS), choices=DETECTORS)
    parser.add_argument(
        "--skip-frames", nargs="*", default=[], choices=FEATURES,
        help="features of which no auto-encoder is trained",
    )  # fmt: skip
    parser.add_argument("--level-dbfs", type=float, help="bring every clip to one r.m.s. level")
    parser.add_argument("--epochs", type=int, default=100, help="of the auto-encoders")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--tables-only", action="store_true")
    return parser.parse_args()


def _run(options: argparse.Namespace) -> None:
    done = {record.key for record in read_records(options.out)}
    data = load_machine_dataset(options.data)
    for machine in options.machines or data.machines:
        train, test = data.clips(machine, "train"), data.clips(machine, "test")
        for section in sections_of(test):
            own = [clip for clip in train if clip.section == section]
            judged = [clip for clip in test if clip.section == section]
            for record in _section(own, judged, options, done):
                append_record(options.out, record)
                said = record.complaint or f"{record.seconds:.1f} s"
                print(*record.key[:4], said, sep="\t", file=sys.stderr, flush=True)


def _section(
    train: list[MachineClip], test: list[MachineClip], options: argparse.Namespace, done: set
) -> Iterator[CaseScores]:
    for features in options.features:
        rows: dict[str, Rows] = {}
        for detector in options.detectors:
            if _left_out(features, detector, options):
                continue
            settings = {"seed": options.seed}
            if options.level_dbfs is not None:
                settings["level_dbfs"] = options.level_dbfs
            if DETECTORS[detector].over_time:
                settings["epochs"] = options.epochs
            empty = CaseScores(
                *(test[0].machine, test[0].section, features, detector), json.dumps(settings)
            )
            if empty.key in done:
                continue
            yield _scored(empty, train, test, rows, options)


def _left_out(features: str, detector: str, options: argparse.Namespace) -> bool:
    if DETECTORS[detector].over_time and features in options.skip_frames:
        return True
    only = FEATURES[features].only
    return bool(only) and detector not in only


class Rows:
    """Rows of features of all clips, and which clip each is of."""

    def __init__(
        self, clips: list[MachineClip], features: AnomalyFeatures, level_dbfs: float | None
    ) -> None:
        rate_hz = features.sample_rate_hz
        found = [features.rows(_samples(clip.path, rate_hz, level_dbfs)) for clip in clips]
        self.values = np.concatenate(found)
        self.clips = np.repeat(np.arange(len(clips)), [len(rows) for rows in found])


def _scored(
    empty: CaseScores,
    train: list[MachineClip],
    test: list[MachineClip],
    rows: dict[str, Rows],
    options: argparse.Namespace,
) -> CaseScores:
    features, detector = make_case(
        empty.features, empty.detector, epochs=options.epochs, seed=options.seed
    )
    kind = json.dumps(features.to_dict(), sort_keys=True)
    if kind not in rows:
        rows.clear()  # rows over time are large, and those of one kind are used in a row
        rows[kind] = Rows([*train, *test], features, options.level_dbfs)
    heard = rows[kind]
    learnt = heard.clips < len(train)
    domains = np.array([clip.domain == "target" for clip in train], int)[heard.clips[learnt]]
    started = time.perf_counter()
    try:
        detector.fit(heard.values[learnt], groups=heard.clips[learnt], domains=domains)
        scores = detector.anomaly_score(heard.values[~learnt])
    except AnomalyError as error:
        return CaseScores(*empty.key, complaint=str(error))
    owners = heard.clips[~learnt] - len(train)
    per_clip = np.bincount(owners, scores) / np.bincount(owners)
    return CaseScores(
        *empty.key,
        scores=tuple(map(float, per_clip)),
        anomalous=tuple(bool(clip.anomalous) for clip in test),
        target=tuple(clip.domain == "target" for clip in test),
        severities=tuple(int(clip.attributes.get("sev", 0)) for clip in test),
        faults=tuple(clip.attributes.get("fault", "") for clip in test),
        seconds=time.perf_counter() - started,
    )


def _samples(path: Path, rate_hz: int, level_dbfs: float | None) -> FloatArray:
    samples = read_clip(path, sample_rate_hz=rate_hz, mono=True).samples[0]
    if level_dbfs is None:
        return samples
    wanted, found = 10 ** (level_dbfs / 20), np.sqrt(np.mean(samples.astype(np.float64) ** 2))
    return (samples * (wanted / found)).astype(np.float32)


if __name__ == "__main__":
    main()
