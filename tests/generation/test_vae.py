"""The variational auto-encoder: its mathematics, its windows, its Gaussians, its training."""

import numpy as np
import pytest
import torch
from generator_toys import toy_sounds, vae_recipe, write_sounds
from hypothesis import given
from hypothesis import strategies as st
from safetensors.torch import load_file
from torch.distributions import Normal, kl_divergence

from kikimimi.errors import ConfigError, GenerationError
from kikimimi.generation.folder import open_generator
from kikimimi.generation.vae.class_gaussians import ClassGaussians
from kikimimi.generation.vae.network import (
    Posterior,
    VaeConfig,
    from_min_max_scale,
    min_max_scaled,
)
from kikimimi.generation.vae.trainable import VaeTrainable, train_vae
from kikimimi.generation.vae.windows import OVERLAP, closed_loop, cut_windows, join_windows


def test_divergence_is_that_of_gaussians() -> None:
    posterior = Posterior(torch.randn(5, 7), torch.randn(5, 7))
    wanted = kl_divergence(
        Normal(posterior.mean, (0.5 * posterior.log_variance).exp()), Normal(0.0, 1.0)
    ).sum(dim=1)
    torch.testing.assert_close(posterior.divergence(), wanted)


def test_draws_have_the_mean_and_variance_of_the_posterior() -> None:
    torch.manual_seed(0)
    posterior = Posterior(torch.full((20000, 1), 3.0), torch.full((20000, 1), np.log(0.25)))
    drawn = posterior.draw()
    assert drawn.mean().item() == pytest.approx(3.0, abs=0.02)
    assert drawn.std().item() == pytest.approx(0.5, abs=0.02)


def test_min_max_scale_fills_0_to_1_and_is_undone() -> None:
    windows = torch.rand(3, 80, 20) * torch.tensor([0.2, 0.5, 1.0])[:, None, None] + 0.1
    scaled, levels = min_max_scaled(windows)
    torch.testing.assert_close(scaled.amin(dim=(1, 2)), torch.zeros(3))
    torch.testing.assert_close(scaled.amax(dim=(1, 2)), torch.ones(3))
    torch.testing.assert_close(from_min_max_scale(scaled, levels), windows)
    silent, levels = min_max_scaled(torch.zeros(1, 80, 20))
    assert not silent.any() and not from_min_max_scale(silent, levels).any()


@given(frames=st.integers(1, 700), length=st.integers(2 * OVERLAP + 1, 320))
def test_windows_join_to_what_they_were_cut_from(frames: int, length: int) -> None:
    mel = torch.rand(2, frames, dtype=torch.float64)
    windows = cut_windows(mel, length)
    assert windows.shape[1:] == (2, length)
    torch.testing.assert_close(join_windows(windows, frames), mel)


def test_loop_leads_from_its_end_into_its_start() -> None:
    period = 100
    mel = torch.arange(period + OVERLAP, dtype=torch.float64).repeat(2, 1)
    looped = closed_loop(mel, period)
    assert looped.shape == (2, period + 1)
    assert torch.equal(looped[:, 0], looped[:, -1])
    steps = looped.diff(dim=1)[0]
    assert steps[-1].item() == pytest.approx(1.0, abs=2)
    assert steps.abs().max() < 5


def test_gaussians_find_mean_and_covariance_of_many_sounds() -> None:
    chance = torch.Generator().manual_seed(0)
    mixing = torch.tensor([[2.0, 0.0], [1.0, 0.5]])
    first = torch.randn(4000, 2, generator=chance) @ mixing.T + torch.tensor([5.0, -1.0])
    second = torch.randn(4000, 2, generator=chance) - 3
    gaussians = ClassGaussians(2, 2)
    labels = [0] * 4000 + [1] * 4000
    gaussians.fit(torch.cat([first, second]), torch.zeros(8000, 2), labels)
    covariances = gaussians.factors @ gaussians.factors.transpose(1, 2)
    torch.testing.assert_close(covariances[0], mixing @ mixing.T, atol=0.15, rtol=0.05)
    torch.testing.assert_close(gaussians.means[1], torch.tensor([-3.0, -3.0]), atol=0.1, rtol=0)
    drawn = torch.stack([gaussians.draw(0, chance) for _ in range(4000)])
    torch.testing.assert_close(drawn.T.cov(), mixing @ mixing.T, atol=0.3, rtol=0.1)
    everything = torch.cat([first, second])
    torch.testing.assert_close(gaussians.deviations(), everything.std(dim=0), atol=0.05, rtol=0.01)


