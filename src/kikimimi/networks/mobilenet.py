"""MobileNetV3 (large) for spectrograms of one channel."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import NamedTuple

from torch import Tensor, nn

from kikimimi.networks.contract import Network, NetworkConfig
from kikimimi.networks.layers import ConvNorm, SqueezeExcitation, as_maps, relu
from kikimimi.networks.pooling import TimePooling, time_pool
from kikimimi.networks.registry import register


class _Row(NamedTuple):
    """One inverted residual block before the width multiplier."""

    kernel: int
    expanded: int
    channels: int
    squeeze: bool
    hard_swish: bool
    stride: int


_ROWS = (
    _Row(3, 16, 16, False, False, 1),
    _Row(3, 64, 24, False, False, 2),
    _Row(3, 72, 24, False, False, 1),
    _Row(5, 72, 40, True, False, 2),
    _Row(5, 120, 40, True, False, 1),
    _Row(5, 120, 40, True, False, 1),
    _Row(3, 240, 80, False, True, 2),
    _Row(3, 200, 80, False, True, 1),
    _Row(3, 184, 80, False, True, 1),
    _Row(3, 184, 80, False, True, 1),
    _Row(3, 480, 112, True, True, 1),
    _Row(3, 672, 112, True, True, 1),
    _Row(5, 672, 160, True, True, 2),
    _Row(5, 960, 160, True, True, 1),
    _Row(5, 960, 160, True, True, 1),
)
"""Howard et al. 2019, Table 1."""


@dataclass(frozen=True, slots=True)
class MobileNetConfig(NetworkConfig):
    """Sizes.

    Attributes:
        width: multiplies every number of channels, which is rounded to a multiple of 8.
        pooling: over time, after the mean over frequency.
        dropout: on the embedding.
    """

    width: float = 1.0
    pooling: TimePooling = "mean"
    dropout: float = 0.2


@register("mobilenet")
class MobileNetV3(Network):
    """Inverted residuals with squeeze-and-excitation and hard swish; mean over the map.

    2,971,664 parameters; 0.14 GMAC for 5 s (64 x 500).
    """

    Config = MobileNetConfig
    input_kind = "log_mel"
    paper = "Howard et al., Searching for MobileNetV3, ICCV 2019"

    def __init__(self, config: MobileNetConfig) -> None:
        super().__init__()
        channels = _rounded(16 * config.width)
        layers: list[nn.Module] = [ConvNorm(1, channels, stride=2, activation=_hard_swish)]
        for row in _ROWS:
            layers.append(InvertedResidual(channels, row, config.width))
            channels = _rounded(row.channels * config.width)
        size = _rounded(960 * config.width)
        layers.append(ConvNorm(channels, size, kernel=1, activation=_hard_swish))
        self.blocks = nn.Sequential(*layers)
        self.pool = time_pool(config.pooling, size)
        self.dropout = nn.Dropout(config.dropout)
        self.embedding_size = self.pool.output_size

    def frames(self, x: Tensor) -> Tensor:
        """(B, F, N) -> (B, N / 32, 960 width), mean over frequency."""
        return self.blocks(as_maps(x)).mean(dim=2).transpose(1, 2)

    def forward(self, x: Tensor) -> Tensor:
        """(B, F, N) -> (B, D)."""
        return self.dropout(self.pool(self.frames(x)))


class InvertedResidual(nn.Module):
    """Expand, depthwise, squeeze-and-excitation, project; a shortcut where shapes allow."""

    def __init__(self, inputs: int, row: _Row, width: float) -> None:
        super().__init__()
        activation = _hard_swish if row.hard_swish else relu
        hidden = _rounded(row.expanded * width)
        outputs = _rounded(row.channels * width)
        layers: list[nn.Module] = []
        if hidden != inputs:
            layers.append(ConvNorm(inputs, hidden, kernel=1, activation=activation))
        layers.append(_depthwise(hidden, row, activation))
        if row.squeeze:
            layers.append(SqueezeExcitation(hidden, _rounded(hidden / 4)))
        layers.append(ConvNorm(hidden, outputs, kernel=1))
        self.branch = nn.Sequential(*layers)
        self.shortcut = row.stride == 1 and inputs == outputs

    def forward(self, maps: Tensor) -> Tensor:
        """(B, C_in, F, N) -> (B, C_out, F / stride, N / stride)."""
        return maps + self.branch(maps) if self.shortcut else self.branch(maps)


def _depthwise(channels: int, row: _Row, activation: Callable[[], nn.Module]) -> nn.Module:
    return ConvNorm(
        channels,
        channels,
        kernel=row.kernel,
        stride=row.stride,
        groups=channels,
        activation=activation,
    )


def _hard_swish() -> nn.Module:
    return nn.Hardswish(inplace=True)


def _rounded(channels: float) -> int:
    """The nearest multiple of 8, not below 8, and not more than a tenth below `channels`."""
    rounded = max(8, int(channels + 4) // 8 * 8)
    return rounded if rounded >= 0.9 * channels else rounded + 8
