"""The flow over normalised latents, with the normalisation that belongs to it.

Axes: B clips, C latent channels, N latent frames.
"""

import torch
from torch import Tensor, nn

from kikimimi.generation.flow.transformer import FlowConfig, FlowTransformer

_LEAST_SCALE = 1e-3


class FlowNetwork(nn.Module):
    """A velocity field, and mean and scale of each latent channel.

    Args:
        config: sizes.
        channels: C.
        classes: labels that there are.
        embedding_size: of sounds and words.
    """

    mean: Tensor
    scale: Tensor

    def __init__(
        self, config: FlowConfig, *, channels: int, classes: int, embedding_size: int
    ) -> None:
        super().__init__()
        self.transformer = FlowTransformer(
            config, channels=channels, classes=classes, embedding_size=embedding_size
        )
        self.register_buffer("mean", torch.zeros(channels, 1))
        self.register_buffer("scale", torch.ones(channels, 1))

    def set_normalisation(self, latents: Tensor) -> None:
        """Take mean and scale from latents (B, C, N)."""
        self.mean.copy_(latents.mean(dim=(0, 2))[:, None])
        self.scale.copy_(latents.std(dim=(0, 2)).clamp_min(_LEAST_SCALE)[:, None])

    def normalise(self, latents: Tensor) -> Tensor:
        """(B, C, N) with mean 0 and scale 1."""
        return (latents - self.mean) / self.scale

    def restore(self, normalised: Tensor) -> Tensor:
        """(B, C, N) as the auto-encoder has them."""
        return normalised * self.scale + self.mean
