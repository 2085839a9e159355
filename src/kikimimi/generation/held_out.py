"""Figures on held-out spectrograms while a generator is trained.

Axes: S sounds, F mel bands, M mel frames.
"""

from collections.abc import Callable

import torch
from torch import Tensor

_AT_ONCE = 50


def reconstruction_figures(
    watched: Tensor, reconstruct: Callable[[Tensor], Tensor], device: torch.device
) -> dict[str, float]:
    """Mean squared and absolute error on the unit scale.

    Args:
        watched: (S, F, M) on the unit scale.
        reconstruct: gives (S', F, M) for some of them, on `device`.
        device: where it computes.
    """
    errors = []
    for part in watched.split(_AT_ONCE):
        real = part.to(device)
        errors.append((reconstruct(real) - real).detach().cpu())
    error = torch.cat(errors)
    return {"inner_mse": float(error.square().mean()), "inner_l1": float(error.abs().mean())}
