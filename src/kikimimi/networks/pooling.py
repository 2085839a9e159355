"""Pooling of features over time: (B, N, D') -> (B, D)."""

from abc import ABC, abstractmethod
from typing import Literal

import torch
from torch import Tensor, nn

TimePooling = Literal["mean", "mean_max", "generalised_mean"]


class TimePool(nn.Module, ABC):
    """Pools frames into one vector of `output_size` values."""

    def __init__(self, size: int) -> None:
        super().__init__()
        self.output_size = size

    @abstractmethod
    def forward(self, frames: Tensor) -> Tensor:
        """(B, N, D') -> (B, output_size)."""


class MeanPool(TimePool):
    """Mean over time."""

    def forward(self, frames: Tensor) -> Tensor:
        """(B, N, D') -> (B, D')."""
        return frames.mean(dim=1)


class MeanMaxPool(TimePool):
    """Mean and maximum over time, side by side."""

    def __init__(self, size: int) -> None:
        super().__init__(2 * size)

    def forward(self, frames: Tensor) -> Tensor:
        """(B, N, D') -> (B, 2 D')."""
        return torch.cat([frames.mean(dim=1), frames.amax(dim=1)], dim=1)


class GeneralisedMeanPool(TimePool):
    """(mean of x^p)^(1/p) with p learnt, from 3 on; x is taken as zero where it is negative.

    Radenovic et al., "Fine-tuning CNN image retrieval with no human annotation", 2018, eq. 3.
    """

    def __init__(self, size: int) -> None:
        super().__init__(size)
        self.exponent = nn.Parameter(torch.tensor(3.0))

    def forward(self, frames: Tensor) -> Tensor:
        """(B, N, D') -> (B, D')."""
        powers = frames.clamp_min(1e-6).pow(self.exponent)
        return powers.mean(dim=1).pow(1 / self.exponent)


_POOLS: dict[TimePooling, type[TimePool]] = {
    "mean": MeanPool,
    "mean_max": MeanMaxPool,
    "generalised_mean": GeneralisedMeanPool,
}


def time_pool(kind: TimePooling, size: int) -> TimePool:
    """The pooling called `kind` for frames of `size` features."""
    return _POOLS[kind](size)
