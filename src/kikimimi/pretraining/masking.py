"""Random division of the patches of clips. B clips, P patches, V visible ones, M masked ones."""

from typing import NamedTuple

import torch
from torch import Tensor

from kikimimi.errors import ConfigError


class Division(NamedTuple):
    """Numbers of patches, ascending: `visible` (B, V) and `masked` (B, M), V + M = P."""

    visible: Tensor
    masked: Tensor


def divide_patches(
    clips: int, patches: int, mask_ratio: float, *, device: torch.device
) -> Division:
    """Mask a random share of the patches of each clip, each clip in its own way.

    He et al., "Masked autoencoders are scalable vision learners", CVPR 2022, section 3 ("masking"):
    uniform without replacement. At least one patch is visible, and one masked.

    Raises:
        ConfigError: there are fewer than two patches.
    """
    if patches < 2:
        raise ConfigError(
            f"masking needs 2 patches or more, but a crop has {patches}; raise crop_s"
        )
    masked = min(max(1, round(patches * mask_ratio)), patches - 1)
    order = torch.rand(clips, patches, device=device).argsort(dim=1)
    return Division(
        visible=order[:, masked:].sort(dim=1).values, masked=order[:, :masked].sort(dim=1).values
    )


def chosen(values: Tensor, numbers: Tensor) -> Tensor:
    """Rows of patches by number: (B, P, E) at (B, V) -> (B, V, E)."""
    return values.gather(1, numbers.unsqueeze(2).expand(-1, -1, values.shape[2]))
