"""The auto-encoder with a latent over time: residual convolutions over frames.

Bands are channels, so that the work grows with the length alone. The latent is a Gaussian with a
small divergence from N(0, 1), as in Rombach et al., "High-resolution image synthesis with latent
diffusion models", CVPR 2022, section 3.1.

Axes: B clips, F mel bands, M mel frames, C latent channels, N = M / S latent frames at stride S,
W width.
"""

from dataclasses import dataclass
from itertools import pairwise

import torch
from torch import Tensor, nn
from torch.nn import functional

from kikimimi.generation.mel import GENERATION_MEL
from kikimimi.generation.vae.network import Posterior
from kikimimi.networks.contract import NetworkConfig


@dataclass(frozen=True, slots=True)
class AutoencoderConfig(NetworkConfig):
    """Sizes; time is halved between two widths.

    Attributes:
        widths: W at each time scale, from fine to coarse.
        blocks: residual blocks at each scale, in the encoder and in the decoder.
        latent_channels: C.
    """

    widths: tuple[int, ...] = (128, 192, 256)
    blocks: int = 2
    latent_channels: int = 32

    @property
    def stride(self) -> int:
        """Mel frames of a latent frame."""
        return 2 ** (len(self.widths) - 1)


class ResidualBlock(nn.Module):
    """Two convolutions of three frames with a scaled shortcut."""

    def __init__(self, width: int, scale: float) -> None:
        super().__init__()
        self.first = nn.Conv1d(width, width, 3, padding=1)
        self.second = nn.Conv1d(width, width, 3, padding=1)
        self.scale = nn.Parameter(torch.full((width, 1), scale))

    def forward(self, frames: Tensor) -> Tensor:
        """(B, W, M) -> the same shape."""
        branch = self.second(functional.silu(self.first(functional.silu(frames))))
        return frames + self.scale * branch


class Autoencoder(nn.Module):
    """Spectrograms on the unit scale (B, F, M) <-> latents (B, C, N)."""

    def __init__(self, config: AutoencoderConfig) -> None:
        super().__init__()
        self.config = config
        bands, latent, widths = GENERATION_MEL.n_mels, config.latent_channels, config.widths
        pairs = list(pairwise(widths))
        self.encoder = nn.Sequential(
            nn.Conv1d(bands, widths[0], 7, padding=3),
            *_blocks(widths[0], config),
            *(
                layer
                for few, many in pairs
                for layer in (nn.Conv1d(few, many, 4, 2, padding=1), *_blocks(many, config))
            ),
            nn.SiLU(),
            nn.Conv1d(widths[-1], 2 * latent, 3, padding=1),
        )
        self.decoder = nn.Sequential(
            nn.Conv1d(latent, widths[-1], 3, padding=1),
            *_blocks(widths[-1], config),
            *(
                layer
                for few, many in reversed(pairs)
                for layer in (
                    nn.ConvTranspose1d(many, few, 4, 2, padding=1),
                    *_blocks(few, config),
                )
            ),
            nn.SiLU(),
            nn.Conv1d(widths[0], bands, 7, padding=3),
        )

    def encode(self, mel: Tensor) -> Posterior:
        """(B, F, M) -> the posterior of (B, C, N); silence follows up to whole latent frames."""
        missing = -mel.shape[2] % self.config.stride
        # about 0 on average: the unit scale has silence at 0 and loud sounds near 1
        centred = 2 * functional.pad(mel, (0, missing)) - 1
        mean, log_variance = self.encoder(centred).chunk(2, dim=1)
        return Posterior(mean, log_variance.clamp(-12.0, 4.0))

    def decode(self, latent: Tensor) -> Tensor:
        """(B, C, N) -> (B, F, S N)."""
        return (self.decoder(latent) + 1) / 2

    @property
    def reach(self) -> int:
        """Latent frames to either side that a decoded frame may depend on."""
        convolutions = 2 * self.config.blocks
        samples, stride = 3, 1
        for _ in self.config.widths:
            samples += stride * (convolutions + 2)
            stride *= 2
        return -(-samples // self.config.stride) + 1


def _blocks(width: int, config: AutoencoderConfig) -> list[nn.Module]:
    return [ResidualBlock(width, 1 / config.blocks) for _ in range(config.blocks)]