def test_class_of_one_sound_still_has_a_spread() -> None:
    latents = torch.randn(9, 5)
    gaussians = ClassGaussians(3, 5)
    gaussians.fit(latents, torch.full((9, 5), 0.01), [0, 0, 0, 0, 1, 1, 1, 1, 2])
    assert gaussians.factors.isfinite().all()
    assert (gaussians.factors[2].diagonal() > 0.05).all()
    torch.testing.assert_close(gaussians.means[2], latents[8])


def test_training_lowers_the_error(tmp_path) -> None:
    sounds = toy_sounds(write_sounds(tmp_path), tmp_path, held_out_fold=1)
    recipe = vae_recipe(
        batch={"size": 4, "steps_per_epoch": 50},
        loop={"epochs": 1, "ema_decay": None, "figures_every": 0},
        optimiser={"lr": 0.01},
        network={"frames": 96, "channels": [4, 8, 8], "latent_size": 6},
    )
    torch.manual_seed(0)
    before = VaeTrainable(recipe, sounds)
    first = before.figures(before.network.eval())["inner_mse"]
    train_vae(recipe, sounds, tmp_path / "run", progress=False)
    rows = (tmp_path / "run" / "metrics.csv").read_text().splitlines()
    last = dict(zip(rows[0].split(","), rows[1].split(","), strict=True))
    assert float(last["inner_mse"]) < 0.3 * first


def test_resumed_training_has_the_same_bits(tmp_path) -> None:
    sounds = toy_sounds(write_sounds(tmp_path), tmp_path)
    recipe = vae_recipe()
    train_vae(recipe, sounds, tmp_path / "undisturbed", progress=False)
    batches = VaeTrainable.batches

    class KilledError(Exception):
        pass

    def kill(self, epoch, shard):
        if epoch == 1:
            raise KilledError
        return batches(self, epoch, shard)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(VaeTrainable, "batches", kill)
        with pytest.raises(KilledError):
            train_vae(recipe, sounds, tmp_path / "killed", progress=False)
    train_vae(recipe, sounds, tmp_path / "killed", progress=False)
    first, second = (
        load_file(tmp_path / name / "last.safetensors") for name in ("undisturbed", "killed")
    )
    assert all(torch.equal(first[name], second[name]) for name in first)
    digests = [
        open_generator(tmp_path / name / "generator").weights_digest
        for name in ("undisturbed", "killed")
    ]
    assert digests[0] == digests[1]


def test_run_folder_of_another_recipe_or_of_other_sounds_is_refused(tmp_path) -> None:
    sounds = toy_sounds(write_sounds(tmp_path / "a"), tmp_path)
    train_vae(vae_recipe(), sounds, tmp_path / "run", progress=False)
    with pytest.raises(ConfigError, match=r"recipe\.kl_weight is 1e-06 there, 0\.1 now"):
        train_vae(vae_recipe(kl_weight=0.1), sounds, tmp_path / "run", progress=False)
    fewer = toy_sounds(write_sounds(tmp_path / "b", per_class=3), tmp_path)
    with pytest.raises(ConfigError, match="files is 10 there, 6 now"):
        train_vae(vae_recipe(), fewer, tmp_path / "run", progress=False)


def test_vocoder_is_laid_beside_the_generator(tmp_path) -> None:
    sounds = toy_sounds(write_sounds(tmp_path / "data"), tmp_path)
    vocoder = tmp_path / "vocoder"
    vocoder.mkdir()
    (vocoder / "README.md").write_text("card")
    (vocoder / "config.json").write_text("{}")
    recipe = vae_recipe(vocoder=str(vocoder))
    with pytest.raises(GenerationError, match=r"there is no model\.safetensors"):
        train_vae(recipe, sounds, tmp_path / "run", progress=False)
    (vocoder / "model.safetensors").write_bytes(b"weights")
    generator = train_vae(recipe, sounds, tmp_path / "run", progress=False)
    assert (generator / "vocoder" / "model.safetensors").read_bytes() == b"weights"
    open_generator(generator).load()


@pytest.mark.parametrize("wrong", [{"frames": 100}, {"channels": []}, {"latent_size": 0}])
def test_impossible_sizes_are_refused(wrong: dict) -> None:
    with pytest.raises(ConfigError, match=next(iter(wrong))):
        VaeConfig(**{key: tuple(v) if isinstance(v, list) else v for key, v in wrong.items()})
