"""Inverse frequency loss: the active frames of frequent events weigh less."""

from dataclasses import dataclass

from torch import Tensor

from kikimimi.tasks.detection.losses.contract import EventLoss, FrameTerms, TrainingCounts
from kikimimi.tasks.detection.losses.registry import register


@register("ifl")
@dataclass(frozen=True, slots=True)
class InverseFrequency(EventLoss):
    """-[(C / (N_m + C))^gamma z log y + (1 - z) log(1 - y)], N_m active frames of event m.

    Imoto et al., ICASSP 2021 (see `simple_reweighting`).

    Attributes:
        constant: C.
        gamma: how much frequency counts, 0 for not at all. No value of it is known to us from the
            literature; this one leaves an event with 100,000 frames six tenths of its weight.
    """

    constant: float = 500.0
    gamma: float = 0.1

    def _value(self, frames: FrameTerms, counts: TrainingCounts) -> Tensor:
        log_y, log_not_y, z = frames.log_y, frames.log_not_y, frames.targets
        active = counts.active_frames.to(log_y)
        weights = (self.constant / (active + self.constant)) ** self.gamma
        return frames.mean(-(weights * z * log_y + (1 - z) * log_not_y))
