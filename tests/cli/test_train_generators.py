"""`kikimimi train` with the recipes of generators, as a user meets it."""

import json
from pathlib import Path

import numpy as np
import pytest
import soundfile

from kikimimi.cli.app import app
from kikimimi.generation.autoencoder.trainable import AutoencoderRecipe
from kikimimi.generation.flow.trainable import FlowRecipe
from kikimimi.generation.folder import open_generator
from kikimimi.generation.vae.trainable import VaeRecipe
from kikimimi.training.config import load_recipe
from kikimimi.training.shipped_recipes import find_recipe

RECIPES = {
    "generate_vae": VaeRecipe,
    "generate_autoencoder": AutoencoderRecipe,
    "generate_autoencoder_gpu": AutoencoderRecipe,
    "generate_flow": FlowRecipe,
    "generate_flow_gpu": FlowRecipe,
}
TINY = {
    "generate_vae": ["network.channels=[2, 2]", "network.frames=96"],
    "generate_autoencoder": [
        "network={widths: [8, 8, 8], blocks: 1, latent_channels: 2}",
        "discriminators={channels: [2, 2], resolutions: 1}",
        "loss.perceptual=0.0",
        "crop_frames=32",
    ],
    "generate_flow": ["network={width: 16, heads: 2, layers: 1, context: 12}"],
}
QUICK = ["batch={size: 2, steps_per_epoch: 1}", "loop.epochs=1", "loop.figures_every=0"]


@pytest.mark.parametrize("name", RECIPES)
def test_shipped_recipe_can_be_read(name: str) -> None:
    assert load_recipe(find_recipe(name), RECIPES[name]).loop.seed == 0


def _train(name: str, data: Path, run: Path, *changes: str) -> int:
    options = [part for c in (*TINY[name], *QUICK, *changes) for part in ("--set", c)]
    call = ["train", name, "--data", str(data), "--run", str(run), "--json", *options]
    result = app()(call, standalone_mode=False)
    return 0 if result is None else int(result)


def test_own_sounds_become_a_generator(tmp_path, capsys) -> None:
    data = tmp_path / "my sounds"
    data.mkdir()
    for number in range(3):
        samples = 0.1 * np.random.default_rng(number).standard_normal(16000)
        soundfile.write(data / f"{number}.wav", samples, 16000)
    for name in ("generate_vae", "generate_autoencoder"):
        assert _train(name, data, tmp_path / name) == 0
    record = json.loads(capsys.readouterr().out.splitlines()[-1])
    autoencoder = tmp_path / "generate_autoencoder" / "generator"
    assert record == {"generator": str(autoencoder), "files": 3, "failed": 0}

    # one bad file is named, the rest is trained on, and the exit status tells of it
    (data / "bad.wav").write_bytes(b"no sound")
    assert _train("generate_flow", data, tmp_path / "flow", f"autoencoder={autoencoder}") == 1
    told = capsys.readouterr()
    assert "bad.wav" in told.err and json.loads(told.out)["failed"] == 1
    generator = open_generator(tmp_path / "flow" / "generator").load()
    assert generator.card.classes == () and generator.card.training_data == "my sounds"
    assert generator.decode(generator.sample(seconds=0.5, seed=0)).shape[0] == 80
