"""Binary cross-entropy."""

from dataclasses import dataclass

from torch import Tensor

from kikimimi.tasks.detection.losses.contract import EventLoss, FrameTerms, TrainingCounts
from kikimimi.tasks.detection.losses.registry import register


@register("bce")
@dataclass(frozen=True, slots=True)
class BinaryCrossEntropy(EventLoss):
    """-[z log y + (1 - z) log(1 - y)]."""

    def _value(self, frames: FrameTerms, counts: TrainingCounts) -> Tensor:
        log_y, log_not_y, z = frames.log_y, frames.log_not_y, frames.targets
        return frames.mean(-(z * log_y + (1 - z) * log_not_y))
