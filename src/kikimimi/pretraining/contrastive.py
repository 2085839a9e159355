"""Supervised contrastive loss on two levels: classes, and groups of classes.

Khosla et al., "Supervised Contrastive Learning", NeurIPS 2020, eq. 2, with soft positives: how much
two clips belong together is how alike their shares of classes are, and their shares of groups.
Clips of earlier batches stand beside those of the batch (the queue of He et al., "Momentum
Contrast", CVPR 2020, without its second encoder), since a batch holds few clips of one class.

Axes: B clips, Q clips in the queue, D embedding size, K classes, G groups.
"""

from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn import functional

_LEAST_WEIGHT = 0.1
"""A clip with less in common with all others does not count fully."""


@dataclass(frozen=True, slots=True)
class ContrastiveConfig:
    """Settings of the loss."""

    temperature: float = 0.1
    queue_size: int = 512
    class_share: float = 0.5
    """How much of belonging together is the classes; the rest is the groups."""


class ContrastiveLoss(nn.Module):
    """Pulls embeddings of length 1 together as far as their clips are of the same kind.

    The queue is kept in buffers, so that a resumed training goes on with it.

    Args:
        grouping: (K, G), 1 where a class is in a group.
        embedding_size: D.
        config: the settings.
    """

    grouping: Tensor
    queue: Tensor
    queue_targets: Tensor

    def __init__(self, grouping: Tensor, embedding_size: int, config: ContrastiveConfig) -> None:
        super().__init__()
        self.config = config
        self.register_buffer("grouping", grouping, persistent=False)
        self.register_buffer("queue", torch.zeros(config.queue_size, embedding_size))
        self.register_buffer("queue_targets", torch.zeros(config.queue_size, len(grouping)))

    def forward(self, embeddings: Tensor, targets: Tensor) -> Tensor:
        """The loss of labelled clips: (B, D), (B, K) shares of classes -> (); 0 for no clip.

        The clips enter the queue, and as many leave it.
        """
        if len(embeddings) == 0:
            return embeddings.sum()
        keys = torch.cat([embeddings, self.queue])
        key_targets = torch.cat([targets, self.queue_targets])
        apart = torch.eye(len(embeddings), len(keys), dtype=torch.bool, device=keys.device)
        apart = apart | (key_targets.sum(dim=1) == 0)  # places of the queue not yet filled
        weights = self._belonging(targets, key_targets).masked_fill(apart, 0)
        logits = embeddings @ keys.T / self.config.temperature
        log_shares = logits.masked_fill(apart, float("-inf")).log_softmax(dim=1)
        pulled = (weights * log_shares.masked_fill(apart, 0)).sum(dim=1)
        self._enqueue(embeddings.detach(), targets)
        return -(pulled / weights.sum(dim=1).clamp_min(_LEAST_WEIGHT)).mean()

    def _belonging(self, targets: Tensor, key_targets: Tensor) -> Tensor:
        """(B, K), (B + Q, K) -> (B, B + Q) in [0, 1]."""
        classes = _cosine(targets, key_targets) ** 2
        groups = _cosine(targets @ self.grouping, key_targets @ self.grouping) ** 2
        share = self.config.class_share
        return share * classes + (1 - share) * groups

    def _enqueue(self, embeddings: Tensor, targets: Tensor) -> None:
        size = self.config.queue_size
        self.queue = torch.cat([embeddings, self.queue])[:size]
        self.queue_targets = torch.cat([targets, self.queue_targets])[:size]


def _cosine(first: Tensor, second: Tensor) -> Tensor:
    return functional.normalize(first, dim=1) @ functional.normalize(second, dim=1).T
