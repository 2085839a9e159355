"""Losses of self-supervised and cross-modal training, as functions of tensors.

Axes: B clips, D size of an embedding, P patches, E values of a patch.
"""

import torch
from torch import Tensor
from torch.nn import functional

_LEAST_VARIANCE = 1e-6


def bilinear_cross_entropy(anchors: Tensor, positives: Tensor, weights: Tensor) -> Tensor:
    """Loss of COLA: the similarity a^T W p should tell each anchor's own positive.

    Saeed, Grangier and Zeghidour, "Contrastive learning of general-purpose audio representations",
    ICASSP 2021, eq. 1 and 2: the mean over anchors of -log softmax over all positives.

    Args:
        anchors: (B, D).
        positives: (B, D), row b from the clip of anchor b.
        weights: W (D, D).
    """
    logits = anchors @ weights @ positives.T  # (B, B)
    return functional.cross_entropy(logits, torch.arange(len(logits), device=logits.device))


def normalised_mse(predictions: Tensor, targets: Tensor) -> Tensor:
    """Squared distance of the directions, 2 - 2 cos, over the last axis: (..., D) -> mean ().

    Grill et al., "Bootstrap your own latent", NeurIPS 2020, eq. 2.
    """
    return (2 - 2 * functional.cosine_similarity(predictions, targets, dim=-1)).mean()


def masked_patch_mse(predictions: Tensor, patches: Tensor) -> Tensor:
    """Mean squared error to patches of mean 0 and variance 1: (B, P, E), (B, P, E) -> ().

    He et al., "Masked autoencoders are scalable vision learners", CVPR 2022, section 3
    ("reconstruction target"), as MSM-MAE takes it; only masked patches are given.
    """
    return functional.mse_loss(predictions, standardised(patches))


def standardised(patches: Tensor) -> Tensor:
    """Each patch, or representation of one, less its mean and over its deviation: (..., E)."""
    mean = patches.mean(dim=-1, keepdim=True)
    variance = patches.var(dim=-1, keepdim=True)
    return (patches - mean) / (variance + _LEAST_VARIANCE).sqrt()


def contrastive_agreement(first: Tensor, second: Tensor, inverse_temperature: Tensor) -> Tensor:
    """Symmetric cross-entropy of cosine similarities: row b of one belongs to row b of the other.

    Sohn, "Improved deep metric learning with multi-class N-pair loss", NeurIPS 2016, in both
    directions as in Radford et al., "Learning transferable visual models from natural language
    supervision", ICML 2021, figure 3.

    Args:
        first: (B, D), of any length.
        second: (B, D).
        inverse_temperature: () what the cosines are multiplied with.
    """
    cosines = functional.normalize(first, dim=1) @ functional.normalize(second, dim=1).T
    logits = inverse_temperature * cosines
    own = torch.arange(len(logits), device=logits.device)
    forward = functional.cross_entropy(logits, own)
    backward = functional.cross_entropy(logits.T, own)
    return (forward + backward) / 2
