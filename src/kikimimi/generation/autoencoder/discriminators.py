"""Discriminators of spectrograms, which the auto-encoder is trained against.

Each judges overlapping patches, as in Isola et al., "Image-to-image translation with conditional
adversarial networks", CVPR 2017, at one of several resolutions.

Axes: B clips, F mel bands, M mel frames, C channels.
"""

from dataclasses import dataclass
from itertools import pairwise

import torch
from torch import Tensor, nn
from torch.nn import functional
from torch.nn.utils.parametrizations import weight_norm

from kikimimi.generation.vocoder.discriminators import Judgement
from kikimimi.networks.contract import NetworkConfig

_SLOPE = 0.2


@dataclass(frozen=True, slots=True)
class PatchDiscriminatorConfig(NetworkConfig):
    """Sizes.

    Attributes:
        channels: of the layers, each of which halves frequency and time.
        resolutions: discriminators; each hears the spectrogram at half the resolution of the last.
    """

    channels: tuple[int, ...] = (32, 64, 128)
    resolutions: int = 2


class PatchDiscriminator(nn.Module):
    """Judges patches of spectrograms; it sees which band a patch lies in."""

    def __init__(self, channels: tuple[int, ...]) -> None:
        super().__init__()
        self.layers = nn.ModuleList(
            weight_norm(nn.Conv2d(few, many, 3, 2, padding=1))
            for few, many in pairwise((2, *channels))
        )
        self.score = weight_norm(nn.Conv2d(channels[-1], 1, 3, padding=1))

    def forward(self, mel: Tensor) -> Judgement:
        """Judge (B, F, M)."""
        heights = torch.linspace(-1, 1, mel.shape[1], device=mel.device, dtype=mel.dtype)
        places = heights[None, :, None].expand_as(mel)
        maps = torch.stack([2 * mel - 1, places], dim=1)
        maps = maps.contiguous(memory_format=torch.channels_last)
        kept = []
        for layer in self.layers:
            maps = functional.leaky_relu(layer(maps), _SLOPE)
            kept.append(maps)
        return Judgement(self.score(maps), tuple(kept))


class PatchDiscriminators(nn.Module):
    """One discriminator for each resolution."""

    def __init__(self, config: PatchDiscriminatorConfig) -> None:
        super().__init__()
        self.members = nn.ModuleList(
            PatchDiscriminator(config.channels) for _ in range(config.resolutions)
        )

    def forward(self, mel: Tensor) -> list[Judgement]:
        """Judge (B, F, M)."""
        judgements = []
        for member in self.members:
            judgements.append(member(mel))
            mel = functional.avg_pool2d(mel, 2)
        return judgements
