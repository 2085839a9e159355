"""Recordings of synthesised machines in the layout of DCASE task 2."""

import csv
import json
import re
import shutil
from collections import Counter
from pathlib import Path

import numpy as np
import pytest
import soundfile
from typer.testing import CliRunner

from kikimimi.audio.synthesis.machinery import MACHINES
from kikimimi.cli.app import app
from kikimimi.datasets.machine_sounds import MachineRecipe
from kikimimi.datasets.machine_sounds.folder import MachineFolder
from kikimimi.datasets.machine_sounds.planning import planned_clips
from kikimimi.datasets.machine_sounds.recipe import ClipCounts, Shift
from kikimimi.datasets.machine_sounds.rendering import Renderer
from kikimimi.errors import ConfigError, DatasetError
from kikimimi.training.config import build, load_recipe

RECIPES = Path(__file__).resolve().parents[2] / "recipes/machines"
NAME = re.compile(
    r"section_(\d\d)_(source|target)_(train|test)_(normal|anomaly)_(\d{4})"
    r"_spd_\d+_load_\d+_noise_[a-z-]+_snr_-?\d+(_fault_[a-z-]+_sev_[1-5])?\.wav"
)
FEW = """
task: machines
name: few
length_s: 0.5
machines: {valve: [], fan: [imbalance]}
severities: [2, 5]
sections: [{speed: [1.5, 1.6]}]
counts: {train_source: 2, train_target: 1, test_normal: 1, test_anomaly: 1}
"""


def run(out: Path, *more: str, recipe: Path):
    return CliRunner().invoke(app(), ["machines", str(recipe), "-o", str(out), *more])


