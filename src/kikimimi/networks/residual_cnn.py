"""A residual network of 3 x 3 convolutions for log-mel spectrograms.

Axes: B clips, C channels, F bands, N frames.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

import torch
from torch import Tensor, nn
from torch.nn import functional

from kikimimi.networks.contract import Network, NetworkConfig
from kikimimi.networks.layers import (
    ConvNorm,
    Pair,
    SqueezeExcitation,
    StochasticDepth,
    SubSpectralNorm,
    as_maps,
    relu,
)
from kikimimi.networks.pooling import TimePooling, time_pool
from kikimimi.networks.registry import register


@dataclass(frozen=True, slots=True)
class ResidualCnnConfig(NetworkConfig):
    """Sizes.

    Attributes:
        n_mels: mel bands F of the input.
        stem_channels: of the first convolution.
        stem_kernel: its size, odd.
        stem_stride: bands and frames from one output of the first convolution to the next.
        channels: of each stage.
        blocks: residual blocks of each stage.
        frequency_strides: of the first block of each stage.
        time_strides: of the first block of each stage.
        squeeze_excitation: gate the channels of each block.
        frequency_bias: a learnt value for each channel and band at the start of each stage, so
            that the same shape can mean something else at another pitch.
        sub_bands: bands of frequency with normalisation of their own; 1 is batch normalisation.
        pooling: over time, after the mean over frequency.
        dropout: on the embedding.
        stochastic_depth: rate of the last block; the rate rises linearly from 0 at the first.
    """

    n_mels: int = 64
    stem_channels: int = 32
    stem_kernel: int = 5
    stem_stride: tuple[int, int] = (2, 2)
    channels: tuple[int, ...] = (32, 64, 128, 256)
    blocks: tuple[int, ...] = (2, 2, 2, 2)
    frequency_strides: tuple[int, ...] = (1, 2, 2, 2)
    time_strides: tuple[int, ...] = (1, 2, 2, 2)
    squeeze_excitation: bool = False
    frequency_bias: bool = False
    sub_bands: int = 1
    pooling: TimePooling = "mean_max"
    dropout: float = 0.2
    stochastic_depth: float = 0.0

    def check(self) -> None:
        """One number a stage in every list, an odd kernel, a band in every sub-band.

        Raises:
            ConfigError: it is not so.
        """
        lists = (self.channels, self.blocks, self.frequency_strides, self.time_strides)
        self.require(
            len({len(numbers) for numbers in lists}) == 1,
            "channels, blocks, frequency_strides and time_strides must have one number a stage",
        )
        self.require(
            self.stem_kernel % 2 == 1, f"stem_kernel must be odd, but is {self.stem_kernel}"
        )
        left = self.bands()[-1]
        self.require(
            self.sub_bands <= left,
            f"sub_bands is {self.sub_bands}, but the last stage has {left} bands",
        )

    def bands(self) -> list[int]:
        """Bands that come out of the stem and of each stage."""
        bands = [-(-self.n_mels // self.stem_stride[0])]
        for stride in self.frequency_strides:
            bands.append(-(-bands[-1] // stride))
        return bands


@register("residual_cnn")
class ResidualCnn(Network):
    """Stem with a stride, four stages of residual blocks, mean over frequency, pooling over time.

    2,794,976 parameters; 1.10 GMAC for 5 s (64 x 500).
    """

    Config = ResidualCnnConfig
    input_kind = "log_mel"
    paper = "He et al., Deep residual learning, CVPR 2016; shortcuts of He, T. et al., CVPR 2019"

    def __init__(self, config: ResidualCnnConfig) -> None:
        super().__init__()
        self.n_mels = config.n_mels
        norm = _norm(config)
        self.stem = ConvNorm(
            1,
            config.stem_channels,
            kernel=config.stem_kernel,
            stride=config.stem_stride,
            activation=relu,
            norm=norm,
        )
        self.stages = nn.Sequential(*_stages(config, norm))
        self.pool = time_pool(config.pooling, config.channels[-1])
        self.dropout = nn.Dropout(config.dropout)
        self.embedding_size = self.pool.output_size

    def frames(self, x: Tensor) -> Tensor:
        """(B, F, N) -> (B, N / strides, last channels), mean over frequency."""
        return self.stages(self.stem(as_maps(x, self.n_mels))).mean(dim=2).transpose(1, 2)

    def forward(self, x: Tensor) -> Tensor:
        """(B, F, N) -> (B, D)."""
        return self.dropout(self.pool(self.frames(x)))


def _norm(config: ResidualCnnConfig) -> Callable[[int], nn.Module]:
    if config.sub_bands == 1:
        return nn.BatchNorm2d
    return partial(SubSpectralNorm, bands=config.sub_bands)


def _stages(config: ResidualCnnConfig, norm: Callable[[int], nn.Module]) -> list[nn.Module]:
    rates = torch.linspace(0, config.stochastic_depth, sum(config.blocks)).tolist()
    strides = zip(config.frequency_strides, config.time_strides, strict=True)
    layers: list[nn.Module] = []
    inputs = config.stem_channels
    stages = zip(config.channels, config.blocks, strides, config.bands(), strict=False)
    for channels, blocks, stride, bands in stages:
        if config.frequency_bias:
            layers.append(FrequencyBias(inputs, bands))
        for block in range(blocks):
            layers.append(
                ResidualBlock(
                    inputs,
                    channels,
                    stride=stride if block == 0 else (1, 1),
                    squeeze_excitation=config.squeeze_excitation,
                    drop_rate=rates.pop(0),
                    norm=norm,
                )
            )
            inputs = channels
    return layers


class ResidualBlock(nn.Module):
    """Two 3 x 3 convolutions and a shortcut, ReLU after the sum.

    Where the shape changes, the shortcut is a mean pooling and a 1 x 1 convolution.
    """

    def __init__(
        self,
        inputs: int,
        channels: int,
        *,
        stride: Pair,
        squeeze_excitation: bool,
        drop_rate: float,
        norm: Callable[[int], nn.Module],
    ) -> None:
        super().__init__()
        layers: list[nn.Module] = [
            ConvNorm(inputs, channels, stride=stride, activation=relu, norm=norm),
            ConvNorm(channels, channels, norm=norm),
        ]
        if squeeze_excitation:
            layers.append(SqueezeExcitation(channels, max(8, channels // 8)))
        self.branch = nn.Sequential(*layers, StochasticDepth(drop_rate))
        shortcut: list[nn.Module] = []
        if stride != (1, 1):
            shortcut.append(nn.AvgPool2d(stride, ceil_mode=True))
        if inputs != channels:
            shortcut.append(ConvNorm(inputs, channels, kernel=1, norm=norm))
        self.shortcut = nn.Sequential(*shortcut)

    def forward(self, maps: Tensor) -> Tensor:
        """(B, C_in, F, N) -> (B, C_out, ceil(F / stride), ceil(N / stride))."""
        return functional.relu_(self.branch(maps) + self.shortcut(maps))


class FrequencyBias(nn.Module):
    """Add a learnt value for each channel and band."""

    def __init__(self, channels: int, bands: int) -> None:
        super().__init__()
        self.bias = nn.Parameter(torch.zeros(channels, bands, 1))

    def forward(self, maps: Tensor) -> Tensor:
        """(B, C, F, N) -> the same shape."""
        # channels last, the gradient of the bias is summed several times as fast
        return (maps.permute(0, 2, 3, 1) + self.bias.permute(1, 2, 0)).permute(0, 3, 1, 2)
