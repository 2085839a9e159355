"""Exponential moving average of weights (Polyak averaging)."""

import copy
from typing import Generic, TypeVar

import torch
from torch import nn

N = TypeVar("N", bound=nn.Module)


class EmaWeights(Generic[N]):
    """A shadow of a network whose weights trail it: shadow = decay * shadow + (1 - decay) * now.

    The decay is lowered in the first steps to (1 + step) / (10 + step), so that the shadow does
    not keep the starting weights.
    """

    def __init__(self, network: N, *, decay: float) -> None:
        self.network: N = copy.deepcopy(network).eval().requires_grad_(requires_grad=False)
        self.decay = decay
        self.steps = 0

    @torch.no_grad()
    def update(self, network: N) -> None:
        """Take one step towards `network`."""
        self.steps += 1
        decay = min(self.decay, (1 + self.steps) / (10 + self.steps))
        pairs = zip(self.network.parameters(), network.parameters(), strict=True)
        for shadow, weight in pairs:
            shadow.lerp_(weight.detach(), 1 - decay)
