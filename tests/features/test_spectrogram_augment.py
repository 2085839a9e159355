"""Changes of spectrograms: shape, chance, and what each one does."""

from math import log

import numpy as np
import pytest
import torch

from kikimimi.errors import AudioError, ConfigError
from kikimimi.features.augment import (
    FilterAugment,
    FrequencyShift,
    FrequencyWarp,
    SpecAugment,
    SpectrogramChain,
    log_mixup_exp,
    spectrogram_chain_from_recipe,
    spectrogram_transform_names,
)

NAMES = spectrogram_transform_names()


def transform_of(name: str):
    ((transform, _),) = spectrogram_chain_from_recipe({name: None}).steps
    return transform


def batch(clips: int = 5, bands: int = 40, frames: int = 100) -> torch.Tensor:
    return torch.randn(clips, bands, frames, generator=torch.Generator().manual_seed(1))


def torch_chance(seed: int) -> torch.Generator:
    return torch.Generator().manual_seed(seed)


def test_the_transforms_that_the_recipes_name() -> None:
    assert NAMES == ("filter_augment", "frequency_shift", "frequency_warp", "spec_augment")


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("chance", [torch_chance, np.random.default_rng])
def test_every_transform_keeps_shape_and_follows_its_generator(name: str, chance) -> None:
    log_mel, transform = batch(), transform_of(name)
    before = log_mel.clone()
    first, again, other = (transform(log_mel, chance(seed)) for seed in (3, 3, 4))
    assert first.shape == log_mel.shape
    assert first.dtype == torch.float32
    assert first.isfinite().all()
    assert torch.equal(first, again)
    assert not torch.equal(first, other)
    assert torch.equal(log_mel, before)


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("shape", [(1, 1, 1), (2, 3, 1), (1, 1, 50), (3, 7, 2)])
def test_every_transform_takes_tiny_spectrograms(name: str, shape) -> None:
    for seed in range(20):
        assert transform_of(name)(batch(*shape), torch_chance(seed)).isfinite().all()


def test_masks_are_whole_bands_and_frames_no_wider_than_said() -> None:
    masks = SpecAugment(frequency_masks=1, frequency_width=5, time_masks=1, time_width=9)
    log_mel = torch.randn(300, 30, 80) + 7
    changed = masks(log_mel, torch_chance(0))
    masked = changed != log_mel
    bands, frames = masked.all(dim=2).sum(dim=1), masked.all(dim=1).sum(dim=1)
    assert bands.max() == 5
    assert frames.max() == 9
    assert torch.equal(masked, masked.all(dim=2)[:, :, None] | masked.all(dim=1)[:, None, :])
    means = log_mel.mean(dim=(1, 2))[:, None, None].expand_as(log_mel)
    assert torch.allclose(changed[masked], means[masked])


def test_time_masks_leave_most_of_a_short_clip() -> None:
    masks = SpecAugment(frequency_masks=0, time_masks=1, time_width=50, time_share=0.2)
    log_mel = batch(200, 8, 20)
    hidden = (masks(log_mel, torch_chance(0)) != log_mel).all(dim=1).sum(dim=1)
    assert hidden.max() == 4


@pytest.mark.parametrize("linear", [True, False])
def test_filters_are_constant_in_time_and_within_their_decibels(linear: bool) -> None:
    filters = FilterAugment(low_db=-6, high_db=3, linear=linear)
    log_mel = batch(100, 64, 10)
    added = filters(log_mel, torch_chance(0)) - log_mel
    levels_db = added[:, :, 0] / (log(10) / 10)
    assert (added - added[:, :, :1]).abs().max() < 1e-5
    assert -6.01 < levels_db.min() < -5
    assert 2 < levels_db.max() < 3.01
    steps = levels_db.diff(dim=1).abs()
    jumps = (steps > 1e-4).sum(dim=1)
    if linear:
        assert steps.max() < 9 / 6 + 1e-3  # a whole range over the narrowest band
    else:
        assert jumps.max() <= 5
        assert jumps.float().mean() > 1


def test_a_shift_moves_bands_and_repeats_the_outermost() -> None:
    log_mel = torch.arange(10.0)[None, :, None].expand(200, 10, 3)
    changed = FrequencyShift(max_bands=2)(log_mel, torch_chance(0))
    rows = {tuple(row.tolist()) for row in changed[:, :, 0]}
    assert rows == {tuple(np.clip(np.arange(10.0) - s, 0, 9)) for s in range(-2, 3)}


def test_a_warp_scales_the_band_axis() -> None:
    log_mel = torch.arange(50.0)[None, :, None].expand(100, 50, 2)
    changed = FrequencyWarp(max_ratio=1.2)(log_mel, torch_chance(0))[:, :, 0]
    ratios = changed[:, 20] / 20
    assert 1 / 1.2 - 1e-3 < ratios.min() < 0.87
    assert 1.15 < ratios.max() < 1.2 + 1e-3
    assert torch.allclose(changed[:, :40], ratios[:, None] * torch.arange(40.0), atol=1e-3)


def test_a_chain_changes_each_clip_with_its_probability() -> None:
    chain = spectrogram_chain_from_recipe({"filter_augment": {"probability": 0.25}})
    log_mel = batch(2000, 12, 2)
    changed = (chain(log_mel, torch_chance(0)) != log_mel).any(dim=2).any(dim=1)
    assert abs(changed.float().mean().item() - 0.25) < 0.04
    assert SpectrogramChain(())(log_mel, torch_chance(0)) is log_mel


@pytest.mark.parametrize(
    ("recipe", "message"),
    [
        ({"spec_agument": {}}, "no 'spec_agument'; did you mean 'spec_augment'"),
        ({"spec_augment": {"time_mask": 1}}, "unknown key 'time_mask'; did you mean 'time_masks'"),
        ({"spec_augment": {"time_masks": -1}}, "negative"),
        ({"spec_augment": {"probability": -1}}, "probability is not between 0 and 1"),
        ({"filter_augment": {"fewest": 9}}, "bands from 9 to 6"),
        ({"frequency_warp": {"max_ratio": 0.5}}, "max_ratio from 1.0 to 0.5"),
    ],
)
def test_a_wrong_recipe_is_refused(recipe, message) -> None:
    with pytest.raises(ConfigError, match=message):
        spectrogram_chain_from_recipe(recipe)


def test_a_batch_needs_three_axes() -> None:
    with pytest.raises(AudioError, match=r"\(B, F, N\)"):
        SpectrogramChain(())(torch.zeros(3, 4), torch_chance(0))


@pytest.mark.parametrize("scale", [1.0, 3.7, log(10) / 10])
def test_log_mixup_exp_mixes_the_powers(scale: float) -> None:
    powers = np.random.default_rng(0).uniform(1e-4, 10, (2, 6, 9))
    first, second = (torch.from_numpy((np.log(p) - 2) / scale) for p in powers)
    mixed = log_mixup_exp(first, second, 0.3, scale=scale)
    expected = (np.log(0.3 * powers[0] + 0.7 * powers[1]) - 2) / scale
    np.testing.assert_allclose(mixed.numpy(), expected, rtol=1e-9, atol=1e-9)


def test_log_mixup_exp_takes_a_ratio_for_each_clip_and_its_ends() -> None:
    first, second = batch(), batch() + 1
    ratio = torch.tensor([0.0, 1.0, 0.5, 0.0, 1.0])[:, None, None]
    mixed = log_mixup_exp(first, second, ratio)
    assert torch.allclose(mixed[0], second[0], atol=1e-6)
    assert torch.allclose(mixed[1], first[1], atol=1e-6)
    assert mixed.isfinite().all()
