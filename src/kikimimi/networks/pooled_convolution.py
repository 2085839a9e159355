"""A 3 x 3 convolution whose map is pooled over frequency at once, clip by clip.

Axes: B clips, C channels, F mel bands, N frames, P bands in one maximum.

The first layer of a network for sound events makes a map of C x F x N values, most of which the
maximum over P bands throws away. On a CPU, keeping such maps for a whole batch costs several times
as much as computing them; so one clip's map is made, pooled and dropped, while it is in the cache.
"""

from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional


class PooledConv2d(nn.Conv2d):
    """`Conv2d` (3 x 3, padded, without bias), then `MaxPool2d` over `pool` bands.

    Values and gradients are those of the two layers one after the other.
    """

    def __init__(self, channels_in: int, channels_out: int, *, pool: int) -> None:
        super().__init__(channels_in, channels_out, 3, padding=1, bias=False)
        self.pool = pool

    def forward(self, maps: Tensor) -> Tensor:
        """(B, C, F, N) -> (B, C', ceil(F / P), N)."""
        if maps.device.type == "cpu" and self._can_be_split(maps):
            return _PooledConvolution.apply(maps, self.weight, self.pool)
        return functional.max_pool2d(super().forward(maps), (self.pool, 1), ceil_mode=True)

    def _can_be_split(self, maps: Tensor) -> bool:
        """Whether the maps are an input, of one channel, that no gradient is wanted of."""
        whole = maps.shape[2] % self.pool == 0 and len(maps) > 0
        single = maps.dtype == self.weight.dtype and not torch.is_autocast_enabled("cpu")
        return self.in_channels == 1 and whole and single and not maps.requires_grad


class _PooledConvolution(torch.autograd.Function):
    """The convolution of one channel and its maximum over P bands; no gradient of the input."""

    @staticmethod
    def forward(ctx: Any, maps: Tensor, weight: Tensor, pool: int) -> Tensor:
        wanted = weight.requires_grad
        pooled, places = [], []
        for clip in maps.split(1):
            full = functional.conv2d(clip, weight, padding=1)
            if wanted:
                kept, place = functional.max_pool2d(full, (pool, 1), return_indices=True)
                places.append(place)
            else:
                kept = functional.max_pool2d(full, (pool, 1))
            pooled.append(kept)
        if wanted:
            ctx.pool = pool
            ctx.save_for_backward(maps, weight, torch.cat(places))
        return torch.cat(pooled)

    @staticmethod
    def backward(ctx: Any, gradient: Tensor) -> tuple[None, Tensor, None]:
        maps, weight, places = ctx.saved_tensors
        channels, frames, rows = len(weight), maps.shape[3], gradient.shape[2]
        span = ctx.pool * frames  # values of the map that one row of maxima was taken of
        tile = maps.new_empty(span, channels)
        total = maps.new_zeros(9, channels)
        by_row = gradient.permute(0, 2, 3, 1).contiguous()  # (B, F / P, N, C)
        where = places.permute(0, 2, 3, 1)
        for clip, clip_gradient, clip_places in zip(maps, by_row, where, strict=True):
            patches = _patches(clip[0])
            for row in range(rows):
                first = row * span
                tile.zero_().scatter_(0, clip_places[row] - first, clip_gradient[row])
                total.addmm_(patches[:, first : first + span], tile)
        return None, total.t().reshape(weight.shape), None


def _patches(plane: Tensor) -> Tensor:
    """The 3 x 3 neighbourhood of each value, zeros beyond the edges: (F, N) -> (9, F N)."""
    padded = functional.pad(plane, (1, 1, 1, 1)).contiguous()
    width = padded.shape[1]
    return padded.as_strided((3, 3, *plane.shape), (width, 1, width, 1)).reshape(9, -1)
