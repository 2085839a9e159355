"""Masks, the decoder that fills them, and targets that trail their network."""

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import nn

from kikimimi.errors import ConfigError
from kikimimi.pretraining.masking import chosen, divide_patches
from kikimimi.pretraining.patch_decoder import PatchDecoder, PatchDecoderConfig
from kikimimi.pretraining.target_network import move_target, target_of

CPU = torch.device("cpu")


@given(clips=st.integers(1, 4), patches=st.integers(2, 70), ratio=st.floats(0.01, 0.99))
@settings(max_examples=50, deadline=None)
def test_masks_are_a_partition(clips: int, patches: int, ratio: float) -> None:
    division = divide_patches(clips, patches, ratio, device=CPU)
    together = torch.cat(division, dim=1).sort(dim=1).values
    assert torch.equal(together, torch.arange(patches).expand(clips, -1))
    wanted = min(max(1, round(patches * ratio)), patches - 1)
    assert division.masked.shape == (clips, wanted)
    for numbers in division:
        assert torch.equal(numbers, numbers.sort(dim=1).values)


def test_every_patch_is_masked_as_often_as_another_and_each_clip_in_its_own_way() -> None:
    torch.manual_seed(0)
    masked = divide_patches(4000, 20, 0.75, device=CPU).masked
    counts = torch.bincount(masked.flatten(), minlength=20) / 4000
    np.testing.assert_allclose(counts, 0.75, atol=0.04)
    assert len({tuple(row.tolist()) for row in masked}) > 2000


def test_one_patch_cannot_be_divided() -> None:
    with pytest.raises(ConfigError, match="crop_s"):
        divide_patches(1, 1, 0.5, device=CPU)


def test_chosen_rows() -> None:
    values = torch.arange(12.0).reshape(2, 3, 2)
    found = chosen(values, torch.tensor([[2, 0], [1, 1]]))
    assert found.tolist() == [[[4, 5], [0, 1]], [[8, 9], [8, 9]]]


def test_the_decoder_knows_the_places_of_patches_not_their_order() -> None:
    torch.manual_seed(0)
    config = PatchDecoderConfig(width=8, depth=1, heads=2)
    decoder = PatchDecoder(config, inputs=4, outputs=3).eval()
    tokens, visible = torch.randn(1, 3, 4), torch.tensor([[0, 2, 5]])
    order = [2, 0, 1]
    found = decoder(tokens, visible, (2, 3))
    assert found.shape == (1, 6, 3)
    shuffled = decoder(tokens[:, order], visible[:, order], (2, 3))
    torch.testing.assert_close(shuffled, found)
    moved = decoder(tokens, torch.tensor([[0, 2, 4]]), (2, 3))
    assert not torch.allclose(moved[:, 1], found[:, 1])


@pytest.mark.parametrize("wrong", [{"width": 10}, {"width": 16, "heads": 3}, {"depth": 0}])
def test_impossible_decoders(wrong: dict) -> None:
    with pytest.raises(ConfigError, match="decoder"):
        PatchDecoderConfig(**wrong)


@given(decay=st.floats(0, 1), steps=st.integers(1, 5))
@settings(max_examples=20, deadline=None)
def test_targets_trail_by_the_equation_of_moving_averages(decay: float, steps: int) -> None:
    online = nn.Linear(3, 2).double()
    target = target_of(online)
    expected = online.weight.detach().numpy().copy()
    for step in range(steps):
        with torch.no_grad():
            online.weight += step + 1
        move_target(target, online, decay)
        expected = decay * expected + (1 - decay) * online.weight.detach().numpy()
    np.testing.assert_allclose(target.weight.numpy(), expected, rtol=1e-9, atol=1e-12)
    assert not any(weight.requires_grad for weight in target.parameters())
    assert online.weight.requires_grad
