"""Frame by frame, clip by clip: the heads of sound event detection, and its fast first layer."""

import pytest
import torch
from torch import nn

from kikimimi.errors import ConfigError
from kikimimi.networks.clip_pooling import clip_pool
from kikimimi.networks.crnn import Crnn, CrnnConfig
from kikimimi.networks.frame_cnn import FrameCnn, FrameCnnConfig
from kikimimi.networks.frame_tagger import FrameHeadConfig, FrameTagger, resampled_frames
from kikimimi.networks.frame_transformer import FrameTransformer, FrameTransformerConfig
from kikimimi.networks.pooled_convolution import PooledConv2d

SMALL = {"channels": (8, 8), "frequency_pools": (8, 8)}


@pytest.mark.parametrize("bands", [16, 20])
@pytest.mark.parametrize("frames", [1, 37])
def test_pooled_convolution_is_a_convolution_and_a_maximum(bands, frames) -> None:
    torch.manual_seed(0)
    layer = PooledConv2d(1, 6, pool=8)
    maps = torch.randn(3, 1, bands, frames)
    plain = nn.functional.conv2d(maps, layer.weight, padding=1)
    expected = nn.functional.max_pool2d(plain, (8, 1), ceil_mode=True)
    weights = torch.randn_like(expected)
    (wanted,) = torch.autograd.grad((expected * weights).sum(), layer.weight)
    got = layer(maps)
    (got * weights).sum().backward()
    torch.testing.assert_close(got, expected)
    torch.testing.assert_close(layer.weight.grad, wanted, rtol=1e-4, atol=1e-4)


def test_pooled_convolution_counts_equal_values_once() -> None:
    """Digital silence gives bands of equal values; the gradient goes to one of them."""
    layer = PooledConv2d(1, 2, pool=4)
    maps = torch.ones(1, 1, 12, 9)
    expected = nn.functional.max_pool2d(nn.functional.conv2d(maps, layer.weight, padding=1), (4, 1))
    (wanted,) = torch.autograd.grad(expected.sum(), layer.weight)
    layer(maps).sum().backward()
    torch.testing.assert_close(layer.weight.grad, wanted)


def test_pooled_convolution_passes_gradcheck() -> None:
    layer = PooledConv2d(1, 3, pool=2).double()
    maps = torch.randn(2, 1, 4, 5, dtype=torch.float64)
    assert torch.autograd.gradcheck(lambda weight: _with(layer, weight, maps), layer.weight)


def _with(layer: PooledConv2d, weight: torch.Tensor, maps: torch.Tensor) -> torch.Tensor:
    return torch.func.functional_call(layer, {"weight": weight}, maps)


def test_pooled_convolution_gives_a_gradient_to_its_input_where_one_is_wanted() -> None:
    maps = torch.randn(1, 1, 8, 5, requires_grad=True)
    PooledConv2d(1, 2, pool=4)(maps).sum().backward()
    assert maps.grad is not None and maps.grad.any()


def test_networks_of_the_source_have_its_sizes() -> None:
    """3 x 128 channels, pooled 8, 4, 2, GRU of 32: one frame out for each one in."""
    x = torch.randn(1, 64, 50)
    assert Crnn(CrnnConfig()).frames(x).shape == (1, 50, 64)
    assert Crnn(CrnnConfig(bidirectional=False)).frames(x).shape == (1, 50, 32)
    assert FrameCnn(FrameCnnConfig()).frames(x).shape == (1, 50, 128)
    transformer = FrameTransformer(FrameTransformerConfig())
    assert transformer.frames(x).shape == (1, 50, 128)


def test_forward_gru_does_not_hear_the_future() -> None:
    network = Crnn(CrnnConfig(**SMALL, time_pools=(1, 1), bidirectional=False)).eval()
    x = torch.randn(1, 64, 60)
    changed = x.clone()
    changed[:, :, 40:] = 0
    first, second = network.frames(x), network.frames(changed)
    torch.testing.assert_close(first[:, :37], second[:, :37])
    assert not torch.allclose(first[:, 40:], second[:, 40:])


