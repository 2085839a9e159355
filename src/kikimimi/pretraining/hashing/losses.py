"""The three terms of SSDH.

Yang, Lin and Chen, "Supervised Learning of Semantics-Preserving Hash via Deep Convolutional
Neural Networks", IEEE TPAMI 40(2), 2018, Section 3: the classes must be told from the codes, each
activation must be near 0 or 1, and half of the activations of a clip must be on.

Axes: B clips, K bits, C classes.
"""

import torch
from torch import Tensor
from torch.nn import functional


def classification_loss(logits: Tensor, targets: Tensor) -> Tensor:
    """Cross-entropy of logits (B, C) with distributions (B, C), mean over the labelled clips.

    A row of `targets` that holds NaN belongs to an unlabelled clip, which does not count. Without
    any labelled clip the loss is 0.
    """
    labelled = ~targets.isnan().any(dim=1)
    losses = functional.cross_entropy(logits, targets.nan_to_num(), reduction="none")
    return (losses * labelled).sum() / labelled.sum().clamp_min(1)


def push_loss(activations: Tensor) -> Tensor:
    """Minus the mean of (h - 1/2)^2 over all activations (B, K): -1/4 when all are 0 or 1."""
    return -torch.square(activations - 0.5).mean()


def balance_loss(activations: Tensor) -> Tensor:
    """(m - 1/2)^2 with m the mean activation of a clip, mean over the clips of (B, K)."""
    return torch.square(activations.mean(dim=1) - 0.5).mean()
