"""Classes of long recordings over time."""

import json
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
import soundfile
from classification_toys import recipe_with
from typer.testing import CliRunner

from kikimimi.audio.sources import open_source
from kikimimi.cli.app import app
from kikimimi.errors import AudioError, ConfigError
from kikimimi.tasks.classification.folds import prepare, train_folds
from kikimimi.tasks.classification.over_time import (
    ClassesOverTime,
    OverTimeClassifier,
    stretches,
)
from kikimimi.types import Window

RATE_HZ = 16000
PARTS_S = 5


@pytest.fixture(scope="module")
def run(toy_data: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("scenes")
    recipe = recipe_with()
    data = prepare(recipe.data, toy_data, folder / "cache")
    list(train_folds(recipe, data, folder / "run", folds=(1,), progress=False))
    return folder / "run"


@pytest.fixture(scope="module")
def walk(toy_data: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Five seconds of each class, one after the other, at another rate and in stereo."""
    parts = []
    for name in ("hiss", "音", "clicks"):
        samples, _ = soundfile.read(toy_data / name / "3.wav")
        parts.append(np.resize(samples, PARTS_S * RATE_HZ))
    path = tmp_path_factory.mktemp("walks") / "walk.wav"
    joined = np.repeat(np.concatenate(parts), 2)
    soundfile.write(path, np.stack([joined, joined], axis=1), 2 * RATE_HZ)
    return path


def test_each_stretch_is_told_from_its_beginning_to_its_end(run: Path, walk: Path) -> None:
    classifier = OverTimeClassifier(run)
    found = stretches(classifier(walk), classifier.classes, smooth_s=1.5)
    assert [event.event_label for event in found] == ["hiss", "音", "clicks"]
    assert found[0].onset_s == 0
    assert found[-1].offset_s == pytest.approx(3 * PARTS_S)
    for number, (before, after) in enumerate(pairwise(found), start=1):
        assert before.offset_s == after.onset_s == pytest.approx(number * PARTS_S, abs=0.6)
    assert all(0.5 < event.score <= 1 for event in found)


def test_the_command_tells_the_same(run: Path, walk: Path, tmp_path: Path) -> None:
    bad = tmp_path / "bad.wav"
    bad.write_text("no sound")
    arguments = ["scenes", str(walk), str(bad), "--run", str(run), "--smooth", "1.5", "--json"]
    done = CliRunner().invoke(app(), arguments)
    assert done.exit_code == 1
    assert "bad.wav" in done.stderr
    (line,) = done.stdout.splitlines()
    labels = [event["event_label"] for event in json.loads(line)["events"]]
    assert labels == ["hiss", "音", "clicks"]


def test_a_folder_without_a_training_is_told(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="no training has ended"):
        OverTimeClassifier(tmp_path)


def test_a_file_without_sound_is_told(run: Path, tmp_path: Path) -> None:
    (tmp_path / "bad.wav").write_text("no sound")
    with pytest.raises(AudioError):
        OverTimeClassifier(run)(tmp_path / "bad.wav")


@pytest.fixture
def heard(walk: Path) -> ClassesOverTime:
    """Windows of 2 s each second; the third of five is heard otherwise than its neighbours."""
    windows = tuple(Window(float(n), float(n) + 2) for n in range(5))
    probabilities = np.array([[0.9, 0.1], [0.8, 0.2], [0.4, 0.6], [0.9, 0.1], [0.2, 0.8]])
    with open_source(walk) as source:
        return ClassesOverTime(source.recording, 6.0, windows, probabilities.astype(np.float32))


def test_windows_decide_up_to_the_middle_between_them(heard: ClassesOverTime) -> None:
    found = stretches(heard, ("park", "street"))
    told = [(event.onset_s, event.offset_s, event.event_label) for event in found]
    assert told == [
        (0, 2.5, "park"),
        (2.5, 3.5, "street"),
        (3.5, 4.5, "park"),
        (4.5, 6, "street"),
    ]
    assert found[0].score == pytest.approx(0.85)


def test_smoothing_passes_over_short_doubts(heard: ClassesOverTime) -> None:
    found = stretches(heard, ("park", "street"), smooth_s=2)
    assert [event.event_label for event in found] == ["park"]
    assert found[0].offset_s == 6
