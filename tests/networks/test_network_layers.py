"""Layers and pooling against their definitions."""

import pytest
import torch
from torch import nn

from kikimimi.networks.layers import (
    ConvNorm,
    SqueezeExcitation,
    StochasticDepth,
    SubSpectralNorm,
    as_maps,
    as_signal,
)
from kikimimi.networks.pooling import GeneralisedMeanPool, time_pool


def test_maps_are_channels_last_and_stay_so() -> None:
    maps = as_maps(torch.randn(2, 8, 10))
    assert maps.shape == (2, 1, 8, 10)
    assert ConvNorm(1, 4)(maps).is_contiguous(memory_format=torch.channels_last)


def test_signals_are_maps_of_one_row() -> None:
    x = torch.randn(2, 10)
    assert torch.equal(as_signal(x), x[:, None, None])


@pytest.mark.parametrize(
    ("stride", "shape"), [(1, (9, 14)), ((2, 1), (5, 14)), ((3, 2), (3, 7)), (4, (3, 4))]
)
def test_strided_convolution_rounds_sizes_up(stride, shape) -> None:
    assert ConvNorm(1, 2, stride=stride, kernel=5)(torch.zeros(2, 1, 9, 14)).shape[2:] == shape


def test_sub_spectral_norm_normalises_each_band_alone() -> None:
    torch.manual_seed(0)
    x = torch.randn(4, 3, 7, 10)
    x[:, :, 4:] = 5 + 3 * x[:, :, 4:]
    found = SubSpectralNorm(3, 2)(x)
    for band in (found[:, :, :4], found[:, :, 4:]):
        torch.testing.assert_close(band.mean(dim=(0, 2, 3)), torch.zeros(3), atol=1e-5, rtol=0)
        torch.testing.assert_close(
            band.var(dim=(0, 2, 3), unbiased=False), torch.ones(3), atol=1e-3, rtol=0
        )


def test_sub_spectral_norm_of_one_band_is_batch_norm() -> None:
    x = torch.randn(4, 3, 7, 10)
    torch.testing.assert_close(SubSpectralNorm(3, 1)(x), nn.BatchNorm2d(3)(x))


def test_squeeze_excitation_scales_whole_channels() -> None:
    x = torch.rand(2, 8, 3, 4) + 0.5
    gates = SqueezeExcitation(8, 2)(x) / x
    torch.testing.assert_close(gates, gates.mean(dim=(2, 3), keepdim=True).expand_as(gates))
    assert gates.min() >= 0 and gates.max() <= 1


def test_stochastic_depth_drops_whole_clips_and_keeps_the_mean() -> None:
    torch.manual_seed(0)
    layer = StochasticDepth(0.25)
    kept = layer(torch.ones(4000, 2, 3, 1)).flatten(1)
    assert kept.unique().tolist() == pytest.approx([0, 4 / 3])
    assert torch.equal(kept.amin(dim=1), kept.amax(dim=1))
    assert kept.mean().item() == pytest.approx(1, abs=0.05)


def test_stochastic_depth_does_nothing_in_evaluation() -> None:
    x = torch.randn(3, 2)
    assert torch.equal(StochasticDepth(0.9).eval()(x), x)


@pytest.mark.parametrize(("kind", "size"), [("mean", 5), ("mean_max", 10), ("generalised_mean", 5)])
def test_pool_gives_the_size_that_it_says(kind, size: int) -> None:
    pool = time_pool(kind, 5)
    assert pool.output_size == size
    assert pool(torch.rand(2, 7, 5)).shape == (2, size)


def test_mean_max_is_mean_then_maximum() -> None:
    x = torch.randn(2, 7, 5)
    expected = torch.cat([x.mean(1), x.max(1).values], 1)
    assert torch.equal(time_pool("mean_max", 5)(x), expected)


@pytest.mark.parametrize(("exponent", "norm"), [(1.0, 1), (3.0, 3), (200.0, float("inf"))])
def test_generalised_mean_runs_from_mean_to_maximum(exponent: float, norm: float) -> None:
    x = torch.rand(2, 7, 5, dtype=torch.float64) + 0.1
    pool = GeneralisedMeanPool(5).double()
    nn.init.constant_(pool.exponent, exponent)
    scale = 1 if norm == float("inf") else 7 ** (-1 / norm)
    expected = torch.linalg.vector_norm(x, norm, dim=1) * scale
    torch.testing.assert_close(pool(x), expected, rtol=0.02 if exponent > 9 else 1e-6, atol=0)
