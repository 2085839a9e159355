"""`kikimimi evaluate linear|knn|few-shot|perturbation|map` and `kikimimi map`."""

import csv
import json
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pytest
from typer.testing import CliRunner

from kikimimi.audio.writing import write_wav
from kikimimi.cli.app import app
from kikimimi.errors import KikimimiError
from kikimimi.library.library import Library
from kikimimi.types import Clip

PLACEHOLDER = ("--encoder", "placeholder", "--unit-s", 0.25)
PITCHES_HZ = {"low": 150, "middle": 900, "高い": 4000}


class Done(NamedTuple):
    """What a call came to, with the status that `kikimimi.cli.app.main` gives it."""

    returncode: int
    stdout: str
    stderr: str


@pytest.fixture
def call(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Done]:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("KIKIMIMI_LIBRARY", str(tmp_path / "test.kikimimi"))
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.setenv("LANG", "C.UTF-8")
    command = app()

    def run(*arguments: object) -> Done:
        result = CliRunner().invoke(command, [str(argument) for argument in arguments])
        if isinstance(result.exception, KikimimiError):
            return Done(2, result.stdout, f"kikimimi: {result.exception}\n")
        if not isinstance(result.exception, SystemExit | None):
            raise result.exception
        return Done(result.exit_code, result.stdout, result.stderr)

    return run


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """Three kinds of tone, ten of each."""
    root = tmp_path / "音"
    generator = np.random.default_rng(0)
    for label, pitch_hz in PITCHES_HZ.items():
        (root / label).mkdir(parents=True)
        for number in range(10):
            time_s = np.arange(4000) / 16000
            samples = 0.4 * np.sin(2 * np.pi * (pitch_hz + 5 * number) * time_s)
            noisy = samples + 0.01 * generator.standard_normal(4000)
            path = root / label / f"{label} {number}.wav"
            write_wav(path, Clip(noisy[None].astype(np.float32), 16000))
    return root


def lines(text: str) -> list[dict]:
    return [json.loads(line) for line in text.splitlines()]


def test_linear_prints_every_fit_and_the_interval(call, data: Path, tmp_path: Path) -> None:
    arguments = ("evaluate", "linear", "--data", data, *PLACEHOLDER, "--lr", 0.01)
    done = call(*arguments, "--folds", "1,2", "--json", "--out", "r.json")
    assert done.returncode == 0, done.stderr
    *scores, summary = lines(done.stdout)
    assert [(s["fold"], s["seed"]) for s in scores] == [
        (fold, seed) for fold in (1, 2) for seed in (42, 43, 44)
    ]
    assert all(score["lr"] == 0.01 and 0 <= score["validation"] <= 1 for score in scores)
    assert (summary["method"], summary["lr"], summary["dataset"]) == ("linear", 0.01, "folders")
    assert summary["encoder"].startswith("placeholder@")
    assert summary["unit_s"] == 0.25
    assert summary["accuracy"] > 0.6
    written = json.loads((tmp_path / "r.json").read_text(encoding="utf-8"))
    assert written["scores"] == scores
    assert written["accuracy"] == summary["accuracy"]

    people = call(*arguments, "--folds", 1, "--seeds", "7,8")
    assert "95 % CI over 2 seeds" in people.stdout
    assert "lr 0.01" in people.stderr


def test_the_learning_rate_may_be_chosen(call, data: Path) -> None:
    arguments = ("evaluate", "linear", "--data", data, *PLACEHOLDER, "--lr", "auto")
    score, summary = lines(call(*arguments, "--folds", 1, "--seeds", 1, "--json").stdout)
    assert summary["lr"] == "auto"
    assert score["lr"] in (3e-5, 1e-4, 3e-4, 1e-3, 3e-3, 1e-2, 3e-2)


def test_neighbours_and_few_shots(call, data: Path) -> None:
    knn = lines(call("evaluate", "knn", "--data", data, *PLACEHOLDER, "-k", 3, "--json").stdout)
    assert [score["fold"] for score in knn[:-1]] == [1, 2, 3, 4, 5]
    assert knn[-1]["accuracy"] == 1
    few = call("evaluate", "few-shot", "--data", data, *PLACEHOLDER, "--shots", 2, "--draws", 3)
    assert "s.d." in few.stdout
    assert "over 3 draws" in few.stdout


def test_layers_are_fused(call, data: Path) -> None:
    from kikimimi.encoders.registry import create_encoder

    layer = create_encoder("placeholder").layer_names[0]
    arguments = ("evaluate", "knn", "--data", data, *PLACEHOLDER, "--json")
    fused = lines(call(*arguments, "--layers", layer).stdout)[-1]
    assert fused["encoder"].startswith(f"placeholder[{layer}]@")
    assert "no layer 'x'" in call(*arguments, "--layers", "x").stderr