@pytest.fixture(scope="module")
def few(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("recipe") / "few.yaml"
    path.write_text(FEW, encoding="utf-8")
    return path


@pytest.fixture(scope="module")
def made(few: Path, tmp_path_factory: pytest.TempPathFactory):
    out = tmp_path_factory.mktemp("machines") / "out"
    call = run(out, "--json", "--verify", recipe=few)
    assert call.exit_code == 0, call.output
    return out, json.loads(call.stdout)


def recipe(**changes) -> MachineRecipe:
    return build(MachineRecipe, {"name": "x", "machines": {"pump": []}} | changes, where="test")


def test_files_have_the_names_and_places_of_dcase(made) -> None:
    out, report = made
    kinds: Counter[tuple[str, ...]] = Counter()
    for path in out.glob("*/*/*.wav"):
        found = NAME.fullmatch(path.name)
        assert found, path.name
        assert found[3] == path.parent.name
        kinds[path.parent.parent.name, found[2], found[3], found[4]] += 1
    assert kinds["fan", "source", "train", "normal"] == 2
    assert kinds["fan", "target", "train", "normal"] == 1
    assert kinds["valve", "target", "test", "anomaly"] == 2
    assert not any("anomaly" in kind and "train" in kind for kind in kinds)
    assert sum(kinds.values()) == report["made"] == 18
    assert report["clips"]["fan"] == {"train_normal": 3, "test_normal": 2, "test_anomaly": 4}


def test_audio_is_16_bit_mono_of_the_rate_and_length_asked_for(made) -> None:
    out, _ = made
    for path in list(out.glob("*/*/*.wav"))[:5]:
        about = soundfile.info(path)
        assert (about.samplerate, about.channels, about.subtype) == (16000, 1, "PCM_16")
        assert about.frames == 8000


def test_attributes_stand_in_a_table_beside(made) -> None:
    out, _ = made
    with (out / "fan/attributes_00.csv").open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    assert {row["file_name"] for row in rows} == {
        str(path.relative_to(out)) for path in out.glob("fan/*/*.wav")
    }
    for row in rows:
        known = {row[f"d{n}p"]: row[f"d{n}v"] for n in range(1, 7) if row[f"d{n}p"]}
        low, high = (1.5, 1.6) if "_target_" in row["file_name"] else (0.96, 1.04)
        assert 24 * 60 * low - 1 <= int(known["spd"]) <= 24 * 60 * high + 1
        assert ("fault" in known) == ("_anomaly_" in row["file_name"])


def test_what_is_there_is_kept_and_the_same_recipe_makes_the_same_bytes(made, tmp_path) -> None:
    out, report = made
    again = run(out, "--expect", report["digest"][:20], recipe=out / "machines.yaml")
    assert again.exit_code == 0
    assert "0 recordings made, 18 were there" in again.stderr
    elsewhere = tmp_path / "other"
    anew = run(elsewhere, "--json", recipe=out / "machines.yaml")
    assert json.loads(anew.stdout)["digest"] == report["digest"]
    next(iter(sorted((elsewhere / "fan/test").iterdir()))).unlink()
    resumed = json.loads(run(elsewhere, "--json", recipe=out / "machines.yaml").stdout)
    assert (resumed["made"], resumed["digest"]) == (1, report["digest"])


def test_files_that_changed_or_went_are_named(made, few, tmp_path) -> None:
    out, report = made
    copy = tmp_path / "copy"
    shutil.copytree(out, copy)
    victim = next(iter(sorted((copy / "valve/train").iterdir())))
    victim.write_bytes(victim.read_bytes()[:-2] + b"\1\1")
    with pytest.raises(DatasetError, match=f"{victim.name}: has changed"):
        MachineFolder(copy).check()
    victim.unlink()
    with pytest.raises(DatasetError, match=f"{victim.name}: is missing"):
        MachineFolder(copy).check()
    other = run(out, "--expect", "0" * 64, recipe=few)
    assert other.exit_code == 1
    assert f"the digest is {report['digest']}, not 000" in other.stderr


def test_a_folder_of_something_else_is_left_alone(made, few, tmp_path) -> None:
    out, _ = made
    other = run(out, "--set", "seed=3", recipe=few)
    assert isinstance(other.exception, DatasetError)
    assert "of another recipe" in str(other.exception)
    (tmp_path / "letter.txt").write_text("dear")
    foreign = run(tmp_path, recipe=few)
    assert isinstance(foreign.exception, DatasetError)
    assert [path.name for path in tmp_path.iterdir()] == ["letter.txt"]


@pytest.mark.parametrize("path", sorted(RECIPES.glob("*.yaml")), ids=lambda path: path.stem)
def test_recipes_are_whole(path: Path) -> None:
    wanted = load_recipe(path, MachineRecipe)
    assert {name: wanted.faults(name) for name in wanted.machines} == {
        name: make.faults for name, make in MACHINES.items()
    }
    shifts = [[key for key, value in vars_of(shift).items() if value] for shift in wanted.sections]
    assert shifts == [["speed"], ["load"], ["surroundings", "snr_db"]]


def test_every_recording_has_a_name_of_its_own() -> None:
    names = [clip.path for clip in planned_clips(recipe(counts={"test_normal": 20}))]
    assert len(set(names)) == len(names) == 1000 + 2 * (20 + 3 * 5 * 5)


def vars_of(shift: Shift) -> dict[str, object]:
    return {key: getattr(shift, key) for key in ("speed", "load", "surroundings", "snr_db")}


def test_levels_are_those_of_the_recipe() -> None:
    loud = recipe(length_s=2.0, source={"snr_db": [40, 40]}, level_dbfs=-30.0)
    clip = next(clip for clip in planned_clips(loud) if clip.split == "test")
    samples = Renderer(loud).render(clip)
    assert 20 * np.log10(samples.std()) == pytest.approx(-30, abs=3)
    noisy = recipe(length_s=2.0, source={"snr_db": [-20, -20]}, level_dbfs=-40.0)
    drowned = Renderer(noisy).render(planned_clips(noisy)[0])
    assert 20 * np.log10(drowned.std()) == pytest.approx(-20, abs=1)


def test_recordings_do_not_depend_on_how_many_there_are() -> None:
    few = recipe(counts={"train_source": 1, "train_target": 0}, length_s=0.5)
    many = recipe(counts={"train_source": 3, "train_target": 2}, length_s=0.5)
    by_path = {clip.path: clip for clip in planned_clips(many)}
    first = planned_clips(few)[0]
    assert by_path[first.path] == first
    assert (Renderer(few).render(first) == Renderer(many).render(first)).all()


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"machines": {"pmp": []}}, "did you mean 'pump'"),
        ({"machines": {"valve": ["imbalance"]}}, "a valve has no fault 'imbalance'"),
        ({"machines": {}}, "machines and sections"),
        ({"machines": {"pump": ["leak", "leak"]}}, "each fault once"),
        ({"severities": [0]}, "give some of"),
        ({"severities": []}, "give some of"),
        ({"severities": [2, 2]}, "each once"),
        ({"sections": [{"sped": [1, 2]}]}, "did you mean 'speed'"),
        ({"sections": [{"speed": [2, 1]}]}, "the lower one first"),
        ({"sections": [{"surroundings": "hal"}]}, "did you mean 'hall'"),
        ({"sections": []}, "machines and sections"),
        ({"counts": {"train_source": -1}}, "give 0 to 10000"),
        ({"counts": {"test_anomaly": 9000}}, "at most 10000"),
        ({"length_s": 0.1}, "length_s"),
        ({"sample_rate_hz": 44100}, "sample_rate_hz"),
        ({"level_dbfs": 3.0}, "level_dbfs"),
    ],
)
def test_impossible_recipes_are_refused_in_one_line(changes, said: str) -> None:
    with pytest.raises(ConfigError, match=re.escape(said)) as caught:
        recipe(**changes)
    assert "\n" not in str(caught.value)


def test_a_section_without_anything_is_refused() -> None:
    with pytest.raises(ConfigError):
        ClipCounts(0, 0, 0, 0)
