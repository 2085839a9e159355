"""Focal batch Tversky loss: a Dice loss with weights, and a focus on hard active frames."""

from dataclasses import dataclass

from torch import Tensor

from kikimimi.tasks.detection.losses.contract import EventLoss, FrameTerms, TrainingCounts
from kikimimi.tasks.detection.losses.registry import register


@register("fbtl")
@dataclass(frozen=True, slots=True)
class FocalBatchTversky(EventLoss):
    """1 - (S((1-y)^gamma y z) + eta) / (alpha S((1-y)^gamma y) + beta S(z) + eta).

    S sums over all frames and events of the batch. Imoto et al., ICASSP 2021 (see
    `simple_reweighting`); with gamma = eta = 0 and alpha = beta = 0.5 it is the Dice loss.

    Attributes:
        alpha: weight of what is detected; the larger, the fewer false alarms.
        beta: weight of what sounds; the larger, the fewer misses.
        gamma: focus on hard frames.
        eta: keeps batches without events defined.
    """

    alpha: float = 0.6
    beta: float = 0.4
    gamma: float = 0.001
    eta: float = 1.0

    def _value(self, frames: FrameTerms, counts: TrainingCounts) -> Tensor:
        focused = (self.gamma * frames.log_not_y + frames.log_y).exp() * frames.kept
        overlap = (focused * frames.targets).sum()
        sounding = (frames.targets * frames.kept).sum()
        total = self.alpha * focused.sum() + self.beta * sounding
        return 1 - (overlap + self.eta) / (total + self.eta)
