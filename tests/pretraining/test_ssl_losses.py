"""Losses of self-supervised training against their equations written out in NumPy."""

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from kikimimi.pretraining.losses import (
    bilinear_cross_entropy,
    contrastive_agreement,
    masked_patch_mse,
    normalised_mse,
    standardised,
)


def draw(seed: int, *shape: int) -> np.ndarray:
    return np.random.default_rng(seed).standard_normal(shape)


def unit(rows: np.ndarray) -> np.ndarray:
    return rows / np.sqrt(np.sum(rows**2, axis=-1, keepdims=True))


def own_column(logits: np.ndarray) -> float:
    """Mean of -log softmax(logits)[b, b], one row after the other."""
    losses = []
    for place, row in enumerate(logits):
        losses.append(np.log(np.sum(np.exp(row - row.max()))) + row.max() - row[place])
    return float(np.mean(losses))


def value(loss: torch.Tensor) -> float:
    assert loss.ndim == 0
    return float(loss)


@given(seed=st.integers(0, 1000), clips=st.integers(1, 6), size=st.integers(1, 8))
@settings(max_examples=25, deadline=None)
def test_bilinear_cross_entropy(seed: int, clips: int, size: int) -> None:
    anchors, positives = draw(seed, 2, clips, size)
    weights = draw(seed + 1, size, size)
    logits = np.array([[a @ weights @ p for p in positives] for a in anchors])
    found = bilinear_cross_entropy(*map(torch.from_numpy, (anchors, positives, weights)))
    assert value(found) == pytest.approx(own_column(logits), rel=1e-9, abs=1e-12)


@given(seed=st.integers(0, 1000), clips=st.integers(1, 6), scale=st.floats(0.01, 100))
@settings(max_examples=25, deadline=None)
def test_normalised_mse(seed: int, clips: int, scale: float) -> None:
    predictions, targets = draw(seed, 2, clips, 5)
    expected = np.mean(np.sum((unit(predictions) - unit(targets)) ** 2, axis=1))
    found = normalised_mse(torch.from_numpy(scale * predictions), torch.from_numpy(targets))
    assert value(found) == pytest.approx(expected, rel=1e-6)


def test_normalised_mse_of_patches_is_the_mean_over_clips_and_patches() -> None:
    predictions, targets = map(torch.from_numpy, draw(0, 2, 3, 4, 5))
    alone = [value(normalised_mse(p[None], t[None])) for p, t in zip(
        predictions.flatten(0, 1), targets.flatten(0, 1), strict=True
    )]  # fmt: skip
    assert value(normalised_mse(predictions, targets)) == pytest.approx(np.mean(alone))


@given(seed=st.integers(0, 1000), shift=st.floats(-5, 5), scale=st.floats(0.1, 10))
@settings(max_examples=25, deadline=None)
def test_masked_patch_mse(seed: int, shift: float, scale: float) -> None:
    predictions, patches = draw(seed, 2, 3, 4, 16)
    mean = patches.mean(axis=-1, keepdims=True)
    deviation = patches.std(axis=-1, ddof=1, keepdims=True)
    expected = np.mean((predictions - (patches - mean) / deviation) ** 2)
    # a louder patch is the same target
    moved = torch.from_numpy(scale * patches + shift)
    assert value(masked_patch_mse(torch.from_numpy(predictions), moved)) == pytest.approx(
        expected, rel=1e-3
    )


def test_standardised_patches_of_silence_are_finite() -> None:
    assert torch.equal(standardised(torch.full((1, 2, 8), 3.0)), torch.zeros(1, 2, 8))


@given(seed=st.integers(0, 1000), clips=st.integers(1, 6), sharpness=st.floats(0.5, 20))
@settings(max_examples=25, deadline=None)
def test_contrastive_agreement(seed: int, clips: int, sharpness: float) -> None:
    first, second = draw(seed, 2, clips, 5)
    cosines = unit(first) @ unit(second).T
    expected = (own_column(sharpness * cosines) + own_column(sharpness * cosines.T)) / 2
    found = contrastive_agreement(
        torch.from_numpy(3 * first), torch.from_numpy(second), torch.tensor(sharpness)
    )
    assert value(found) == pytest.approx(expected, rel=1e-6, abs=1e-9)
    order = np.random.default_rng(seed).permutation(clips)
    shuffled = contrastive_agreement(
        torch.from_numpy(first[order]), torch.from_numpy(second[order]), torch.tensor(sharpness)
    )
    assert value(shuffled) == pytest.approx(expected, rel=1e-6, abs=1e-9)


def test_agreement_is_best_for_pairs_that_agree() -> None:
    rows = torch.from_numpy(draw(0, 8, 16))
    sharpness = torch.tensor(10.0)
    agreed = contrastive_agreement(rows, rows, sharpness)
    assert agreed < contrastive_agreement(rows, rows.roll(1, dims=0), sharpness)
