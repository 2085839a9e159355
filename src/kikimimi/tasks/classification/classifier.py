"""A network with a linear head, and the normalisation of its input.

Axes: B clips, F mel bands, N frames, T samples, D embedding size, K classes.
"""

from typing import NamedTuple

import torch
from torch import Tensor, nn

from kikimimi.networks.registry import Network


class ClassifierOutput(NamedTuple):
    """`embedding` (B, D) and `logits` (B, K)."""

    embedding: Tensor
    logits: Tensor


class Classifier(nn.Module):
    """(B, F, N) log-mel as the front end gives it, or (B, T) samples -> `ClassifierOutput`.

    `band_mean` (F, 1) and `scale` are statistics of the training clips; they are saved with the
    weights. A network on samples has none.
    """

    band_mean: Tensor
    scale: Tensor

    def __init__(
        self, backbone: Network, class_count: int, *, bands: int, dropout: float = 0.0
    ) -> None:
        super().__init__()
        self.backbone = backbone
        self.dropout = nn.Dropout(dropout)
        self.head = nn.Linear(backbone.embedding_size, class_count)
        self.register_buffer("band_mean", torch.zeros(bands, 1))
        self.register_buffer("scale", torch.ones(()))

    def set_normalisation(self, band_mean: Tensor, scale: Tensor) -> None:
        """Take over the statistics of the training clips: (F, 1) and ()."""
        self.band_mean.copy_(band_mean)
        self.scale.copy_(scale)

    def normalise(self, inputs: Tensor) -> Tensor:
        """Bring log-mels to mean 0 in each band and variance 1 overall; samples stay."""
        if self.backbone.input_kind == "waveform":
            return inputs
        return (inputs - self.band_mean) / self.scale

    def forward(self, normalised: Tensor) -> ClassifierOutput:
        """Embed and classify what `normalise` gave."""
        embedding = self.backbone(normalised)
        return ClassifierOutput(embedding, self.head(self.dropout(embedding)))
