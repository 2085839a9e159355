"""COLA: two crops of one clip belong together, those of other clips do not.

Saeed, Grangier and Zeghidour, "Contrastive learning of general-purpose audio representations",
ICASSP 2021. Axes: B clips, F mel bands, N frames, D embedding size.
"""

from dataclasses import dataclass

import torch
from torch import Tensor, nn

from kikimimi.networks.contract import Network
from kikimimi.pretraining.losses import bilinear_cross_entropy
from kikimimi.pretraining.method import Examples, Method, Setting, register


@dataclass(frozen=True, slots=True)
class ColaConfig:
    """Sizes."""

    projection_size: int = 512


@register("cola")
class Cola(Method):
    """A projection (linear, layer normalisation, tanh) and a bilinear similarity."""

    Config = ColaConfig
    title = "COLA"
    paper = (
        "Saeed et al., Contrastive learning of general-purpose audio representations, ICASSP 2021"
    )
    views = 2

    def __init__(self, config: ColaConfig, network: Network, setting: Setting) -> None:
        super().__init__(network)
        size = config.projection_size
        self.projection = nn.Sequential(
            nn.Linear(network.embedding_size, size), nn.LayerNorm(size), nn.Tanh()
        )
        # begins as a scaled dot product, so that the first steps are not lost on huge logits
        self.similarity = nn.Parameter(torch.eye(size) / size**0.5)

    def losses(self, examples: Examples) -> dict[str, Tensor]:
        """Cross-entropy of telling a clip's other crop among those of the batch."""
        projected = self.projection(self.network(examples.log_mel.flatten(0, 1)))  # (2 B, D)
        anchors, positives = projected.unflatten(0, (-1, 2)).unbind(dim=1)
        return {"loss": bilinear_cross_entropy(anchors, positives, self.similarity)}
