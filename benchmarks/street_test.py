"""Alarms missed and false alarms an hour, in hours of a street, at a file of rules.

    python benchmarks/street_test.py ../shared/data/esc50 --screams ../shared/data/sfx/*/*scream*
    python benchmarks/street_test.py ../shared/data/esc50 --detector yamnet --hours 6

Crying babies, breaking glass and sirens of one fold of ESC-50 are mixed at -5 to 10 dB into a
street of other clips of the same fold, one every stretch; further stretches have none. ESC-50 has
no screams: recordings of them may be given. The street is heard as `kikimimi listen` hears a file.

What comes with the package was trained on all of ESC-50: its figures are of sounds that it knows.
YAMNet has not heard ESC-50.
"""

import argparse
import json
import tempfile
import time
from collections.abc import Sequence
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import numpy as np
import soundfile
import torch

from kikimimi.encoders.detection.registry import load_detector
from kikimimi.listening.listener import Listener
from kikimimi.listening.rules.config import load_rules
from kikimimi.listening.sensors.events import EventSensor
from kikimimi.listening.sensors.levels import LevelSensor
from kikimimi.listening.sources.recorded import RecordedSource
from street_cases.counting import counted, tables
from street_cases.street import RATE_HZ, Plan, Planted, Street


def main() -> None:
    """Make the street, hear it, count, print."""
    options = _options()
    torch.set_num_threads(1)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "street.flac"
        planted, hours = _make(path, options)
        started = time.process_time()
        alerts = _heard(path, options)
        spent_s = time.process_time() - started
    count = counted(planted, alerts, hours=hours)
    print(tables(count))
    print(f"{100 * spent_s / 3600 / hours:.1f} % of a core at real time")
    if options.json:
        told = [{**asdict(alarm), "alert": alert} for alarm, alert in count.told]
        kept = {"hours": hours, "alarms": told, "false": count.false, "alerts": alerts}
        options.json.write_text(json.dumps(kept, indent=1), encoding="utf-8")


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("esc50", type=Path)
    parser.add_argument("--fold", type=int, default=5)
    parser.add_argument("--screams", type=Path, nargs="*", default=[])
    parser.add_argument("--snr", type=float, nargs="*", default=[-5.0, 0.0, 5.0, 10.0])
    parser.add_argument("--stretch", type=float, default=100.0, help="seconds for each alarm")
    parser.add_argument("--hours", type=float, default=0.0, help="at least so long")
    parser.add_argument("--alarms", type=int, default=None, help="at most so many")
    parser.add_argument("--rules", default="street")
    parser.add_argument("--detector", default=None)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--json", type=Path, help="file for all alarms and alerts")
    return parser.parse_args()


def _make(path: Path, options: argparse.Namespace) -> tuple[list[Planted], float]:
    street = Street(
        options.esc50, fold=options.fold, screams=sorted(options.screams), seed=options.seed
    )
    plans = street.plans(options.snr)[: options.alarms]
    empty = max(0, round(options.hours * 3600 / options.stretch) - len(plans))
    mixed: list[Plan | None] = [None] * (len(plans) + empty)
    chosen = np.random.default_rng([options.seed, 3]).permutation(len(mixed))[: len(plans)]
    for place, plan in zip(sorted(chosen), plans, strict=True):
        mixed[place] = plan
    planted: list[Planted] = []
    with soundfile.SoundFile(path, "w", RATE_HZ, 1, "PCM_16", format="FLAC") as file:
        stretches = street.stretches(mixed, length_s=options.stretch)
        for number, (samples, alarm) in enumerate(stretches):
            file.write(samples)
            if alarm is not None:
                start_s = number * options.stretch
                moved = (start_s + alarm.onset_s, start_s + alarm.offset_s)
                planted.append(replace(alarm, onset_s=moved[0], offset_s=moved[1]))
    return planted, len(mixed) * options.stretch / 3600


def _heard(path: Path, options: argparse.Namespace) -> Sequence[dict[str, Any]]:
    rules, _ = load_rules(options.rules)
    alerts: list[dict[str, Any]] = []

    def publish(kind: str, values: dict[str, Any]) -> None:
        if kind == "alert":
            alerts.append(values)

    sensors = [LevelSensor(), EventSensor(load_detector(options.detector))]
    listener = Listener(sensors=sensors, rules=rules.rules, publish=publish)
    with RecordedSource(path) as source:
        listener.run(source)
    return alerts


if __name__ == "__main__":
    main()
