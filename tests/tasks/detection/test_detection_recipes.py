"""The recipes of detection and of scenes, and their commands."""

import json
from pathlib import Path

import pytest
import torch
from detection_toys import CLASSES, recipe_with

from event_layouts import write_rows, write_sound
from kikimimi.cli.app import app
from kikimimi.tasks.classification.recipe import ClassificationRecipe
from kikimimi.tasks.classification.runs import build_classifier
from kikimimi.tasks.detection.network import build_network, tagger_of
from kikimimi.tasks.detection.recipe import DetectionRecipe
from kikimimi.training.config import load_recipe, recipe_text

RECIPES = Path(__file__).resolve().parents[3] / "recipes"
DETECTION = sorted(p for p in (RECIPES / "detection").glob("*.yaml"))
SCENES = sorted(p for p in (RECIPES / "scenes").glob("*.yaml"))


@pytest.mark.parametrize("path", DETECTION, ids=lambda path: path.stem)
def test_network_of_the_recipe_can_be_made(path) -> None:
    recipe = load_recipe(path, DetectionRecipe)
    tagger = tagger_of(build_network(recipe, 25)).eval()
    log_mel = torch.zeros(1, recipe.front_end.n_mels, 100)
    assert tagger(tagger.normalise(log_mel)).strong.shape[2] == 25


@pytest.mark.parametrize("path", SCENES, ids=lambda path: path.stem)
def test_scene_recipe_is_one_of_classification(path) -> None:
    recipe = load_recipe(path, ClassificationRecipe)
    classifier = build_classifier(recipe, 4).eval()
    assert classifier(torch.zeros(1, recipe.front_end.n_mels, 100)).logits.shape == (1, 4)


def test_detector_is_trained_and_evaluated_by_commands(tmp_path, capsys) -> None:
    """On soundscapes in their folder; a detector folder comes out."""
    data = tmp_path / "data"
    write_rows(data / "soundscapes.yaml", [("name: tiny",)])
    for split in ("train", "validation", "test"):
        recordings = [_recording(data, split, number) for number in range(4)]
        lists = {"classes": list(CLASSES), "scenes": ["home"], "recordings": recordings}
        (data / f"{split}.json").write_text(json.dumps(lists), encoding="utf-8")
    recipe = recipe_with(loop={"epochs": 1, "ema_decay": 0.9}, batch={"strong": 4})
    (tmp_path / "recipe.yaml").write_text(recipe_text(recipe), encoding="utf-8")
    run = ["--data", str(data), "--cache", str(tmp_path / "cache"), "--json"]
    _call("train", str(tmp_path / "recipe.yaml"), "--run", str(tmp_path / "run"), *run)
    first, told = capsys.readouterr().out.splitlines()
    assert json.loads(told) == {"detector": str(tmp_path / "run" / "detector")}
    assert (tmp_path / "run" / "detector" / "config.json").exists()
    _call("evaluate", str(tmp_path / "run"), *run)
    assert json.loads(capsys.readouterr().out) == json.loads(first)


def _recording(data: Path, split: str, number: int) -> dict[str, object]:
    name = f"{split}_{number}.flac"
    write_sound(data / split / "audio" / name, 2.0)
    value = {"label": CLASSES[number % 3], "role": "foreground"}
    observation = {"time": 0.5, "duration": 1.0, "value": value, "confidence": 1.0}
    return {
        "file_metadata": {"identifiers": {"filename": name}, "duration": 2.0},
        "annotations": [{"namespace": "scaper", "data": [observation]}],
        "sandbox": {"scene": "home", "soundscape": f"{split}_{number}"},
    }


def _call(*arguments: str) -> None:
    assert app()(list(arguments), standalone_mode=False) in (0, None)
