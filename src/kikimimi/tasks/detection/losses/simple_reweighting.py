"""Simple reweighting loss: active and inactive frames weigh differently."""

from dataclasses import dataclass

from torch import Tensor

from kikimimi.tasks.detection.losses.contract import EventLoss, FrameTerms, TrainingCounts
from kikimimi.tasks.detection.losses.registry import register


@register("srl")
@dataclass(frozen=True, slots=True)
class SimpleReweighting(EventLoss):
    """-[alpha z log y + beta (1 - z) log(1 - y)].

    Imoto, Mishima, Arai and Kondo, "Impact of sound duration and inactive frames on sound event
    detection performance", ICASSP 2021.

    Attributes:
        alpha: weight of active frames.
        beta: weight of inactive frames.
    """

    alpha: float = 1.0
    beta: float = 0.3535

    def _value(self, frames: FrameTerms, counts: TrainingCounts) -> Tensor:
        log_y, log_not_y, z = frames.log_y, frames.log_not_y, frames.targets
        terms = self.alpha * z * log_y + self.beta * (1 - z) * log_not_y
        return frames.mean(-terms)
