"""A convolutional variational auto-encoder of whole spectrograms.

Kingma and Welling, "Auto-encoding variational Bayes", ICLR 2014, with the sizes of the source work:
a vector of 64 numbers for a clip, whose spectrogram is min-max scaled.

Axes: B clips, F mel bands, M mel frames of a window, D latent size.
"""

from dataclasses import dataclass
from itertools import pairwise
from typing import NamedTuple

import torch
from torch import Tensor, nn

from kikimimi.generation.mel import GENERATION_MEL
from kikimimi.networks.contract import NetworkConfig

LEVELS = 2
"""Rows after the latent proper: least and greatest value of the window, on the unit scale."""

_LEAST_RANGE = 0.05


@dataclass(frozen=True, slots=True)
class VaeConfig(NetworkConfig):
    """Sizes; each layer halves frequency and time.

    Attributes:
        frames: mel frames M of a window, a multiple of 2^L.
        channels: of the L layers; the decoder mirrors them.
        latent_size: D.
    """

    frames: int = 320
    channels: tuple[int, ...] = (24, 48, 96, 128)
    latent_size: int = 64

    def check(self) -> None:
        """Bands and frames must be halved without rest."""
        stride = 2 ** len(self.channels)
        fits = self.frames % stride == 0 and GENERATION_MEL.n_mels % stride == 0
        self.require(
            fits,
            f"frames of {self.frames} and {GENERATION_MEL.n_mels} bands cannot be halved "
            f"{len(self.channels)} times; give a multiple of {stride}, or fewer channels",
        )


class Posterior(NamedTuple):
    """What an encoder believes: a Gaussian with independent axes, both tensors (B, ...)."""

    mean: Tensor
    log_variance: Tensor

    def draw(self) -> Tensor:
        """A latent (B, ...), by the reparametrisation of the paper, section 2.4."""
        return self.mean + torch.randn_like(self.mean) * (0.5 * self.log_variance).exp()

    def divergence(self) -> Tensor:
        """Kullback-Leibler divergence (B,) from N(0, 1), in nats; the paper's appendix B."""
        variance = self.log_variance.exp()
        nats = 0.5 * (self.mean.square() + variance - 1 - self.log_variance)
        return nats.flatten(1).sum(dim=1)


class SpectrogramVae(nn.Module):
    """Min-max scaled windows (B, F, M) <-> latents (B, D)."""

    def __init__(self, config: VaeConfig) -> None:
        super().__init__()
        self.config = config
        stride = 2 ** len(config.channels)
        self._map = (
            config.channels[-1],
            GENERATION_MEL.n_mels // stride,
            config.frames // stride,
        )
        inner = self._map[0] * self._map[1] * self._map[2]
        pairs = list(pairwise((1, *config.channels)))
        self.encoder = nn.Sequential(*(_narrowing(few, many) for few, many in pairs))
        self.mean = nn.Linear(inner, config.latent_size)
        self.log_variance = nn.Linear(inner, config.latent_size)
        self.widen = nn.Linear(config.latent_size, inner)
        self.decoder = nn.Sequential(
            *(_widening(many, few) for few, many in reversed(pairs[1:])),
            _doubling(config.channels[0], 1, bias=True),
        )

    def encode(self, scaled: Tensor) -> Posterior:
        """(B, F, M) -> the posterior of (B, D)."""
        maps = scaled[:, None].contiguous(memory_format=torch.channels_last)
        flat = self.encoder(maps).flatten(1)
        return Posterior(self.mean(flat), self.log_variance(flat).clamp(-12.0, 4.0))

    def decode(self, latent: Tensor) -> Tensor:
        """(B, D) -> (B, F, M), between 0 and 1."""
        maps = self.widen(latent).unflatten(1, self._map)
        maps = maps.contiguous(memory_format=torch.channels_last)
        return self.decoder(maps).squeeze(1).sigmoid()


def min_max_scaled(windows: Tensor) -> tuple[Tensor, Tensor]:
    """Windows (B, F, M) brought to 0 ... 1 each, and their levels (B, 2), which undo it."""
    levels = torch.stack([windows.amin(dim=(1, 2)), windows.amax(dim=(1, 2))], dim=1)
    low, span = _low_and_span(levels)
    return ((windows - low) / span).clamp(0.0, 1.0), levels


def from_min_max_scale(scaled: Tensor, levels: Tensor) -> Tensor:
    """Windows (B, F, M) from what `min_max_scaled` gave."""
    low, span = _low_and_span(levels)
    return scaled * span + low


def _low_and_span(levels: Tensor) -> tuple[Tensor, Tensor]:
    low = levels[:, 0, None, None]
    return low, (levels[:, 1, None, None] - low).clamp_min(_LEAST_RANGE)


def _narrowing(channels_in: int, channels_out: int) -> nn.Module:
    convolution = nn.Conv2d(
        channels_in, channels_out, kernel_size=3, stride=2, padding=1, bias=False
    )
    return nn.Sequential(convolution, nn.BatchNorm2d(channels_out), nn.LeakyReLU(0.2))


def _widening(channels_in: int, channels_out: int) -> nn.Module:
    convolution = _doubling(channels_in, channels_out, bias=False)
    return nn.Sequential(convolution, nn.BatchNorm2d(channels_out), nn.LeakyReLU(0.2))


def _doubling(channels_in: int, channels_out: int, *, bias: bool) -> nn.Module:
    return nn.ConvTranspose2d(
        channels_in, channels_out, kernel_size=4, stride=2, padding=1, bias=bias
    )
