"""The slowly moving copy of a network that makes targets for the network itself."""

import copy
from typing import TypeVar

import torch
from torch import nn

M = TypeVar("M", bound=nn.Module)


def target_of(online: M) -> M:
    """A copy that gets no gradient."""
    return copy.deepcopy(online).requires_grad_(requires_grad=False)


@torch.no_grad()
def move_target(target: nn.Module, online: nn.Module, decay: float) -> None:
    """target = decay * target + (1 - decay) * online, parameter by parameter.

    Grill et al., "Bootstrap your own latent", NeurIPS 2020, eq. 1. Buffers are left alone: those
    of a target in training mode come from what it hears itself.
    """
    for ours, theirs in zip(target.parameters(), online.parameters(), strict=True):
        ours.lerp_(theirs, 1 - decay)
