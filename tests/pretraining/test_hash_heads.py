"""The hash heads: their terms by the paper's formulas, and what training them gives."""

import numpy as np
import pytest
import torch

from kikimimi.errors import ConfigError
from kikimimi.pretraining.hashing.heads import HashConfig, HashHeads
from kikimimi.pretraining.hashing.losses import balance_loss, classification_loss, push_loss


def test_terms_are_those_of_the_paper() -> None:
    activations = torch.rand(7, 16, generator=torch.Generator().manual_seed(0)).double()
    values = activations.numpy()
    assert push_loss(activations).item() == pytest.approx(
        -np.mean([sum((h - 0.5) ** 2 for h in row) / 16 for row in values])
    )
    assert balance_loss(activations).item() == pytest.approx(
        np.mean([(sum(row) / 16 - 0.5) ** 2 for row in values])
    )
    assert push_loss((activations > 0.5).double()).item() == -0.25
    assert balance_loss(torch.eye(2)).item() == 0


def test_soft_targets_and_unlabelled_clips() -> None:
    generator = torch.Generator().manual_seed(0)
    logits = torch.randn(5, 3, generator=generator)
    targets = torch.softmax(torch.randn(5, 3, generator=generator), dim=1)
    expected = -(targets * logits.log_softmax(dim=1)).sum(dim=1)
    assert classification_loss(logits, targets).item() == pytest.approx(expected.mean().item())
    targets[1], targets[4] = torch.nan, torch.nan
    assert classification_loss(logits, targets).item() == pytest.approx(
        expected[[0, 2, 3]].mean().item()
    )


def test_a_batch_without_labels_still_trains_the_codes() -> None:
    heads = HashHeads(6, 3)
    embedding = torch.randn(4, 6, requires_grad=True)
    losses = heads.losses(embedding, torch.full((4, 3), torch.nan))
    assert losses["hash_classification"].item() == 0
    losses["loss"].backward()
    gradients = [embedding.grad, *(p.grad for p in heads.parameters() if p.grad is not None)]
    assert all(gradient is not None and gradient.isfinite().all() for gradient in gradients)
    assert embedding.grad is not None and embedding.grad.abs().sum() > 0


def test_the_loss_is_the_weighted_sum() -> None:
    config = HashConfig(
        bits=(8, 16), classification_weight=2.0, push_weight=3.0, balance_weight=5.0
    )
    losses = HashHeads(6, 3, config).losses(torch.randn(4, 6), torch.eye(3)[[0, 1, 2, 0]])
    expected = (
        2 * losses["hash_classification"] + 3 * losses["hash_push"] + 5 * losses["hash_balance"]
    )
    torch.testing.assert_close(losses["loss"], expected)


def test_exported_planes_give_the_units_that_are_above_a_half() -> None:
    torch.manual_seed(0)
    heads = HashHeads(6, 3, HashConfig(embedding_scale=16.0))
    embedding = torch.randn(50, 6)
    tensors = heads.encoder_tensors()
    for bits, (activations, _) in heads(embedding).items():
        codes = heads.projection(bits).codes(embedding.numpy())
        found = np.unpackbits(codes, axis=1, bitorder="little").astype(bool)
        np.testing.assert_array_equal(found, activations.detach().numpy() > 0.5)
        weights = tensors[f"hash.{bits}.weight"].numpy()
        np.testing.assert_array_equal(weights, heads.projection(bits).weights)
        assert tensors[f"hash.{bits}.bias"].shape == (bits,)


def test_training_gives_codes_that_tell_the_classes_and_are_balanced() -> None:
    torch.manual_seed(0)
    centres = torch.randn(6, 10)
    labels = torch.arange(120) % 6
    embedding = centres[labels] + 0.3 * torch.randn(120, 10)
    heads = HashHeads(10, 6, HashConfig(bits=(16, 32)))
    optimiser = torch.optim.Adam(heads.parameters(), lr=0.05)
    for _ in range(150):
        optimiser.zero_grad()
        heads.losses(embedding, torch.eye(6)[labels])["loss"].backward()
        optimiser.step()
    for bits in (16, 32):
        packed = heads.projection(bits).codes(embedding.numpy())
        codes = np.unpackbits(packed, axis=1, bitorder="little").astype(int)
        gaps = (codes[:, None] != codes[None]).sum(axis=2)
        same = labels[:, None].numpy() == labels[None].numpy()
        assert gaps[same].mean() < 0.2 * gaps[~same].mean()
        assert abs(codes.mean() - 0.5) < 0.1
        activations = heads(embedding)[bits][0]
        assert push_loss(activations).item() < -0.2


@pytest.mark.parametrize("bits", [(), (16, 16), (12,), (0,), (-8,)])
def test_impossible_lengths_are_refused(bits: tuple[int, ...]) -> None:
    with pytest.raises(ConfigError):
        HashHeads(6, 3, HashConfig(bits=bits))


def test_a_length_that_was_not_trained_is_refused() -> None:
    with pytest.raises(ConfigError, match="16, 32, 48, 64, 128"):
        HashHeads(6, 3).projection(24)
