"""Asymmetric focal loss: easy active and easy inactive frames lose weight at different rates."""

from dataclasses import dataclass

from torch import Tensor

from kikimimi.tasks.detection.losses.contract import EventLoss, FrameTerms, TrainingCounts
from kikimimi.tasks.detection.losses.registry import register


@register("afl")
@dataclass(frozen=True, slots=True)
class AsymmetricFocal(EventLoss):
    """-[(1 - y)^gamma z log y + y^zeta (1 - z) log(1 - y)].

    Imoto et al., ICASSP 2021 (see `simple_reweighting`), after the focal loss of Lin et al., ICCV
    2017. With gamma = zeta = 0 it is the binary cross-entropy.

    Attributes:
        gamma: focus on hard active frames.
        zeta: focus on hard inactive frames.
    """

    gamma: float = 0.0625
    zeta: float = 1.0

    def _value(self, frames: FrameTerms, counts: TrainingCounts) -> Tensor:
        log_y, log_not_y, z = frames.log_y, frames.log_not_y, frames.targets
        # powers as exponentials: their gradient stays finite where 1 - y or y rounds to 0
        active = (self.gamma * log_not_y).exp() * z * log_y
        inactive = (self.zeta * log_y).exp() * (1 - z) * log_not_y
        return frames.mean(-(active + inactive))
