"""What every loss of sound event detection is, and what it may know of the training data.

Axes: B clips, N frames, K event classes. `y` is the output of the sigmoid, `z` the target.
"""

from abc import ABC, abstractmethod
from dataclasses import dataclass

import torch
from torch import Tensor
from torch.nn import functional


@dataclass(frozen=True, slots=True, eq=False)
class TrainingCounts:
    """What was counted in the strong labels of the training clips.

    `active_frames` (K,) are the frames in which each event sounds; `cooccurrence` (K, K) the clips
    in which two events both sound, with zeros on the diagonal.
    """

    active_frames: Tensor
    cooccurrence: Tensor


@dataclass(frozen=True, slots=True, eq=False)
class FrameTerms:
    """A batch as a loss sees it, in single precision at least.

    `log_y` and `log_not_y` are log y and log(1 - y), `targets` z, `kept` the weight of each term:
    all (B, N, K), and `kept` may be one number for all.
    """

    log_y: Tensor
    log_not_y: Tensor
    targets: Tensor
    kept: Tensor

    def mean(self, terms: Tensor) -> Tensor:
        """Mean over clips, frames and classes; terms left out count as 0."""
        return (terms * self.kept).mean()


class EventLoss(ABC):
    """A loss over frames; a frozen dataclass whose fields are its numbers.

    Whatever the precision of the logits, all is computed in single precision at least, in terms
    of log y and log(1 - y), which never overflow.
    """

    def __call__(
        self, logits: Tensor, targets: Tensor, counts: TrainingCounts, kept: Tensor | None = None
    ) -> Tensor:
        """The loss of a batch, a scalar.

        Args:
            logits: (B, N, K) before the sigmoid.
            targets: (B, N, K) in [0, 1].
            counts: of the training data.
            kept: (B, N, K) weight of each term, 0 for those left out; None for all.
        """
        log_y, log_not_y = log_probabilities(logits)
        weights = log_y.new_ones(()) if kept is None else kept.to(log_y)
        return self._value(FrameTerms(log_y, log_not_y, targets.to(log_y), weights), counts)

    @abstractmethod
    def _value(self, frames: FrameTerms, counts: TrainingCounts) -> Tensor: ...


def log_probabilities(logits: Tensor) -> tuple[Tensor, Tensor]:
    """log y and log(1 - y), in single precision at least."""
    exact = logits.float() if logits.dtype in (torch.bfloat16, torch.float16) else logits
    return functional.logsigmoid(exact), functional.logsigmoid(-exact)
