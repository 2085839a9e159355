"""MobileNetV3 (large) for spectrograms of one channel."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from typing import Literal, NamedTuple

import torch
from torch import Tensor, nn

from kikimimi.networks.contract import Network, NetworkConfig
from kikimimi.networks.layers import (
    ConvNorm,
    SqueezeExcitation,
    as_maps,
    relu,
    rounded_channels,
)
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

LAYER_NAMES = tuple(f"block{number}" for number in range(1, len(_ROWS) + 3))
"""The convolution at the entry, the inverted residuals, the convolution at the end."""

Gate = Literal["hard_sigmoid", "sigmoid"]

_GATES: dict[Gate, Callable[[Tensor], Tensor]] = {
    "hard_sigmoid": nn.functional.hardsigmoid,
    "sigmoid": torch.sigmoid,
}


@dataclass(frozen=True, slots=True)
class MobileNetConfig(NetworkConfig):
    """Sizes.

    Attributes:
        width: multiplies every number of channels, which is rounded to a multiple of 8.
        pooling: over time, after the mean over frequency.
        dropout: on the embedding.
        gate: of the squeeze-and-excitation; the paper has the hard sigmoid.
        norm_epsilon: added to the variances of batch normalisation.
    """

    width: float = 1.0
    pooling: TimePooling = "mean"
    dropout: float = 0.2
    gate: Gate = "hard_sigmoid"
    norm_epsilon: float = 1e-5


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
        channels = rounded_channels(16 * config.width)
        conv_norm = _conv_norm(config)
        layers: list[nn.Module] = [conv_norm(1, channels, stride=2, activation=_hard_swish)]
        for row in _ROWS:
            layers.append(InvertedResidual(channels, row, config))
            channels = rounded_channels(row.channels * config.width)
        size = rounded_channels(960 * config.width)
        layers.append(conv_norm(channels, size, kernel=1, activation=_hard_swish))
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

    def layer_maps(self, x: Tensor) -> Iterator[tuple[str, Tensor]]:
        """(B, F, N) -> each of `LAYER_NAMES` with its map (B, C_l, N_l, F_l), entry first."""
        maps = as_maps(x)
        for name, block in zip(LAYER_NAMES, self.blocks, strict=True):
            maps = block(maps)
            yield name, maps.transpose(2, 3)


class InvertedResidual(nn.Module):
    """Expand, depthwise, squeeze-and-excitation, project; a shortcut where shapes allow."""

    def __init__(self, inputs: int, row: _Row, config: MobileNetConfig) -> None:
        super().__init__()
        activation = _hard_swish if row.hard_swish else relu
        hidden = rounded_channels(row.expanded * config.width)
        outputs = rounded_channels(row.channels * config.width)
        conv_norm = _conv_norm(config)
        layers: list[nn.Module] = []
        if hidden != inputs:
            layers.append(conv_norm(inputs, hidden, kernel=1, activation=activation))
        depthwise = {"kernel": row.kernel, "stride": row.stride, "groups": hidden}
        layers.append(conv_norm(hidden, hidden, **depthwise, activation=activation))
        if row.squeeze:
            gate = _GATES[config.gate]
            layers.append(SqueezeExcitation(hidden, rounded_channels(hidden / 4), gate=gate))
        layers.append(conv_norm(hidden, outputs, kernel=1))
        self.branch = nn.Sequential(*layers)
        self.shortcut = row.stride == 1 and inputs == outputs

    def forward(self, maps: Tensor) -> Tensor:
        """(B, C_in, F, N) -> (B, C_out, F / stride, N / stride)."""
        return maps + self.branch(maps) if self.shortcut else self.branch(maps)


def _conv_norm(config: MobileNetConfig) -> Callable[..., nn.Module]:
    return partial(ConvNorm, norm=partial(nn.BatchNorm2d, eps=config.norm_epsilon))


def _hard_swish() -> nn.Module:
    return nn.Hardswish(inplace=True)
