"""Sub-sampling of inactive frames, against their overwhelming number.

Axes: B clips, N frames, K event classes.
"""

import torch
from torch import Tensor


def kept_frames(targets: Tensor, alpha: float) -> Tensor:
    """Weights (B, N, K): 1 for frames that count, 0 for inactive ones that are left out.

    In each batch an event keeps a random part of its inactive frames: between as many as it has
    active ones (alpha = 0, the minimum) and all of them (alpha = 1, the maximum); in expectation
    min + alpha (max - min). Our reading of the alpha min-max sub-sampling that the comparison of
    Imoto et al. names, whose exact definition we do not know.
    """
    inactive = (1 - targets).sum(dim=(0, 1))  # (K,)
    least = torch.minimum(targets.sum(dim=(0, 1)), inactive)
    share = (least + alpha * (inactive - least)) / inactive.clamp_min(1)
    drawn = torch.rand(targets.shape, device=targets.device) < share
    return ((targets > 0) | drawn).to(targets.dtype)
