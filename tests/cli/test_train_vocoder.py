"""`kikimimi train generate_vocoder` as a user meets it."""

import json
from pathlib import Path

import numpy as np
import pytest
import soundfile

TINY = (
    "--set", "crops={frames: 8, adversarial_frames: 4, batch_size: 4}",
    "--set", "network={width: 8, hidden: 8, blocks: 1, kernel: 3, noise: 1}",
    "--set", "discriminators={periods: [2], period_channels: [2], windows: [256]}",
    "--set", "loop.epochs=2", "--set", "loss.reconstruction_epochs=1", "--accelerator", "cpu",
)  # fmt: skip


@pytest.fixture
def sounds(tmp_path: Path) -> Path:
    folder = tmp_path / "音"
    folder.mkdir()
    for number in range(8):
        noise = 0.1 * np.random.default_rng(number).standard_normal(6000)
        soundfile.write(folder / f"{number}.wav", noise, 16000)
    return folder


def test_a_folder_of_sounds_becomes_a_vocoder(run, tmp_path: Path, sounds: Path) -> None:
    (sounds / "bad.wav").write_text("no sound")
    call = ("train", "generate_vocoder", "--data", sounds, "--run", "runs/vocoder", *TINY)
    done = run(*call)
    assert done.returncode == 1, done.stderr
    assert done.stdout == "runs/vocoder/vocoder: trained on 9 sounds\n"
    assert len([line for line in done.stderr.splitlines() if "bad.wav" in line]) == 1
    assert (tmp_path / "runs/vocoder/vocoder/model.safetensors").exists()

    (sounds / "bad.wav").unlink()
    again = run(*call, "--json")
    assert again.returncode == 0, again.stderr
    record = json.loads(again.stdout)
    assert record == {"vocoder": "runs/vocoder/vocoder", "files": 8, "failed": 0}


def test_folds_and_unknown_keys_are_refused(run, sounds: Path) -> None:
    call = ("train", "generate_vocoder", "--data", sounds, "--run", "runs/vocoder")
    for wrong, message in {
        ("--fold", "5"): "held_out_fold=5",
        ("--set", "loss.adversary=1"): "did you mean 'adversarial'",
        ("--set", "held_out_fold=5"): "have no folds",
    }.items():
        done = run(*call, *wrong)
        assert done.returncode == 2, done.stderr
        assert message in done.stderr
        assert len(done.stderr.splitlines()) == 1
