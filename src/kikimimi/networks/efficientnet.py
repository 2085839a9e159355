"""EfficientNet-B0 for spectrograms of one channel.

Tan and Le, "EfficientNet: rethinking model scaling for convolutional neural networks", ICML 2019,
Table 1. Steps of two are padded as for an even length (one zero less before than after), as in
TensorFlow's model; kernels are (time, frequency).

Axes: B clips, C channels, F mel bands, N mel frames; maps (B, C, N, F).
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal, NamedTuple

from torch import Tensor, nn
from torch.nn import functional

from kikimimi.networks.contract import Network, NetworkConfig
from kikimimi.networks.layers import (
    SqueezeExcitation,
    StochasticDepth,
    as_maps,
    last_map,
    rounded_channels,
)
from kikimimi.networks.registry import register

_EPSILON = 1e-3
_STEM_CHANNELS = 32
_HEAD_CHANNELS = 1280


class _Stage(NamedTuple):
    """Blocks of one kind before the width multiplier."""

    kernel: int
    expansion: int
    channels: int
    stride: int
    repeats: int


_STAGES = (
    _Stage(3, 1, 16, 1, 1),
    _Stage(3, 6, 24, 2, 2),
    _Stage(5, 6, 40, 2, 2),
    _Stage(3, 6, 80, 2, 3),
    _Stage(5, 6, 112, 1, 3),
    _Stage(5, 6, 192, 2, 4),
    _Stage(3, 6, 320, 1, 1),
)

BLOCK_NAMES = tuple(
    f"block{number}{'abcd'[repeat]}"
    for number, stage in enumerate(_STAGES, start=1)
    for repeat in range(stage.repeats)
)
LAYER_NAMES = ("stem", *BLOCK_NAMES, "top")
"""The convolution at the entry, the blocks as Keras names them, the convolution at the end."""

Pooling = Literal["max", "mean"]


@dataclass(frozen=True, slots=True)
class EfficientNetConfig(NetworkConfig):
    """Sizes; the standard ones are B0's.

    Attributes:
        width: multiplies every number of channels, which is rounded to a multiple of 8.
        pooling: over the last map.
        stochastic_depth: how often the last block's branch is left out in training; earlier ones
            in proportion to their depth.
    """

    width: float = 1.0
    pooling: Pooling = "max"
    stochastic_depth: float = 0.2


@register("efficientnet")
class EfficientNet(Network):
    """Inverted residuals with squeeze-and-excitation and swish; maximum or mean over the map.

    4,006,972 parameters; 0.24 GMAC for 5 s (64 x 500).
    """

    Config = EfficientNetConfig
    input_kind = "log_mel"
    paper = "Tan and Le, EfficientNet, ICML 2019"

    def __init__(self, config: EfficientNetConfig) -> None:
        super().__init__()
        self._pooling = config.pooling
        channels = rounded_channels(_STEM_CHANNELS * config.width)
        self.stem = ConvSwish(1, channels, kernel=3, stride=2)
        names = iter(BLOCK_NAMES)
        for stage in _STAGES:
            outputs = rounded_channels(stage.channels * config.width)
            for repeat in range(stage.repeats):
                name = next(names)
                rate = config.stochastic_depth * BLOCK_NAMES.index(name) / len(BLOCK_NAMES)
                stride = stage.stride if repeat == 0 else 1
                block = MbConv(channels, outputs, stage, stride=stride, stochastic_depth=rate)
                self.add_module(name, block)
                channels = outputs
        self.embedding_size = rounded_channels(_HEAD_CHANNELS * config.width)
        self.top = ConvSwish(channels, self.embedding_size, kernel=1)

    def frames(self, x: Tensor) -> Tensor:
        """(B, F, N) -> (B, N / 32, D), pooled over frequency; N is filled up to 32 frames."""
        return _POOLS[self._pooling](last_map(self.layer_maps(x)), 3).transpose(1, 2)

    def forward(self, x: Tensor) -> Tensor:
        """(B, F, N) -> (B, D)."""
        return _POOLS[self._pooling](self.frames(x), 1)

    def layer_maps(self, x: Tensor) -> Iterator[tuple[str, Tensor]]:
        """(B, F, N) -> each of `LAYER_NAMES` with its map (B, C_l, N_l, F_l), entry first."""
        maps = as_maps(x).transpose(2, 3)
        missing = [max(0, _TOTAL_STRIDE - length) for length in maps.shape[2:]]
        if any(missing):
            maps = functional.pad(maps, (0, missing[1], 0, missing[0]))
        for name in LAYER_NAMES:
            maps = self.get_submodule(name)(maps)
            yield name, maps


class ConvSwish(nn.Module):
    """Convolution, batch normalisation, swish."""

    def __init__(
        self, inputs: int, outputs: int, *, kernel: int, stride: int = 1, groups: int = 1
    ) -> None:
        super().__init__()
        same = kernel // 2 if stride == 1 else 0
        self.conv = nn.Conv2d(
            inputs, outputs, kernel, stride=stride, padding=same, groups=groups, bias=False
        )
        self.bn = nn.BatchNorm2d(outputs, eps=_EPSILON)
        before, after = kernel // 2 - 1, kernel // 2
        self._padding = (before, after, before, after) if stride == 2 else None

    def forward(self, maps: Tensor) -> Tensor:
        """(B, C_in, N, F) -> (B, C_out, N / stride, F / stride), rounded down."""
        if self._padding:
            maps = functional.pad(maps, self._padding)
        return functional.silu(self.bn(self.conv(maps)))


class MbConv(nn.Module):
    """Expand, depthwise, squeeze-and-excitation, project; a shortcut where shapes allow."""

    def __init__(
        self, inputs: int, outputs: int, stage: _Stage, *, stride: int, stochastic_depth: float
    ) -> None:
        super().__init__()
        hidden = inputs * stage.expansion
        self.expand = ConvSwish(inputs, hidden, kernel=1) if hidden != inputs else nn.Identity()
        self.depthwise = ConvSwish(
            hidden, hidden, kernel=stage.kernel, stride=stride, groups=hidden
        )
        self.se = SqueezeExcitation(
            hidden, max(1, inputs // 4), activation=functional.silu, gate=functional.sigmoid
        )
        self.project = nn.Conv2d(hidden, outputs, 1, bias=False)
        self.bn = nn.BatchNorm2d(outputs, eps=_EPSILON)
        self.depth = StochasticDepth(stochastic_depth)
        self.shortcut = stride == 1 and inputs == outputs

    def forward(self, maps: Tensor) -> Tensor:
        """(B, C_in, N, F) -> (B, C_out, N / stride, F / stride)."""
        branch = self.bn(self.project(self.se(self.depthwise(self.expand(maps)))))
        return maps + self.depth(branch) if self.shortcut else branch


def _largest(maps: Tensor, axis: int) -> Tensor:
    return maps.amax(dim=axis)


def _mean(maps: Tensor, axis: int) -> Tensor:
    return maps.mean(dim=axis)


_POOLS = {"max": _largest, "mean": _mean}
_TOTAL_STRIDE = 32
