"""Dice loss over a batch."""

from dataclasses import dataclass

from torch import Tensor

from kikimimi.tasks.detection.losses.contract import EventLoss, FrameTerms, TrainingCounts
from kikimimi.tasks.detection.losses.registry import register


@register("dice")
@dataclass(frozen=True, slots=True)
class BatchDice(EventLoss):
    """1 - 2 sum(y z) / (sum(y) + sum(z)), the sums over all frames and events of the batch.

    Milletari et al., "V-Net", 3DV 2016, without squares; for sound events, Watcharasupat et al.,
    "Improving polyphonic sound event detection on multichannel recordings with the Sorensen-Dice
    coefficient loss and transfer learning", 2021.
    """

    def _value(self, frames: FrameTerms, counts: TrainingCounts) -> Tensor:
        y = frames.log_y.exp() * frames.kept
        z = frames.targets * frames.kept
        return 1 - 2 * (y * frames.targets).sum() / (y.sum() + z.sum()).clamp_min(1e-7)
