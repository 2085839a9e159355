"""The vocoder: its network, its folder, and its discriminators."""

from pathlib import Path

import numpy as np
import pytest
import torch

from kikimimi.errors import ConfigError, GenerationError
from kikimimi.features.mel import mel_filterbank
from kikimimi.generation.mel import GENERATION_MEL, LOWEST, GenerationMel
from kikimimi.generation.vocoder.adversarial import (
    discriminator_loss,
    feature_matching,
    generator_loss,
)
from kikimimi.generation.vocoder.config import VocoderConfig
from kikimimi.generation.vocoder.discriminators import (
    DiscriminatorConfig,
    Discriminators,
    frozen,
)
from kikimimi.generation.vocoder.network import VocoderNetwork, band_interpolation
from kikimimi.generation.vocoder.neural import NeuralVocoder, save_vocoder, vocoded

SMALL = VocoderConfig(width=16, hidden=24, blocks=2, kernel=3, noise=4)
SMALL_GAME = DiscriminatorConfig(
    periods=(2, 3), period_channels=(4, 8), windows=(256,), resolution_channels=4
)


@pytest.fixture(scope="module")
def network() -> VocoderNetwork:
    torch.manual_seed(0)
    return VocoderNetwork(SMALL).eval()


@pytest.fixture(scope="module")
def log_mel() -> np.ndarray:
    noise = np.random.default_rng(0).normal(0, 0.1, 40 * 256).astype(np.float32)
    return GenerationMel()(noise)


@pytest.fixture(scope="module")
def folder(network, tmp_path_factory) -> Path:
    place = tmp_path_factory.mktemp("vocoder")
    save_vocoder(place, network, name="tiny", licence="CC0", facts={"epochs": "0"})
    return place


def test_bins_follow_from_bands_where_the_spectrum_is_smooth() -> None:
    weights, offsets = band_interpolation()
    np.testing.assert_allclose(weights.sum(axis=1), 1)
    smooth = np.exp(-np.arange(513) / 200)
    log_mel = np.log(mel_filterbank(GENERATION_MEL) @ smooth)
    guessed = weights @ (log_mel - offsets)
    np.testing.assert_allclose(guessed[3:490], np.log(smooth)[3:490], atol=0.02)


def test_before_any_training_levels_are_about_right(network, log_mel) -> None:
    again = GenerationMel()(vocoded(network, log_mel, seed=0))
    assert abs(np.median(again[:, 4:-4] - log_mel[:, 4:-4])) < 1.0


def test_the_sizes_of_the_standard_network_suit_a_cpu() -> None:
    count = sum(each.numel() for each in VocoderNetwork(VocoderConfig()).parameters())
    assert 1e6 < count < 2e6


def test_a_seed_gives_the_same_bits_and_another_one_other_noise(network, log_mel) -> None:
    first, again, other = (vocoded(network, log_mel, seed=seed) for seed in (3, 3, 4))
    assert first.shape == (40 * 256,)
    np.testing.assert_array_equal(first, again)
    assert (first != other).any()


def test_silence_stays_silent(network) -> None:
    made = vocoded(network, np.full((80, 20), LOWEST, np.float32), seed=0)
    assert np.abs(made).max() < 1e-3


def test_a_loop_is_one_period_of_an_endless_sound(network, log_mel) -> None:
    looped = log_mel.copy()
    looped[:, -1] = looped[:, 0]
    once = vocoded(network, looped, seed=0, loop=True)
    turned = np.roll(looped[:, :-1], 7, axis=1)
    twice = vocoded(network, np.concatenate([turned, turned[:, :1]], axis=1), seed=0, loop=True)
    assert once.shape == twice.shape == (40 * 256,)
    step = np.abs(np.diff(np.concatenate([once, once[:1]])))
    assert step[-1] <= step[:-1].max()


def test_nothing_out_of_reach_changes_a_sample(network, log_mel) -> None:
    changed = log_mel.copy()
    changed[:, 30:] += 1.0
    first, second = (vocoded(network, each, seed=0) for each in (log_mel, changed))
    untouched = (30 - SMALL.reach) * 256
    np.testing.assert_allclose(first[:untouched], second[:untouched], atol=1e-6)
    assert np.abs(first[-512:] - second[-512:]).max() > 1e-3


def test_a_saved_vocoder_opens_and_says_what_the_network_says(folder, network, log_mel) -> None:
    opened = NeuralVocoder(folder)
    np.testing.assert_allclose(
        opened(log_mel, seed=5), vocoded(network, log_mel, seed=5), atol=2e-3
    )
    assert opened.name.startswith("tiny@")
    assert "CC0" in (folder / "README.md").read_text()


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("kikimimi-vocoder-1", "other", "no vocoder"),
        ('"width"', '"wide"', "width"),
        ('"hop_length": 256', '"hop_length": 160', "other spectrograms"),
        ('"licence"', '"license"', "damaged"),
    ],
)
def test_damaged_folders_are_named(folder, tmp_path, old, new, message) -> None:
    text = (folder / "config.json").read_text()
    (tmp_path / "config.json").write_text(text.replace(old, new))
    with pytest.raises(GenerationError, match=message):
        NeuralVocoder(tmp_path)


def test_missing_and_foreign_weights_are_named(folder, tmp_path) -> None:
    with pytest.raises(GenerationError, match="cannot be read"):
        NeuralVocoder(tmp_path)
    (tmp_path / "config.json").write_text((folder / "config.json").read_text())
    (tmp_path / "model.safetensors").write_bytes(b"nothing")
    with pytest.raises(GenerationError, match="SHA-256"):
        NeuralVocoder(tmp_path).load()


def test_odd_sizes_are_refused() -> None:
    for settings in ({"kernel": 4}, {"blocks": 0}, {"noise": -1}):
        with pytest.raises(ConfigError, match="vocoder"):
            VocoderConfig(**settings)


@pytest.fixture(scope="module")
def judges() -> Discriminators:
    torch.manual_seed(1)
    return Discriminators(SMALL_GAME)


def test_judges_hear_sounds_of_any_length(judges) -> None:
    for length in (1000, 1001):
        judgements = judges(torch.zeros(2, length))
        assert len(judgements) == 3
        assert all(torch.isfinite(each.scores).all() for each in judgements)


def test_frozen_judges_pass_gradients_on_and_take_none(judges) -> None:
    judges.zero_grad()
    samples = torch.randn(2, 1000, requires_grad=True)
    with frozen(judges):
        judged = judges(samples)
    generator_loss(judged).backward()
    assert samples.grad is not None
    assert samples.grad.abs().sum() > 0
    assert all(each.grad is None for each in judges.parameters())
    assert all(each.requires_grad for each in judges.parameters())


def test_losses_of_the_game_are_the_hinge(judges) -> None:
    judgements = judges(torch.randn(2, 1000))
    flat = torch.cat([each.scores.flatten() for each in judgements[:1]])
    expected = torch.relu(1 - flat).mean() + torch.relu(1 + flat).mean()
    one = judgements[:1]
    assert discriminator_loss(one, one).item() == pytest.approx(expected.item())
    assert generator_loss(one).item() == pytest.approx(torch.relu(1 - flat).mean().item())
    assert feature_matching(judgements, judgements).item() == 0
    other = judges(torch.zeros(2, 1000))
    assert feature_matching(judgements, other).item() > 0
