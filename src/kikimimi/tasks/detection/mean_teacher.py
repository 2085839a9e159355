"""A network with a moving average of itself that it is held to: the mean teacher.

Tarvainen and Valpola, "Mean teachers are better role models", NeurIPS 2017; for sound events,
JiaKai, "Mean teacher convolution system for DCASE 2018 task 4", 2018.
"""

import copy
import math
from typing import Generic, TypeVar

import torch
from torch import Tensor, nn
from torch.optim.swa_utils import get_ema_multi_avg_fn

N = TypeVar("N", bound=nn.Module)


class MeanTeacher(nn.Module, Generic[N]):
    """`student` learns; `teacher` trails it: teacher = decay * teacher + (1 - decay) * student.

    In the first steps the decay is lowered to 1 - 1 / (step + 1), so that the teacher does not
    keep the starting weights. Both stand in the state dictionary, `steps` too.
    """

    steps: Tensor

    def __init__(self, student: N, *, decay: float) -> None:
        super().__init__()
        self.student: N = student
        self.teacher: N = copy.deepcopy(student).requires_grad_(requires_grad=False)
        self.decay = decay
        self.register_buffer("steps", torch.zeros((), dtype=torch.int64))

    @torch.no_grad()
    def follow(self) -> None:
        """Take one step towards the student; buffers are copied as they are."""
        self.steps += 1
        decay = min(self.decay, 1 - 1 / (int(self.steps) + 1))
        student = [weight.detach() for weight in self.student.parameters()]
        get_ema_multi_avg_fn(decay)(list(self.teacher.parameters()), student, None)
        for shadow, buffer in zip(self.teacher.buffers(), self.student.buffers(), strict=True):
            shadow.copy_(buffer)

    def train(self, mode: bool = True) -> "MeanTeacher[N]":
        """Set the mode of the student; the teacher always judges in evaluation mode."""
        super().train(mode)
        self.teacher.eval()
        return self


def consistency_ramp(step: int, ramp_steps: float) -> float:
    """exp(-5 (1 - t)^2) with t from 0 to 1 over the ramp, 1 after it (Laine and Aila, 2017)."""
    if ramp_steps <= 0 or step >= ramp_steps:
        return 1.0
    return math.exp(-5.0 * (1 - step / ramp_steps) ** 2)
