"""The convolutional auto-encoder: shapes at any length, independence of clips, and learning."""

import pytest
import torch
from torch.nn import functional

from kikimimi.errors import ConfigError
from kikimimi.networks.conv_autoencoder import ConvAutoencoder, ConvAutoencoderConfig

_SMALL = ConvAutoencoderConfig(n_mels=16, channels=(4, 8), bottleneck=6)


@pytest.fixture
def network() -> ConvAutoencoder:
    torch.manual_seed(0)
    return ConvAutoencoder(_SMALL).eval()


@pytest.mark.parametrize("frames", [1, 3, 4, 50, 63])
def test_shapes_at_any_length(network: ConvAutoencoder, frames: int) -> None:
    x = torch.randn(3, 16, frames)
    assert network.reconstruct(x).shape == x.shape
    assert network(x).shape == (3, network.embedding_size)
    assert network.frames(x).shape == (3, -(-frames // _SMALL.stride), _SMALL.bottleneck)
    assert torch.isfinite(network(x)).all()


def test_the_embedding_is_mean_and_deviation_of_the_frames(network: ConvAutoencoder) -> None:
    x = torch.randn(2, 16, 80)
    frames = network.frames(x)
    expected = torch.cat([frames.mean(dim=1), frames.std(dim=1, correction=0)], dim=1)
    torch.testing.assert_close(network(x), expected, atol=1e-3, rtol=1e-3)


def test_a_clip_does_not_depend_on_its_neighbours(network: ConvAutoencoder) -> None:
    x = torch.randn(4, 16, 40)
    torch.testing.assert_close(network(x)[:1], network(x[:1]), atol=1e-5, rtol=1e-5)


def test_it_learns_to_give_back_what_has_structure() -> None:
    """Sounds of one band and one rhythm each: explained far better than by their mean."""
    torch.manual_seed(0)
    network = ConvAutoencoder(_SMALL)
    optimiser = torch.optim.Adam(network.parameters(), lr=1e-2)
    bands, times = torch.arange(16.0)[None, :, None], torch.arange(32.0)[None, None, :]
    for _ in range(150):
        centre, phase = 12 * torch.rand(16, 1, 1) + 2, 6.28 * torch.rand(16, 1, 1)
        x = torch.exp(-((bands - centre) ** 2) / 4) * (1 + torch.sin(times / 2 + phase))
        loss = functional.mse_loss(network.reconstruct(x), x)
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
    assert loss.item() < 0.3 * x.var().item()


def test_bands_that_cannot_be_halved_are_refused() -> None:
    with pytest.raises(ConfigError, match="multiple of 16"):
        ConvAutoencoderConfig(n_mels=40)
