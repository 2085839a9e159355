"""From how likely an event is in each frame to how likely it is in the clip.

Axes: B clips, N frames, K classes.
"""

from abc import ABC, abstractmethod
from typing import Literal

from torch import Tensor, nn

ClipPooling = Literal["attention", "linear_softmax", "max"]


class ClipPool(nn.Module, ABC):
    """Pools probabilities over time; the constructor takes the size of a hidden frame and K."""

    def __init__(self, hidden_size: int, class_count: int) -> None:
        super().__init__()

    @abstractmethod
    def forward(self, probabilities: Tensor, hidden: Tensor) -> Tensor:
        """(B, N, K) and the frames (B, N, H) they were computed of -> (B, K), in [0, 1]."""


class AttentionClipPool(ClipPool):
    """Mean over time with weights that the network learns, a softmax over the frames.

    Kong et al., "Audio Set classification with attention model", ICASSP 2018.
    """

    def __init__(self, hidden_size: int, class_count: int) -> None:
        super().__init__(hidden_size, class_count)
        self.attention = nn.Linear(hidden_size, class_count)

    def forward(self, probabilities: Tensor, hidden: Tensor) -> Tensor:
        """(B, N, K), (B, N, H) -> (B, K)."""
        weights = self.attention(hidden).float().softmax(dim=1)
        return (weights * probabilities).sum(dim=1)


class LinearSoftmaxClipPool(ClipPool):
    """Mean over time in which each frame weighs its own probability.

    Wang, Li and Metze, "A comparison of five multiple instance learning pooling functions for
    sound event detection with weak labeling", ICASSP 2019, section 2.
    """

    def forward(self, probabilities: Tensor, hidden: Tensor) -> Tensor:
        """(B, N, K), (B, N, H) -> (B, K)."""
        return probabilities.square().sum(dim=1) / probabilities.sum(dim=1).clamp_min(1e-7)


class MaxClipPool(ClipPool):
    """The likeliest frame."""

    def forward(self, probabilities: Tensor, hidden: Tensor) -> Tensor:
        """(B, N, K), (B, N, H) -> (B, K)."""
        return probabilities.amax(dim=1)


_POOLS: dict[ClipPooling, type[ClipPool]] = {
    "attention": AttentionClipPool,
    "linear_softmax": LinearSoftmaxClipPool,
    "max": MaxClipPool,
}


def clip_pool(kind: ClipPooling, hidden_size: int, class_count: int) -> ClipPool:
    """The pooling called `kind`."""
    return _POOLS[kind](hidden_size, class_count)
