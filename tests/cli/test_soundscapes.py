"""`kikimimi soundscapes` from the outside."""

import json
from pathlib import Path

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
    "splits.test.minutes=0.3",
)


def run(sources: Path, out: Path, *more: str, recipe: Path = BENCHMARK):
    changes = [part for change in TINY for part in ("--set", change)]
    call = ["soundscapes", str(recipe), "--sources", str(sources), "-o", str(out), *changes, *more]
    return CliRunner().invoke(app(), call)


def test_the_benchmark_is_made_of_real_sounds(shared_data: Path, tmp_path: Path) -> None:
    made = run(shared_data / "esc50", tmp_path / "out", "--json", "--verify")
    assert made.exit_code == 0, made.output
    report = json.loads(made.stdout)
    assert (report["made"], report["kept"]) == (5, 0)
    dataset = load_event_dataset(tmp_path / "out")
    dataset.validate()
    assert (len(dataset.classes), len(dataset.scenes)) == (25, 4)
    assert {split: len(dataset.clips(split)) for split in dataset.splits} == {
        "train": 6,
        "validation": 2,
        "test": 2,
    }
    again = run(shared_data / "esc50", tmp_path / "out")
    assert again.exit_code == 0
    assert "0 soundscapes made, 5 were there" in again.stderr
    assert report["digest"][:16] in again.stderr


def test_a_digest_that_was_expected_is_compared(shared_data: Path, tmp_path: Path) -> None:
    tiny = ("--set", "splits={train: {minutes: 0.3, folds: [1]}}")
    made = run(shared_data / "esc50", tmp_path / "out", *tiny, "--json")
    digest = json.loads(made.stdout)["digest"]
    assert run(shared_data / "esc50", tmp_path / "out", *tiny, "--expect", digest).exit_code == 0
    other = run(shared_data / "esc50", tmp_path / "out", *tiny, "--expect", "0" * 64)
    assert other.exit_code == 1
    assert f"the digest is {digest}, not 000" in other.stderr


def test_a_recipe_that_was_written_down_makes_the_same(shared_data: Path, tmp_path: Path) -> None:
    first = run(shared_data / "esc50", tmp_path / "a", "--json")
    written = tmp_path / "a" / "soundscapes.yaml"
    second = run(shared_data / "esc50", tmp_path / "b", "--json", recipe=written)
    assert json.loads(first.stdout)["digest"] == json.loads(second.stdout)["digest"]


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
