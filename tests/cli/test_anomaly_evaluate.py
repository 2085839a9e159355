"""`kikimimi anomaly evaluate` on two machines made here, one of them damaged."""

import csv
import json
import re
from pathlib import Path

import numpy as np
import pytest
import soundfile
from click.testing import Result
from typer.testing import CliRunner

from kikimimi.cli.anomalies.figures import Measured, section_row
from kikimimi.cli.app import app
from kikimimi.datasets.machine_records import MachineClip
from kikimimi.errors import AnomalyError, ConfigError
from kikimimi.metrics.anomaly.score_files import SectionName, read_flags, read_scores
from kikimimi.tasks.anomaly.evaluation import SectionResult
from kikimimi.tasks.anomaly.storage import load_model

RATE_HZ = 16000
STATISTICS = ("--encoder", "logmel_statistics", "--layer", "log_mel")
CONDITIONS = (("normal", 0.0), ("anomaly", 0.02))


def write(folder: Path, name: str, seed: int, *, fault: float = 0.0, speed: float = 1.0) -> None:
    generator = np.random.default_rng(seed)
    times = np.arange(RATE_HZ) / RATE_HZ
    samples = 0.1 * np.sin(2 * np.pi * 200 * speed * times)
    samples += 0.02 * generator.standard_normal(RATE_HZ)
    samples += fault * np.sin(2 * np.pi * 2500 * times)
    folder.mkdir(parents=True, exist_ok=True)
    soundfile.write(folder / f"{name}.wav", samples, RATE_HZ)


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A fan with two domains in section 00 and untold truth in section 01, and a silent pump."""
    root = tmp_path_factory.mktemp("data")
    for seed in range(8):
        domain, speed = ("source", 1.0) if seed < 5 else ("target", 3.0)
        name = f"section_00_{domain}_train_normal_{seed:04}"
        write(root / "fan" / "train", name, seed, speed=speed)
        for condition, fault in CONDITIONS:
            name = f"section_00_{domain}_test_{condition}_{seed:04}"
            write(root / "fan" / "test", name, 100 + seed, fault=fault, speed=speed)
    write(root / "fan" / "test", "section_01_0000", 300)
    for split in ("train", "test"):
        write(root / "pump" / split, f"section_00_source_{split}_normal_0000", 1)
    silent = root / "pump" / "train" / "section_00_source_train_normal_0001.wav"
    soundfile.write(silent, np.zeros(RATE_HZ), RATE_HZ)
    return root


def evaluate(*arguments: object) -> Result:
    given = ["anomaly", "evaluate", *arguments, *STATISTICS]
    return CliRunner().invoke(app(only="anomaly"), list(map(str, given)))


def test_official_files_a_table_and_a_report(data: Path, tmp_path: Path) -> None:
    done = evaluate(data, "-o", tmp_path, "--json")
    assert done.exit_code == 1
    assert "pump" in done.stderr and "silent" in done.stderr
    known, unknown, mean = map(json.loads, done.stdout.splitlines())
    assert (known["section"], known["clips"], known["auc_source"]) == ("00", 16, 1.0)
    assert known["auc_source_pm"] == 0.0
    assert "pauc" not in unknown
    assert mean["score"] == pytest.approx(1.0)
    scores = read_scores(tmp_path / "anomaly_score_fan_section_00_test.csv")
    decisions = read_flags(tmp_path / "decision_result_fan_section_00_test.csv")
    threshold = load_model(tmp_path / "models" / "fan").threshold
    assert len(scores) == 16
    assert decisions == {name: score > threshold for name, score in scores.items()}
    with (tmp_path / "results.csv").open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    assert [row["machine"] for row in rows] == ["fan", "fan", "harmonic mean"]
    assert float(rows[0]["pauc"]) == known["pauc"]
    page = (tmp_path / "report.html").read_text(encoding="utf-8")
    assert page.count("data:image/png;base64,") == 3
    assert "100.0 ± 0.0" in page and "official score" in page
    assert not re.search(r"__[A-Z]+__|https?://", page)


def test_files_of_2020_have_the_names_of_2020(tmp_path: Path) -> None:
    for seed in range(4):
        write(tmp_path / "fan" / "train", f"normal_id_02_{seed:08}", seed)
        for condition, fault in CONDITIONS:
            name = f"{condition}_id_02_{seed:08}"
            write(tmp_path / "fan" / "test", name, 100 + seed, fault=fault)
    done = evaluate(tmp_path / "fan", "-o", tmp_path / "out")
    assert done.exit_code == 0, done.output
    assert (tmp_path / "out" / "anomaly_score_fan_id_02.csv").is_file()
    assert "100.0 ± 0.0\t-\t100.0 ± 0.0" in done.stdout


def test_one_clip_of_a_kind_has_no_interval() -> None:
    clips = tuple(
        MachineClip(Path(f"{number}.wav"), "fan", "00", "test", "source", number == 2)
        for number in range(3)
    )
    row = section_row(SectionResult(SectionName("fan", "00"), clips, (0.1, 0.2, 0.3), 0.15))
    assert row.figures["auc_source"] == Measured(1.0, None)
    assert "auc_target" not in row.figures
    assert row.decisions is not None
    assert (row.decisions.precision, row.decisions.recall) == (0.5, 1.0)


@pytest.mark.parametrize(
    ("arguments", "kind"),
    [
        (("--machine", "fen"), ConfigError),
        (("--dataset", "mimi"), ConfigError),
        (("--detector", "kn"), ConfigError),
        (("--false-alarm-rate", "0"), AnomalyError),
    ],
)
def test_wrong_calls_write_nothing(data: Path, tmp_path: Path, arguments, kind) -> None:
    done = evaluate(data, "-o", tmp_path / "out", *arguments)
    assert isinstance(done.exception, kind)
    assert not (tmp_path / "out").exists()
