"""Multi-scale CNN with one-dimensional kernels along frequency and along time."""

from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn import functional

from kikimimi.networks.contract import Network, NetworkConfig
from kikimimi.networks.layers import Pair, as_maps
from kikimimi.networks.registry import register


@dataclass(frozen=True, slots=True)
class MultiscaleCnnConfig(NetworkConfig):
    """Sizes; the defaults are the paper's.

    Attributes:
        kernels: lengths of the kernels of the parallel branches.
        branch_channels: filters of each branch.
        last_kernel: length of the kernels of the second stage.
        pool: mean pooling (bands, frames) of the maps of the first stage; (1, 1) is the paper,
            (4, 4) divides the cost by about 16.
        inner_relu: a ReLU after the first stage too.
        batch_norm: batch normalisation after each stage.
    """

    kernels: tuple[int, ...] = (8, 16, 32, 64)
    branch_channels: int = 32
    last_kernel: int = 16
    pool: tuple[int, int] = (1, 1)
    inner_relu: bool = False
    batch_norm: bool = False


@register("multiscale_cnn")
class MultiscaleCnn(Network):
    """Four branches of crossed kernels, joined by a fifth pair; mean over the map.

    532,224 parameters. Log-mel of 128 bands at a hop of 5.8 ms in the paper: 58.7 GMAC for 5 s
    (128 x 862), 3.7 GMAC with `pool` = (4, 4).
    """

    Config = MultiscaleCnnConfig
    input_kind = "log_mel"
    paper = "Komiya and Kosaka, multi-scale CNN with one-dimensional kernels, on ESC-50"

    def __init__(self, config: MultiscaleCnnConfig) -> None:
        super().__init__()
        size = config.branch_channels * len(config.kernels)
        self.embedding_size = size
        self.branches = nn.ModuleList(
            CrossedConv(1, config.branch_channels, kernel=kernel, pool=config.pool)
            for kernel in config.kernels
        )
        self.between = nn.Sequential(
            _norm(config, size), nn.ReLU() if config.inner_relu else nn.Identity()
        )
        self.last = CrossedConv(size, size, kernel=config.last_kernel)
        self.last_norm = _norm(config, size)

    def frames(self, x: Tensor) -> Tensor:
        """(B, F, N) -> (B, N / pool, D), mean over frequency."""
        maps = as_maps(x)
        maps = self.between(torch.cat([branch(maps) for branch in self.branches], dim=1))
        return self.last_norm(self.last(maps)).relu().mean(dim=2).transpose(1, 2)

    def forward(self, x: Tensor) -> Tensor:
        """(B, F, N) -> (B, D)."""
        return self.frames(x).mean(dim=1)


class CrossedConv(nn.Module):
    """The sum of a vertical (k x 1) and a horizontal (1 x k) convolution, mean-pooled.

    Means are taken before the convolutions, which then skip what the pooling would average: both
    are linear, so the result is the same and the cost smaller. The size of the unpooled map is
    that of the input; for an even k the longer side of the padding is at the end.
    """

    def __init__(
        self, channels_in: int, channels_out: int, *, kernel: int, pool: Pair = (1, 1)
    ) -> None:
        super().__init__()
        self.kernel = kernel
        self.pool = pool
        bands, frames = pool
        self.vertical = nn.Conv2d(channels_in, channels_out, (kernel, 1), stride=(bands, 1))
        # One bias serves the sum of both.
        self.horizontal = nn.Conv2d(
            channels_in, channels_out, (1, kernel), stride=(1, frames), bias=False
        )

    def forward(self, maps: Tensor) -> Tensor:
        """(B, C_in, F, N) -> (B, C_out, ceil(F / bands), ceil(N / frames))."""
        bands, frames = self.pool
        before, after = (self.kernel - 1) // 2, self.kernel // 2
        missing_bands, missing_frames = -maps.shape[2] % bands, -maps.shape[3] % frames
        tall = functional.pad(maps, (0, missing_frames, before, after + missing_bands))
        wide = functional.pad(maps, (before, after + missing_frames, 0, missing_bands))
        return self.vertical(self._means(tall, (1, frames))) + self.horizontal(
            self._means(wide, (bands, 1))
        )

    def _means(self, maps: Tensor, stride: Pair) -> Tensor:
        return maps if self.pool == (1, 1) else functional.avg_pool2d(maps, self.pool, stride)


def _norm(config: MultiscaleCnnConfig, channels: int) -> nn.Module:
    return nn.BatchNorm2d(channels) if config.batch_norm else nn.Identity()
