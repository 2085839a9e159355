"""`kikimimi train pretrain_...` as a user meets it."""

import json
from pathlib import Path

import numpy as np
import pytest
import soundfile

TINY = (
    "--set", "batch_size=4", "--set", "loop.epochs=1", "--set", "network.options.width=12",
    "--set", "network.options.depth=1", "--set", "method.options.predictor.width=12",
    "--set", "method.options.predictor.depth=1", "--accelerator", "cpu",
)  # fmt: skip


@pytest.fixture
def sounds(tmp_path: Path) -> Path:
    folder = tmp_path / "音"
    folder.mkdir()
    generator = np.random.default_rng(0)
    for number in range(8):
        noise = 0.1 * generator.standard_normal(16000 + 4000 * number)
        soundfile.write(folder / f"{number}.wav", noise, 16000)
    return folder


def test_train_index_and_search(run, tmp_path: Path, sounds: Path) -> None:
    (sounds / "bad.wav").write_text("no sound")
    (tmp_path / "list.txt").write_text("音\n", encoding="utf-8")
    call = ("train", "pretrain_m2d", "--data", "list.txt", "--run", "runs/m2d", *TINY)
    done = run(*call)
    assert done.returncode == 1, done.stderr
    assert done.stdout.startswith("runs/m2d/encoder: loss ")
    named = [line for line in done.stderr.splitlines() if "bad.wav" in line]
    assert len(named) == 1
    again = run(*call, "--json")
    assert again.returncode == 0, again.stderr
    record = json.loads(again.stdout)
    assert record["encoder"] == "runs/m2d/encoder"
    assert record["files"] == 9

    (sounds / "bad.wav").unlink()
    indexed = run("index", sounds, "--library", "lib", "--encoder", "runs/m2d/encoder")
    assert indexed.returncode == 0, indexed.stderr
    found = run("search", sounds / "3.wav", "--library", "lib", "--json")
    assert found.returncode == 0, found.stderr
    assert json.loads(found.stdout.splitlines()[0])["path"].endswith("3.wav")


def test_several_places(run, sounds: Path) -> None:
    data = [argument for n in range(4) for argument in ("--data", sounds / f"{n}.wav")]
    done = run("train", "pretrain_m2d", *data, "--run", "runs/m2d", "--json", *TINY)
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["files"] == 4


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("pretrain_m2", "--data", "音"), "did you mean 'pretrain_m2d'"),
        (("pretrain_m2d", "--data", "none"), "cannot be read"),
        (("pretrain_m2d", "--data", "音", "--fold", "1"), "knows no folds"),
        (("pretrain_m2d", "--data", "音", "--set", "crops.crop=1"), "did you mean 'crop_s'"),
    ],
)
def test_wrong_calls(run, sounds: Path, arguments: tuple, message: str) -> None:
    done = run("train", *arguments, "--run", "runs/a", "--accelerator", "cpu")
    assert done.returncode == 2, done.stderr
    lines = done.stderr.splitlines()
    assert len(lines) == 1, done.stderr
    assert message in lines[0]
