"""A field for latents of any length, from one that knows windows.

The velocities of overlapping windows are averaged at each step, as in Bar-Tal et al.,
"MultiDiffusion", ICML 2023; windows that go round the end make a loop.

Axes: C latent channels, N latent frames, W windows, L frames of a window.
"""

import torch
from torch import Tensor

from kikimimi.generation.flow.matching import Field


def windowed(field: Field, *, length: int, loop: bool) -> Field:
    """Velocities (1, C, N) of a latent of any N, or of one that goes round and round."""

    def velocity(point: Tensor, times: Tensor) -> Tensor:
        frames = point.shape[2]
        if frames <= length and not loop:
            return field(point, times)
        places = window_places(frames, length, loop=loop).to(point.device)  # (W, L)
        inside = point[0][:, places].transpose(0, 1)  # (W, C, L)
        found = field(inside, times.expand(len(places)))
        weights = _hat(places.shape[1], point)
        total = torch.zeros_like(point[0])
        sums = torch.zeros(frames, dtype=point.dtype, device=point.device)
        total.index_add_(1, places.flatten(), (found * weights).transpose(0, 1).flatten(1))
        sums.index_add_(0, places.flatten(), weights.repeat(len(places)))
        return (total / sums)[None]

    return velocity


def window_places(frames: int, length: int, *, loop: bool) -> Tensor:
    """Frames (W, L) that each window hears: half-way overlapping, the last one at the end.

    Of a loop that is shorter than a window, each window hears the whole, begun elsewhere.
    """
    span = min(frames, length)
    hop = max(1, span // 2)
    if loop:
        starts = torch.arange(0, frames, hop)
        return (starts[:, None] + torch.arange(span)) % frames
    last = frames - span
    starts = torch.tensor([*range(0, last, hop), last])
    return starts[:, None] + torch.arange(span)


def _hat(length: int, like: Tensor) -> Tensor:
    """Weights (L,) that fall from the middle to both ends, all above 0."""
    places = torch.arange(length, dtype=like.dtype, device=like.device)
    return 1 - (places - (length - 1) / 2).abs() / (length / 2 + 0.5)
