"""`kikimimi soundscapes` from the outside."""

import json
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from kikimimi.cli.app import app
from kikimimi.datasets.event_registry import load_event_dataset
from kikimimi.datasets.soundscape import SoundscapeRecipe
from kikimimi.errors import ConfigError, DatasetError
from kikimimi.training.config import load_recipe

RECIPES = sorted((Path(__file__).resolve().parents[2] / "recipes/soundscapes").glob("*.yaml"))
BENCHMARK = RECIPES[0].parent / "benchmark.yaml"
TINY = (
    *("length_s=20.0", "splits.train.minutes=1", "splits.validation.minutes=0.3"),
    *("splits.test.minutes=0.3", "scenes.home.rooms=[]", "scenes.office.rooms=[]"),
)


def run(sources: Path, out: Path, *more: str, recipe: Path = BENCHMARK):
    changes = [part for change in TINY for part in ("--set", change)]
    call = ["soundscapes", str(recipe), "--sources", str(sources), "-o", str(out), *changes, *more]
    return CliRunner().invoke(app(), call)


@pytest.fixture(scope="module")
def esc50(shared_data: Path) -> Path:
    return shared_data / "esc50"


@pytest.fixture(scope="module")
def made(esc50: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[str, Any]]:
    """Soundscapes of the benchmark's recipe, less of them, and what the command said of them."""
    out = tmp_path_factory.mktemp("made") / "out"
    call = run(esc50, out, "--json", "--verify")
    assert call.exit_code == 0, call.output
    return out, json.loads(call.stdout)


def test_the_benchmark_is_made_of_real_sounds(made) -> None:
    out, report = made
    assert (report["made"], report["kept"]) == (5, 0)
    dataset = load_event_dataset(out)
    dataset.validate()
    assert (len(dataset.classes), len(dataset.scenes)) == (25, 4)
    assert {split: len(dataset.clips(split)) for split in dataset.splits} == {
        "train": 6,
        "validation": 2,
        "test": 2,
    }


def test_what_is_complete_is_told_and_compared_with_the_digest_expected(made, esc50) -> None:
    out, report = made
    again = run(esc50, out, "--expect", report["digest"])
    assert again.exit_code == 0
    assert "0 soundscapes made, 5 were there" in again.stderr
    assert report["digest"][:16] in again.stderr
    other = run(esc50, out, "--expect", "0" * 64)
    assert other.exit_code == 1
    assert f"the digest is {report['digest']}, not 000" in other.stderr


def test_the_recipe_that_is_written_down_makes_the_same(made, esc50, tmp_path: Path) -> None:
    out, report = made
    again = run(esc50, tmp_path, "--json", recipe=out / "soundscapes.yaml")
    assert json.loads(again.stdout)["digest"] == report["digest"]


def test_wrong_calls_are_answered_in_one_line(tmp_path: Path) -> None:
    nowhere = run(tmp_path / "nowhere", tmp_path / "out")
    assert isinstance(nowhere.exception, DatasetError)
    unknown = run(tmp_path, tmp_path / "out", "--set", "polifony=3")
    assert isinstance(unknown.exception, ConfigError)
    assert "did you mean 'polyphony'" in str(unknown.exception)
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize("path", RECIPES, ids=lambda path: path.stem)
def test_every_recipe_can_be_read(path: Path) -> None:
    recipe = load_recipe(path, SoundscapeRecipe)
    used = {
        event
        for scene in recipe.scenes.values()
        for group in scene.groups.values()
        for event in group.events
    }
    assert used == set(recipe.events)
    assert {"train", "validation", "test"} == set(recipe.splits)


def test_the_benchmark_has_the_sizes_of_the_published_comparison() -> None:
    recipe = load_recipe(BENCHMARK, SoundscapeRecipe)
    assert (len(recipe.events), tuple(recipe.scenes)) == (
        25,
        ("home", "office", "street", "nature"),
    )
    assert {name: split.minutes for name, split in recipe.splits.items()} == {
        "train": 192,
        "validation": 30,
        "test": 74,
    }
    assert recipe.clip_s == 10
    assert not recipe.shared_sources
