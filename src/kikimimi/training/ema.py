"""Exponential moving average of weights (Polyak averaging)."""

import copy
from typing import Any, Generic, TypeVar

import torch
from torch import nn
from torch.optim.swa_utils import get_ema_multi_avg_fn

N = TypeVar("N", bound=nn.Module)


class EmaWeights(Generic[N]):
    """A shadow of a network whose weights trail it: shadow = decay * shadow + (1 - decay) * now.

    The decay is lowered in the first steps to (1 + step) / (10 + step), so that the shadow does
    not keep the starting weights. Buffers (the statistics of batch normalisation, counters) are
    copied as they are: they are averages already, or are no numbers to average.
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
        shadows = list(self.network.parameters())
        weights = [weight.detach() for weight in network.parameters()]
        get_ema_multi_avg_fn(decay)(shadows, weights, None)
        for shadow, buffer in zip(self.network.buffers(), network.buffers(), strict=True):
            shadow.copy_(buffer)

    def state_dict(self) -> dict[str, Any]:
        """What `load_state_dict` needs to go on as if nothing had happened."""
        return {"network": self.network.state_dict(), "steps": self.steps}

    def load_state_dict(self, state: dict[str, Any]) -> None:
        """Take up what `state_dict` gave."""
        self.network.load_state_dict(state["network"])
        self.steps = state["steps"]
