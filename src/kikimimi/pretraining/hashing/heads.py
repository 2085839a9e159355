"""Heads that learn binary codes of several lengths on one embedding.

A head is a latent layer of K sigmoid units before a classifier (Yang, Lin and Chen 2018; first in
Lin et al., "Deep Learning of Binary Hash Codes for Fast Image Retrieval", CVPR workshops 2015).
The code of a clip is which of its units are above 1/2; the classifier is for training only.

Axes: B clips, D embedding size, K bits, C classes.
"""

from dataclasses import dataclass

import torch
from torch import Tensor, nn

from kikimimi.encoders.hash_projection import HashProjection, check_bits
from kikimimi.errors import ConfigError, EncoderError
from kikimimi.pretraining.hashing.losses import balance_loss, classification_loss, push_loss


@dataclass(frozen=True, slots=True)
class HashConfig:
    """The lengths of the codes and the weights of the terms (all 1 in the paper)."""

    bits: tuple[int, ...] = (16, 32, 48, 64, 128)
    classification_weight: float = 1.0
    push_weight: float = 1.0
    balance_weight: float = 1.0
    embedding_scale: float = 1.0
    """What embeddings are multiplied with first, so that those of length 1 can saturate a unit."""


class HashHead(nn.Module):
    """The latent layer and the classifier of one length of code."""

    def __init__(self, embedding_size: int, bits: int, class_count: int) -> None:
        super().__init__()
        self.latent = nn.Linear(embedding_size, bits)
        self.classifier = nn.Linear(bits, class_count)

    def forward(self, embedding: Tensor) -> tuple[Tensor, Tensor]:
        """(B, D) -> activations (B, K) in (0, 1) and class logits (B, C)."""
        activations = torch.sigmoid(self.latent(embedding))
        return activations, self.classifier(activations)


class HashHeads(nn.Module):
    """A `HashHead` for each length of code.

    Raises:
        ConfigError: there is no length, a length twice, or one that is no multiple of 8.
    """

    def __init__(
        self, embedding_size: int, class_count: int, config: HashConfig | None = None
    ) -> None:
        super().__init__()
        self.config = config or HashConfig()
        _check_lengths(self.config.bits)
        self.heads = nn.ModuleDict(
            {str(bits): HashHead(embedding_size, bits, class_count) for bits in self.config.bits}
        )

    def forward(self, embedding: Tensor) -> dict[int, tuple[Tensor, Tensor]]:
        """(B, D) -> activations (B, K) and class logits (B, C), by length of code."""
        scaled = self.config.embedding_scale * embedding
        return {bits: self.heads[str(bits)](scaled) for bits in self.config.bits}

    def losses(self, embedding: Tensor, targets: Tensor) -> dict[str, Tensor]:
        """The terms for embeddings (B, D), each the mean over the lengths of code.

        Args:
            embedding: (B, D); gradients flow back into it.
            targets: (B, C) distributions over the classes, which mixing may have made soft; a row
                with NaN is of an unlabelled clip, which counts in the other two terms only.

        Returns:
            "loss", the weighted sum of "hash_classification", "hash_push" and "hash_balance".
        """
        outputs = self(embedding).values()
        terms = {
            "hash_classification": [classification_loss(logits, targets) for _, logits in outputs],
            "hash_push": [push_loss(activations) for activations, _ in outputs],
            "hash_balance": [balance_loss(activations) for activations, _ in outputs],
        }
        means = {name: torch.stack(values).mean() for name, values in terms.items()}
        loss = (
            self.config.classification_weight * means["hash_classification"]
            + self.config.push_weight * means["hash_push"]
            + self.config.balance_weight * means["hash_balance"]
        )
        return {"loss": loss, **means}

    def projection(self, bits: int) -> HashProjection:
        """What gives the codes of `bits` bits outside of training, from unscaled embeddings.

        Raises:
            ConfigError: there is no head of this length.
        """
        if bits not in self.config.bits:
            known = ", ".join(map(str, self.config.bits))
            raise ConfigError(f"there is no hash head of {bits} bits; choose among {known}")
        weights, biases = self._planes(bits)
        return HashProjection(weights.cpu().numpy(), biases.cpu().numpy())

    def encoder_tensors(self) -> dict[str, Tensor]:
        """All projections under the names that an encoder's weights have for them."""
        tensors = {}
        for bits in self.config.bits:
            tensors[f"hash.{bits}.weight"], tensors[f"hash.{bits}.bias"] = self._planes(bits)
        return tensors

    def _planes(self, bits: int) -> tuple[Tensor, Tensor]:
        latent = self.heads[str(bits)].get_submodule("latent").state_dict()
        scaled = self.config.embedding_scale * latent["weight"].float()
        return scaled, latent["bias"].float().clone()


def _check_lengths(lengths: tuple[int, ...]) -> None:
    if not lengths or len(set(lengths)) < len(lengths):
        raise ConfigError(
            f"hash heads of lengths {list(lengths)} cannot be made; name each length once"
        )
    for bits in lengths:
        try:
            check_bits(bits)
        except EncoderError as error:
            raise ConfigError(str(error)) from None