def test_place_of_the_norm_changes_no_shape() -> None:
    x = torch.randn(2, 64, 30)
    options = {**SMALL, "time_pools": (2, 1)}
    shapes = {
        Crnn(CrnnConfig(**options, norm=norm)).frames(x).shape
        for norm in ("before_pooling", "after_pooling")
    }
    assert shapes == {(2, 15, 64)}


@pytest.mark.parametrize(
    ("kind", "expected"), [("max", 0.8), ("linear_softmax", (0.04 + 0.64) / 1.0)]
)
def test_clip_pooling_has_its_published_value(kind, expected) -> None:
    probabilities = torch.tensor([[[0.2], [0.8], [0.0]]])
    pooled = clip_pool(kind, 4, 1)(probabilities, torch.zeros(1, 3, 4))
    assert pooled.item() == pytest.approx(expected)


def test_attention_weighs_frames_so_that_the_weights_sum_to_one() -> None:
    pool = clip_pool("attention", 4, 2)
    pooled = pool(torch.full((3, 7, 2), 0.3), torch.randn(3, 7, 4))
    torch.testing.assert_close(pooled, torch.full((3, 2), 0.3))


@pytest.mark.parametrize("pooling", ["attention", "linear_softmax", "max"])
def test_tagger_gives_frames_clip_and_activity(pooling) -> None:
    head = FrameHeadConfig(hidden=8, clip_pooling=pooling, activity=True)
    tagger = FrameTagger(FrameCnn(FrameCnnConfig(**SMALL)), 5, head=head)
    output = tagger(tagger.normalise(torch.randn(2, 64, 20)))
    assert output.activity is not None
    assert output.strong.shape == (2, 20, 5)
    assert output.weak.shape == (2, 5)
    assert output.activity.shape == (2, 20)
    assert bool(((output.weak >= 0) & (output.weak <= 1)).all())
    (output.weak.sum() + output.activity.sum() + output.strong.sum()).backward()
    assert all(p.grad is not None for p in tagger.parameters())


def test_tagger_joins_an_encoder_to_the_network_or_hears_it_alone() -> None:
    encoded = torch.randn(2, 7, 16)
    joined = FrameTagger(FrameCnn(FrameCnnConfig(**SMALL)), 3, encoder_size=16)
    assert joined(torch.randn(2, 64, 20), encoded).strong.shape == (2, 20, 3)
    alone = FrameTagger(None, 3, encoder_size=16)
    assert alone(None, encoded).strong.shape == (2, 7, 3)


@pytest.mark.parametrize("step", [4.0, 3.7, 0.5])
def test_frames_of_an_encoder_keep_their_times(step) -> None:
    """Frames that tell their own time tell it at other frame centres too."""
    centres = (torch.arange(10) + 0.5) * step
    moved = resampled_frames(centres[None, :, None], 40, step=step)[0, :, 0]
    wanted = (torch.arange(40) + 0.5).clamp(centres[0], centres[-1])
    torch.testing.assert_close(moved, wanted)


def test_recurrence_over_all_that_is_joined_hears_both_ways() -> None:
    head = FrameHeadConfig(encoder_units=6, gru_size=5)
    backbone = FrameCnn(FrameCnnConfig(**SMALL))
    tagger = FrameTagger(backbone, 3, encoder_size=16, encoder_step=4.0, head=head).eval()
    encoded = torch.randn(1, 5, 16, requires_grad=True)
    tagger(torch.randn(1, 64, 20), encoded).strong[0, 10].sum().backward()
    assert (encoded.grad.abs().sum(dim=2) > 0).all()


def test_tagger_without_anything_to_hear_is_refused() -> None:
    with pytest.raises(ConfigError, match="needs a network, an encoder or both"):
        FrameTagger(None, 3)


def test_tagger_begins_with_the_prior() -> None:
    tagger = FrameTagger(FrameCnn(FrameCnnConfig(**SMALL)), 3).eval()
    tagger.set_prior(0.04)
    probabilities = tagger(torch.zeros(1, 64, 20)).strong.sigmoid()
    torch.testing.assert_close(probabilities.mean().item(), 0.04, rtol=0.5, atol=0.0)