def test_a_fold_may_have_an_encoder_of_its_own(call, data: Path, monkeypatch) -> None:
    from kikimimi.encoders import fold_pattern, registry

    asked: list[str] = []

    def create(name: str):
        asked.append(name)
        return registry.create_encoder("placeholder")

    monkeypatch.setattr(fold_pattern, "create_encoder", create)
    arguments = ("--encoder", "runs/fold{fold}/encoder", "--unit-s", 0.25, "--folds", "2,4")
    done = call("evaluate", "knn", "--data", data, *arguments, "--json")
    assert done.returncode == 0, done.stderr
    assert asked == ["runs/fold2/encoder", "runs/fold4/encoder"]


def test_perturbation_prints_draws_and_writes(call, data: Path, tmp_path: Path) -> None:
    arguments = ("evaluate", "perturbation", "--data", data, *PLACEHOLDER, "--most", 12)
    done = call(*arguments, "--json", "--csv", "m.csv", "--picture", "m.png", "--keep-pitch")
    assert done.returncode == 0, done.stderr
    found = lines(done.stdout)
    names = [each["perturbation"] for each in found]
    assert names[:4] == ["length x0.8", "length x1.2", "-6 dB", "+6 dB"]
    assert len(names) == 6
    head, *rows = csv.reader((tmp_path / "m.csv").open(encoding="utf-8"))
    assert head == ["dimension", *names]
    assert len(rows) == 16
    largest = max(rows, key=lambda row: float(row[1]))
    assert found[0]["most_moved"][0]["dimension"] == int(largest[0])
    assert (tmp_path / "m.png").read_bytes().startswith(b"\x89PNG")
    assert "length x0.8" in call(*arguments).stdout


@pytest.mark.parametrize("verb", [("map",), ("evaluate", "map")])
def test_a_map_of_data(call, data: Path, tmp_path: Path, verb) -> None:
    arguments = (*verb, "--data", data, *PLACEHOLDER)
    done = call(*arguments, "--method", "ica", "--components", 3, "-o", "map.html", "--json")
    assert done.returncode == 0, done.stderr
    components = lines(done.stdout)
    assert [each["component"] for each in components] == ["IC 1", "IC 2", "IC 3"]
    assert {tag["name"] for each in components for tag in each["tags"]} == set(PITCHES_HZ)
    page = (tmp_path / "map.html").read_text(encoding="utf-8")
    assert "%E9%9F%B3/low/low%200.wav" in page  # relative to the map, and escaped


def test_a_map_of_the_library_in_japanese(call, data: Path, tmp_path: Path) -> None:
    with Library(tmp_path / "test.kikimimi", encoder="placeholder") as library:
        library.index([data], workers=1)
        library.add_tag((data / "low").iterdir(), "esc50/dog")
    done = call("map", "-o", "map.svg", "--language", "ja")
    assert done.returncode == 0, done.stderr
    assert "犬" in done.stdout
    assert "30 sounds by pca" in done.stderr
    html = call("map", "-o", "map.html", "--language", "ja", "--method", "tsne")
    assert html.returncode == 0, html.stderr
    assert '<html lang="ja">' in (tmp_path / "map.html").read_text(encoding="utf-8")
    assert "--encoder" in call("map", "-o", "map.svg", "--encoder", "placeholder").stderr


def test_runs_are_still_evaluated_without_a_name_before_them(call, tmp_path: Path) -> None:
    for arguments in (
        ("run", "--data", "x"),
        ("--data", "x", "run"),
        ("runs", "run", "--data", "x"),
    ):
        done = call("evaluate", *arguments)
        assert done.returncode == 2
        assert "run" in done.stderr
        assert "No such command" not in done.stderr
    assert "linear" in call("evaluate", "--help").stdout
    assert "ensemble" in call("evaluate", "runs", "--help").stdout


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("linear", "--lr", "fast"), "write 3e-4, or auto"),
        (("linear", "--folds", "one"), "--folds 'one' is no list"),
        (("linear", "--folds", "9", "--unit-s", 0.25), "no test fold 9"),
        (("linear", "--out", "r.txt"), ".json"),
        (("linear", "--encoder", "placeholdr"), "did you mean 'placeholder'"),
        (("linear", "--layers", "a,,b"), "empty layer"),
        (("knn", "--dataset", "esc5"), "did you mean 'esc50'"),
        (("knn", "--dataset", "esc50"), "meta"),
        (("few-shot", "--shots", 100, "--unit-s", 0.25), "too few for 100 shots"),
        (("perturbation", "--csv", "x.txt"), ".csv"),
        (("map", "-o", "x.jpg"), ".png, .svg, .html"),
        (("map", "-o", "x.html", "--method", "tsn"), "did you mean 'tsne'"),
    ],
)
def test_wrong_calls_are_one_line(call, data: Path, arguments, message: str) -> None:
    defaults = () if "--encoder" in arguments else ("--encoder", "placeholder")
    done = call("evaluate", arguments[0], "--data", data, *arguments[1:], *defaults)
    assert done.returncode == 2, done.stdout
    assert message in done.stderr
    assert len(done.stderr.splitlines()) == 1


@pytest.mark.parametrize("verb", ["linear", "knn", "few-shot", "perturbation", "map", "runs"])
def test_help_has_an_example(call, verb: str) -> None:
    done = call("evaluate", verb, "--help")
    assert "Example" in done.stdout
    assert "Example" in call("map", "--help").stdout
