"""YAMNet: MobileNet v1 over log-mel spectrograms.

Howard et al., "MobileNets: efficient convolutional neural networks for mobile vision applications",
2017, Table 1, as Plakal and Ellis (2020) trained it on AudioSet: 64 mel bands, 10 ms frames, batch
normalisation with epsilon 1e-4. Convolutions are padded as TensorFlow's "same" has it, which with
stride 2 is at the end first. Parts are named as in the torch port.

Axes: B clips, F mel bands, N mel frames, C channels; maps are (B, C, N, F).
"""

from collections.abc import Iterator
from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn import functional

from kikimimi.networks.contract import Network, NetworkConfig
from kikimimi.networks.layers import as_maps
from kikimimi.networks.registry import register

FRAME_STRIDE = 32
"""Mel frames for one frame of the last map."""

_BLOCKS = (
    (1, 64), (2, 128), (1, 128), (2, 256), (1, 256), (2, 512),
    (1, 512), (1, 512), (1, 512), (1, 512), (1, 512), (2, 1024), (1, 1024),
)  # fmt: skip
"""Stride and output channels of each depthwise-separable block."""
_STEM_CHANNELS = 32
_KERNEL = 3
_EPSILON = 1e-4

LAYER_NAMES = tuple(f"layer{number}" for number in range(1, len(_BLOCKS) + 2))
"""The convolution at the entry and the blocks."""


@dataclass(frozen=True, slots=True)
class YamnetConfig(NetworkConfig):
    """Size.

    Attributes:
        width: what the channels of MobileNet v1 are multiplied with.
    """

    width: float = 1.0


@register("yamnet")
class Yamnet(Network):
    """Depthwise-separable convolutions; mean over the last map.

    3,206,400 parameters; 0.36 GMAC for 5 s (64 x 500).
    """

    Config = YamnetConfig
    input_kind = "log_mel"
    paper = "Howard et al., MobileNets, 2017; Plakal and Ellis, YAMNet, 2020"

    def __init__(self, config: YamnetConfig) -> None:
        super().__init__()
        channels = max(1, round(_STEM_CHANNELS * config.width))
        self.layer1 = ConvNormRelu(1, channels, stride=2)
        for name, (stride, standard) in zip(LAYER_NAMES[1:], _BLOCKS, strict=True):
            width = max(1, round(standard * config.width))
            self.add_module(name, SeparableConv(channels, width, stride=stride))
            channels = width
        self.embedding_size = channels

    def frames(self, x: Tensor) -> Tensor:
        """(B, F, N) -> (B, N / 32, D), mean over frequency."""
        maps = as_maps(x).transpose(2, 3)
        for name in LAYER_NAMES:
            maps = self.get_submodule(name)(maps)
        return maps.mean(dim=3).transpose(1, 2)

    def forward(self, x: Tensor) -> Tensor:
        """(B, F, N) -> (B, D)."""
        return self.frames(x).mean(dim=1)

    def layer_maps(self, x: Tensor) -> Iterator[tuple[str, Tensor]]:
        """(B, F, N) -> each of `LAYER_NAMES` with its map (B, C_l, N_l, F_l), entry first."""
        maps = as_maps(x).transpose(2, 3)
        for name in LAYER_NAMES:
            maps = self.get_submodule(name)(maps)
            yield name, maps


class SeparableConv(nn.Module):
    """Depthwise 3 x 3, then pointwise, each with batch normalisation and ReLU."""

    def __init__(self, channels_in: int, channels_out: int, *, stride: int) -> None:
        super().__init__()
        self.depthwise_conv = ConvNormRelu(
            channels_in, channels_in, stride=stride, groups=channels_in
        )
        self.pointwise_conv = ConvNormRelu(channels_in, channels_out, kernel=1)

    def forward(self, maps: Tensor) -> Tensor:
        """(B, C_in, N, F) -> (B, C_out, N / stride, F / stride), rounded up."""
        return self.pointwise_conv(self.depthwise_conv(maps))


class ConvNormRelu(nn.Module):
    """Convolution padded as TensorFlow does, batch normalisation, ReLU."""

    def __init__(
        self,
        channels_in: int,
        channels_out: int,
        *,
        kernel: int = _KERNEL,
        stride: int = 1,
        groups: int = 1,
    ) -> None:
        super().__init__()
        self.conv = nn.Conv2d(
            channels_in, channels_out, kernel, stride=stride, groups=groups, bias=False
        )
        self.bn = nn.BatchNorm2d(channels_out, eps=_EPSILON)
        self._kernel, self._stride = kernel, stride

    def forward(self, maps: Tensor) -> Tensor:
        """(B, C_in, N, F) -> (B, C_out, N / stride, F / stride), rounded up."""
        padding = [*self._padding(maps.shape[3]), *self._padding(maps.shape[2])]
        padded = functional.pad(maps, padding) if any(padding) else maps
        return torch.relu_(self.bn(self.conv(padded)))

    def _padding(self, length: int) -> tuple[int, int]:
        """Zeros before and after, so that ceil(length / stride) places are left."""
        covered = (-(-length // self._stride) - 1) * self._stride + self._kernel
        missing = max(0, covered - length)
        return missing // 2, missing - missing // 2
