"""Graph-Laplacian regularisation: events that occur together should be detected together.

Axes: B clips, N frames, K event classes.
"""

import torch
from torch import Tensor

from kikimimi.tasks.detection.losses.contract import log_probabilities


def graph_laplacian(cooccurrence: Tensor) -> Tensor:
    """L = Delta - A (K, K), A_ij the clips with both i and j over the most that any pair has.

    Delta is diagonal with the row sums of A. Without any co-occurrence L is zero.
    """
    pairs = cooccurrence.double() - cooccurrence.double().diag().diag()
    adjacency = pairs / pairs.max().clamp_min(1)
    return torch.diag(adjacency.sum(dim=1)) - adjacency


def graph_penalty(logits: Tensor, laplacian: Tensor) -> Tensor:
    """Tr(v^T L v), v = sum over frames of y, mean over clips: (B, N, K), (K, K) -> ().

    It equals half the sum over pairs of A_ij (v_i - v_j)^2. Imoto and Kyochi, "Sound event
    detection using graph Laplacian regularization based on event co-occurrence", ICASSP 2019.
    """
    v = log_probabilities(logits)[0].exp().sum(dim=1)  # (B, K)
    return ((v @ laplacian.to(v)) * v).sum(dim=1).mean()
