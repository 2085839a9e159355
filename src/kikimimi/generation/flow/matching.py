"""Flow matching: what the field learns, and how a sound is drawn from noise along it.

Lipman et al., "Flow matching for generative modeling", ICLR 2023, with straight paths (Liu, Gong
and Liu, "Flow straight and fast", ICLR 2023): x_t = (1 - t) noise + t data, whose velocity is
data - noise.

Axes: B clips, C latent channels, N latent frames.
"""

from collections.abc import Callable
from itertools import pairwise

import torch
from torch import Tensor

Field = Callable[[Tensor, Tensor], Tensor]
"""Velocities (B, C, N) at points (B, C, N) and times (B,)."""


def logit_normal_times(count: int, generator: torch.Generator) -> Tensor:
    """Times (count,) that favour the middle, where the task is hardest (Esser et al. 2024)."""
    return torch.randn(count, generator=generator).sigmoid()


def matching_loss(field: Field, data: Tensor, noise: Tensor, times: Tensor) -> Tensor:
    """Mean squared error of velocities, for each clip: (B,); Lipman et al., eq. 23."""
    at = times[:, None, None]
    wanted = data - noise
    return (field((1 - at) * noise + at * data, times) - wanted).square().mean(dim=(1, 2))


def integrate(
    field: Field,
    start: Tensor,
    *,
    steps: int,
    begin: float = 0.0,
    progress: Callable[[int, int], None] | None = None,
) -> Tensor:
    """Follow the field from time `begin` to 1 by the midpoint rule: (B, C, N) -> (B, C, N)."""
    point = start
    edges = torch.linspace(begin, 1.0, steps + 1).tolist()
    for number, (now, then) in enumerate(pairwise(edges), start=1):
        width = then - now
        middle = point + 0.5 * width * field(point, point.new_full((len(point),), now))
        point = point + width * field(middle, point.new_full((len(point),), now + 0.5 * width))
        if progress is not None:
            progress(number, steps)
    return point


def guided(field: Field, free: Field, strength: float) -> Field:
    """Away from what comes without a condition (Ho and Salimans, "Classifier-free guidance", 2022).

    Strength 1 is the field itself.
    """
    if strength == 1:
        return field

    def velocity(point: Tensor, times: Tensor) -> Tensor:
        without = free(point, times)
        return without + strength * (field(point, times) - without)

    return velocity
