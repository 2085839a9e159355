"""The auto-encoder with a latent over time, its losses, and its training with the flow's."""

from dataclasses import replace

import numpy as np
import pytest
import torch
from generator_toys import (
    autoencoder_recipe,
    flow_recipe,
    toy_sounds,
    write_sounds,
)
from safetensors.torch import load_file

from kikimimi.audio.reading import read_clip
from kikimimi.errors import ConfigError, GenerationError
from kikimimi.features.logmel import LogMel
from kikimimi.features.presets import YAMNET
from kikimimi.generation.autoencoder.network import Autoencoder, AutoencoderConfig
from kikimimi.generation.autoencoder.perception import PerceptualLoss
from kikimimi.generation.autoencoder.trainable import AutoencoderTrainable, train_autoencoder
from kikimimi.generation.flow.trainable import FlowTrainable, train_flow
from kikimimi.generation.mel import GenerationMel, unit_scaled
from kikimimi.training.trainable import Shard

SMALL = AutoencoderConfig(widths=(8, 12, 16), blocks=1, latent_channels=4)


@pytest.mark.parametrize("frames", [5, 64, 313])
def test_latent_frames_stand_for_four_mel_frames(frames: int) -> None:
    network = Autoencoder(SMALL).eval()
    latent = network.encode(torch.rand(2, 80, frames)).mean
    assert latent.shape == (2, 4, -(-frames // 4))
    assert network.decode(latent).shape == (2, 80, 4 * latent.shape[2])


def test_reach_bounds_what_a_decoded_frame_hears() -> None:
    network = Autoencoder(AutoencoderConfig(widths=(8, 12, 16), blocks=2, latent_channels=4))
    latent = torch.randn(1, 4, 81, requires_grad=True)
    network.decode(latent)[0, :, 160:164].sum().backward()
    heard = latent.grad.abs().sum(dim=(0, 1)).nonzero().flatten()
    assert 40 - heard.min() <= network.reach
    assert heard.max() - 40 <= network.reach


@pytest.fixture(scope="module")
def perception() -> PerceptualLoss:
    return PerceptualLoss("kikimimi-permissive")


def test_perceptual_loss_hears_about_what_the_encoder_hears(perception, shared_data) -> None:
    """The spectrogram made from ours against the encoder's own front end, on real clips."""
    for path in sorted((shared_data / "esc50" / "audio").iterdir())[::500]:
        samples = read_clip(path, sample_rate_hz=16000, mono=True).samples[0]
        mel = torch.from_numpy(unit_scaled(GenerationMel()(samples)))
        heard = perception.heard(mel[None])[0].T.numpy()
        own = LogMel(YAMNET)(samples)
        frames = min(heard.shape[1], own.shape[1])
        assert heard.shape[0] == own.shape[0] == 64
        if own.std() > 0.5:
            both = heard[:, :frames].ravel(), own[:, :frames].ravel()
            assert np.corrcoef(both)[0, 1] > 0.9
            assert np.abs(both[0] - both[1]).mean() < 0.6


def test_perceptual_loss_is_0_for_equals_and_grows_with_noise(perception) -> None:
    mel = torch.rand(2, 80, 64)
    noise = torch.randn(2, 80, 64)
    losses = [perception(mel, mel + level * noise).item() for level in (0.0, 0.01, 0.1)]
    assert losses[0] == 0
    assert losses[0] < losses[1] < losses[2]
    made = mel.clone().requires_grad_()
    perception(mel, made + 0.1 * noise).backward()
    assert made.grad.abs().sum() > 0
    assert all(not parameter.requires_grad for parameter in perception.parameters())
    with pytest.raises(ConfigError, match="no embedded encoder 'yamnet'"):
        PerceptualLoss("yamnet")


def test_all_losses_train_and_each_side_of_the_game_has_its_own_gradient(tmp_path) -> None:
    sounds = toy_sounds(write_sounds(tmp_path), tmp_path)
    recipe = autoencoder_recipe(loss={"perceptual": 0.5, "reconstruction_epochs": 1})
    trainable = AutoencoderTrainable(recipe, sounds)
    first = next(iter(trainable.batches(0, Shard())))
    assert set(trainable.losses(first)) == {
        *("loss", "reconstruction", "divergence", "perceptual"),
    }
    later = trainable.losses(next(iter(trainable.batches(1, Shard()))))
    assert {"discriminators", "adversarial", "feature_matching"} <= set(later)
    game = trainable.network
    later["discriminators"].backward(retain_graph=True)
    assert all(each.grad is None for each in game.autoencoder.parameters())
    game.zero_grad(set_to_none=True)
    (later["adversarial"] + later["feature_matching"]).backward()
    assert all(each.grad is None for each in game.discriminators.parameters())
    assert any(each.grad is not None for each in game.autoencoder.parameters())


def test_training_lowers_the_error(tmp_path) -> None:
    sounds = toy_sounds(write_sounds(tmp_path), tmp_path, held_out_fold=1)
    recipe = autoencoder_recipe(
        batch={"size": 4, "steps_per_epoch": 20},
        loop={"epochs": 2, "ema_decay": None, "figures_every": 0},
        optimiser={"lr": 0.01},
    )
    before = AutoencoderTrainable(recipe, sounds)
    first = before.figures(before.network.eval())["inner_mse"]
    train_autoencoder(recipe, sounds, tmp_path / "run", progress=False)
    rows = (tmp_path / "run" / "metrics.csv").read_text().splitlines()
    last = dict(zip(rows[0].split(","), rows[-1].split(","), strict=True))
    assert float(last["inner_mse"]) < 0.5 * first


@pytest.fixture(scope="module")
def base(tmp_path_factory):
    """A trained auto-encoder, its sounds, and a place."""
    place = tmp_path_factory.mktemp("base")
    sounds = toy_sounds(write_sounds(place / "data"), place / "cache", held_out_fold=2)
    folder = train_autoencoder(autoencoder_recipe(), sounds, place / "run", progress=False)
    return folder, sounds, place


def test_flow_learns_and_leaves_the_auto_encoder_alone(base) -> None:
    folder, sounds, place = base
    recipe = flow_recipe(
        folder,
        batch={"size": 4, "steps_per_epoch": 30},
        loop={"epochs": 1, "ema_decay": None, "figures_every": 0},
        optimiser={"lr": 0.01},
    )
    made = train_flow(recipe, sounds, place / "learns", cache=place / "cache", progress=False)
    rows = (place / "learns" / "metrics.csv").read_text().splitlines()
    last = dict(zip(rows[0].split(","), rows[-1].split(","), strict=True))
    # a velocity of 0 everywhere has the error 2: unit noise and unit data
    assert float(last["inner_loss"]) < 1.5
    before, after = load_file(folder / "model.safetensors"), load_file(made / "model.safetensors")
    assert all(torch.equal(before[name], after[name]) for name in before)


@pytest.mark.parametrize("kind", ["autoencoder", "flow"])
def test_resumed_training_has_the_same_bits(kind: str, base) -> None:
    folder, sounds, place = base
    trainable = {"autoencoder": AutoencoderTrainable, "flow": FlowTrainable}[kind]

    def train(name: str) -> None:
        run = place / kind / name
        if kind == "flow":
            recipe = flow_recipe(folder)
            train_flow(recipe, sounds, run, cache=place / "cache", progress=False)
        else:
            train_autoencoder(autoencoder_recipe(), sounds, run, progress=False)

    train("undisturbed")
    batches = trainable.batches

    class KilledError(Exception):
        pass

    def kill(self, epoch, shard):
        if epoch == 1:
            raise KilledError
        return batches(self, epoch, shard)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(trainable, "batches", kill)
        with pytest.raises(KilledError):
            train("killed")
    train("killed")
    first, second = (
        load_file(place / kind / name / "last.safetensors") for name in ("undisturbed", "killed")
    )
    assert all(torch.equal(first[name], second[name]) for name in first)


def test_flow_needs_an_auto_encoder(base, tmp_path) -> None:
    _, sounds, place = base
    with pytest.raises(ConfigError, match="train generate_autoencoder first"):
        train_flow(
            replace(flow_recipe(tmp_path), autoencoder=None),
            sounds,
            tmp_path / "run",
            cache=place / "cache",
        )
    with pytest.raises(GenerationError, match="no generator"):
        train_flow(flow_recipe(tmp_path), sounds, tmp_path / "run", cache=place / "cache")


def test_impossible_recipes_are_refused() -> None:
    with pytest.raises(ConfigError, match="crop_frames must be a multiple of 4"):
        autoencoder_recipe(crop_frames=34)
    with pytest.raises(ConfigError, match="must be 0 or more"):
        autoencoder_recipe(loss={"adversarial": -1.0})
