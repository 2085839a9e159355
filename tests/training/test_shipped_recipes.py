"""Recipes that come with the package."""

from pathlib import Path

import pytest

from kikimimi.errors import ConfigError
from kikimimi.networks.registry import config_type
from kikimimi.pretraining.method import method_names, method_type
from kikimimi.pretraining.recipe import PretrainingRecipe
from kikimimi.training.config import build, load_recipe
from kikimimi.training.shipped_recipes import find_recipe, recipe_names

PRETRAINING = [name for name in recipe_names() if name.startswith("pretrain_")]


@pytest.mark.parametrize("name", PRETRAINING)
def test_every_recipe_says_what_its_method_and_network_take(name: str) -> None:
    start = ["network.start=runs/m2d/encoder"] if "m2d2" in name else []
    recipe = load_recipe(find_recipe(name), PretrainingRecipe, overrides=start)
    build(method_type(recipe.method.name).Config, recipe.method.options, where=name)
    sizes = build(config_type(recipe.network.name), recipe.network.options, where=name)
    assert sizes.n_mels == recipe.front_end.n_mels if hasattr(sizes, "n_mels") else True
    hop_s = recipe.front_end.frame_hop_s
    assert recipe.crops.crop_s / hop_s == pytest.approx(round(recipe.crops.crop_s / hop_s))
    assert recipe.loop.ema_decay is None
    assert recipe.encoder.chunked == (recipe.network.name == "spectrogram_vit")


def test_every_method_has_a_recipe() -> None:
    found = {load_method(name) for name in PRETRAINING}
    assert found == set(method_names())


def load_method(name: str) -> str:
    start = ["network.start=x"] if "m2d2" in name else []
    return load_recipe(find_recipe(name), PretrainingRecipe, overrides=start).method.name


def test_paths_and_names(tmp_path: Path, monkeypatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert find_recipe("some/where.yaml") == Path("some/where.yaml")
    assert find_recipe("pretrain_cola").name == "cola.yaml"
    assert "pretrain_base" not in recipe_names()
    for wrong, message in {"pretrain_m2c": "did you mean 'pretrain_m2d'", "x": "known: "}.items():
        with pytest.raises(ConfigError, match=message):
            find_recipe(wrong)
