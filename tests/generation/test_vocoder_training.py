"""The training of a vocoder, on sounds of a second and networks of nothing."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import soundfile
import torch
from safetensors.torch import load_file

from kikimimi.errors import ConfigError, DatasetError
from kikimimi.generation.mel import GenerationMel
from kikimimi.generation.vocoder.config import VocoderConfig
from kikimimi.generation.vocoder.discriminators import DiscriminatorConfig
from kikimimi.generation.vocoder.neural import NeuralVocoder
from kikimimi.generation.vocoder.recipe import CropSettings, LossSettings, VocoderRecipe
from kikimimi.generation.vocoder.runs import export_vocoder, train_vocoder
from kikimimi.generation.vocoder.trainable import VocoderTrainable
from kikimimi.training.config import load_recipe
from kikimimi.training.devices import DeviceSettings
from kikimimi.training.optimisers import OptimiserSettings
from kikimimi.training.shipped_recipes import find_recipe
from kikimimi.training.state import LoopSettings

CPU = DeviceSettings("cpu")
RECIPE = VocoderRecipe(
    crops=CropSettings(frames=16, adversarial_frames=8, batch_size=4, figures_sounds=1),
    network=VocoderConfig(width=16, hidden=24, blocks=1, kernel=3, noise=2),
    discriminators=DiscriminatorConfig(
        periods=(2,), period_channels=(4, 4), windows=(256,), resolution_channels=4
    ),
    loss=LossSettings(reconstruction_epochs=2),
    optimiser=OptimiserSettings(lr=2e-3, betas=(0.8, 0.9)),
    loop=LoopSettings(epochs=4, ema_decay=0.5, figures_every=4),
)


@pytest.fixture(scope="module")
def sounds(tmp_path_factory) -> Path:
    place = tmp_path_factory.mktemp("sounds")
    generator = np.random.default_rng(0)
    time = np.arange(12000) / 16000
    for number in range(12):
        tone = np.sin(2 * np.pi * generator.uniform(100, 4000) * time)
        noise = generator.normal(0, 0.1, len(time))
        soundfile.write(place / f"{number:02}.wav", 0.3 * tone + noise, 16000)
    soundfile.write(place / "silent.wav", np.zeros(12000), 16000)
    return place


@pytest.fixture(scope="module", autouse=True)
def _one_thread() -> None:
    """Before the first training: sums over another number of threads have other bits."""
    torch.set_num_threads(1)


def train(sounds: Path, folder: Path, recipe: VocoderRecipe = RECIPE):
    return train_vocoder(
        recipe, sounds, folder, cache=folder.parent / "cache", devices=CPU, progress=False
    )


@pytest.fixture(scope="module")
def run(sounds, tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("whole") / "run"
    train(sounds, folder)
    return folder


def rows(run: Path) -> list[dict[str, str]]:
    head, *lines = (run / "metrics.csv").read_text().splitlines()
    return [dict(zip(head.split(","), line.split(","), strict=True)) for line in lines]


def test_the_game_begins_after_the_reconstruction(run) -> None:
    table = rows(run)
    assert [bool(row["train_discriminators"]) for row in table] == [False, False, True, True]
    assert float(table[-1]["train_reconstruction"]) < float(table[0]["train_reconstruction"])
    assert float(table[-1]["multi_scale_mel"]) > 0


def test_the_exported_vocoder_speaks(run) -> None:
    vocoder = NeuralVocoder(run / "vocoder")
    log_mel = GenerationMel()(np.random.default_rng(1).normal(0, 0.1, 8192).astype(np.float32))
    made = vocoder(log_mel)
    assert made.shape == (8192,)
    assert np.isfinite(made).all()
    card = (run / "vocoder" / "README.md").read_text()
    assert "4 of 4" in card
    assert "13 sounds" in card


def test_a_stopped_training_goes_on_to_the_same_bits(run, sounds, tmp_path, monkeypatch) -> None:
    folder = tmp_path / "run"
    losses = VocoderTrainable.losses
    calls = []

    def interrupted(self, batch):
        calls.append(1)
        if len(calls) > 7:
            raise KeyboardInterrupt
        return losses(self, batch)

    monkeypatch.setattr(VocoderTrainable, "losses", interrupted)
    with pytest.raises(KeyboardInterrupt):
        train(sounds, folder)
    monkeypatch.undo()
    export_vocoder(folder, tmp_path / "early")
    assert "3 of 4" in (tmp_path / "early" / "README.md").read_text()
    train(sounds, folder)
    for name in ("last.safetensors", "ema.safetensors"):
        first, second = load_file(folder / name), load_file(run / name)
        assert all(torch.equal(first[key], second[key]) for key in first)


def test_judges_and_vocoder_learn_from_their_own_losses_only(sounds, tmp_path) -> None:
    recipe = replace(
        RECIPE,
        loss=LossSettings(0.0, 0.0, 0.0, reconstruction_epochs=0),
        loop=LoopSettings(epochs=1, ema_decay=None, figures_every=0),
    )
    train(sounds, tmp_path / "judges", recipe)
    two = replace(recipe, loop=replace(recipe.loop, epochs=2))
    train(sounds, tmp_path / "longer", two)
    first, second = (load_file(tmp_path / n / "last.safetensors") for n in ("judges", "longer"))
    moved = {name for name in first if not torch.equal(first[name], second[name])}
    assert moved
    assert all(name.startswith("discriminators.") for name in moved)


def test_a_finished_run_is_left_as_it_is(run, sounds) -> None:
    before = (run / "last.safetensors").read_bytes()
    train(sounds, run)
    assert (run / "last.safetensors").read_bytes() == before


def _interrupt(self, batch):
    raise KeyboardInterrupt


def test_no_run_and_no_checkpoint_are_named(sounds, tmp_path, monkeypatch) -> None:
    with pytest.raises(ConfigError, match=r"no config\.yaml"):
        export_vocoder(tmp_path, tmp_path / "out")
    monkeypatch.setattr(VocoderTrainable, "losses", _interrupt)
    with pytest.raises(KeyboardInterrupt):
        train(sounds, tmp_path / "run")
    with pytest.raises(ConfigError, match="no checkpoint yet"):
        export_vocoder(tmp_path / "run", tmp_path / "out")


def test_bad_files_are_told_and_left_out(sounds, tmp_path) -> None:
    place = tmp_path / "sounds"
    place.mkdir()
    for path in sounds.glob("*.wav"):
        (place / path.name).symlink_to(path)
    (place / "bad.wav").write_bytes(b"no sound")
    told = []
    trained = train_vocoder(
        replace(RECIPE, loop=LoopSettings(epochs=1, figures_every=0)),
        place,
        tmp_path / "run",
        cache=tmp_path / "cache",
        devices=CPU,
        bad_file=lambda path, reason: told.append(path.name),
        progress=False,
    )
    assert told == ["bad.wav"]
    assert (trained.sounds, trained.bad_files) == (14, 1)


def test_too_few_sounds_are_refused(sounds, tmp_path) -> None:
    few = tmp_path / "few"
    few.mkdir()
    (few / "a.wav").symlink_to(sounds / "00.wav")
    (few / "b.wav").symlink_to(sounds / "silent.wav")
    with pytest.raises(DatasetError, match="1 sounds that are not silent"):
        train(few, tmp_path / "run")


def test_the_shipped_recipe_can_be_read() -> None:
    recipe = load_recipe(find_recipe("generate_vocoder"), VocoderRecipe)
    assert recipe.loss.reconstruction_epochs < recipe.loop.epochs


@pytest.mark.parametrize(
    ("kind", "settings"),
    [
        (CropSettings, {"frames": 8, "adversarial_frames": 9}),
        (CropSettings, {"batch_size": 0}),
        (CropSettings, {"lowest_gain_db": 3.0, "highest_gain_db": 0.0}),
        (LossSettings, {"reconstruction": -1.0}),
        (LossSettings, {"reconstruction_epochs": -1}),
        (DiscriminatorConfig, {"periods": (), "windows": ()}),
        (DiscriminatorConfig, {"windows": (2,)}),
    ],
)
def test_impossible_recipes_are_refused(kind, settings) -> None:
    with pytest.raises(ConfigError):
        kind(**settings)


def test_several_processes_are_refused(sounds, tmp_path) -> None:
    with pytest.raises(ConfigError, match="one process"):
        train_vocoder(RECIPE, sounds, tmp_path, cache=tmp_path, devices=DeviceSettings("cpu", 2))
