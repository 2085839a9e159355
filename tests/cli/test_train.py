"""`kikimimi train` and `kikimimi evaluate` as a user meets them."""

import json
from pathlib import Path

import numpy as np
import pytest
import soundfile

_RECIPE = """
task: classification
data: {name: folders, clip_s: 1.0}
network:
  name: residual_cnn
  options: {stem_channels: 4, channels: [4], blocks: [1], frequency_strides: [2], time_strides: [2]}
augmentation: {crop_s: 1.0}
batch_size: 4
loop: {epochs: 2, ema_decay: 0.5}
"""


@pytest.fixture
def data(tmp_path: Path) -> Path:
    root = tmp_path / "音"
    for label in ("high", "low"):
        (root / label).mkdir(parents=True)
        for number in range(10):
            pitch_hz = {"high": 3000, "low": 200}[label] + 10 * number
            samples = 0.5 * np.sin(2 * np.pi * pitch_hz * np.arange(16000) / 16000)
            soundfile.write(root / label / f"{number}.wav", samples, 16000)
    return root


@pytest.fixture
def recipe(tmp_path: Path) -> Path:
    path = tmp_path / "recipe.yaml"
    path.write_text(_RECIPE)
    return path


def test_train_evaluate_and_a_picture(run, tmp_path: Path, data: Path, recipe: Path) -> None:
    done = run("train", recipe, "--data", data, "--run", "runs/a", "--fold", 1, "--fold", 2)
    assert done.returncode == 0, done.stderr
    assert "fold 1: accuracy" in done.stderr
    assert "over 2 folds" in done.stdout

    again = run("evaluate", "runs/a", "--data", data, "--json", "--picture", "confusion.png")
    assert again.returncode == 0, again.stderr
    records = [json.loads(line) for line in again.stdout.splitlines()]
    assert [record.get("fold") for record in records] == [1, 2, None]
    assert records[-1]["accuracy"] == pytest.approx(
        np.mean([record["accuracy"] for record in records[:-1]])
    )
    assert (tmp_path / "confusion.png").read_bytes().startswith(b"\x89PNG")


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("--set", "network.name=vit"), "there is no network 'vit'"),
        (("--set", "optimizer.lr=1"), "did you mean 'optimiser'"),
        (("--set", "loop.epochs=many"), "loop.epochs"),
        (("--accelerator", "tpu"), "accelerator"),
        (("--fold", "8"), "no fold 8"),
    ],
)
def test_wrong_calls(run, data: Path, recipe: Path, arguments: tuple, message: str) -> None:
    done = run("train", recipe, "--data", data, "--run", "runs/a", *arguments)
    assert done.returncode == 2, done.stderr
    lines = done.stderr.splitlines()
    assert len(lines) == 1, done.stderr
    assert message in lines[0]


def test_a_broken_data_set_stops_before_training(run, data: Path, recipe: Path) -> None:
    (data / "low" / "3.wav").write_text("no sound")
    done = run("train", recipe, "--data", data, "--run", "runs/a")
    assert done.returncode == 2
    assert "3.wav" in done.stderr
    assert "Traceback" not in done.stderr


def test_labels_of_ones_own_on_a_frozen_encoder(run, tmp_path: Path, data: Path) -> None:
    recipe = tmp_path / "transfer.yaml"
    recipe.write_text("task: transfer\nencoder: placeholder\n")
    done = run("train", recipe, "--data", data, "--run", "runs/mine", "--json")
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout.splitlines()[-1])["accuracy"] > 0.9
    told = run("tag", data / "high" / "1.wav", "--classifier", "runs/mine", "--json")
    assert told.returncode == 0, told.stderr
    assert json.loads(told.stdout)["classes"][0]["name"] == "high"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("task: clasification\n", "did you mean 'classification'"),
        ("data: {name: folders}\n", "there is no task None"),
        ("task: transfer\nencoder: placeholdr\n", "did you mean 'placeholder'"),
        ("task: transfer\nencodr: x\n", "did you mean 'encoder'"),
    ],
)
def test_wrong_recipes(run, tmp_path: Path, data: Path, text: str, message: str) -> None:
    (tmp_path / "wrong.yaml").write_text(text)
    done = run("train", "wrong.yaml", "--data", data, "--run", "runs/a")
    assert done.returncode == 2
    assert message in done.stderr
    assert len(done.stderr.splitlines()) == 1


def test_evaluating_nothing(run, tmp_path: Path, data: Path) -> None:
    done = run("evaluate", tmp_path / "runs", "--data", data)
    assert done.returncode == 2
    assert "no training has ended" in done.stderr
