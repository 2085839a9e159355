"""The convolutional networks of PANNs: CNN14, CNN10 and CNN6.

Kong et al., "PANNs: large-scale pretrained audio neural networks for audio pattern recognition",
IEEE/ACM TASLP 2020, Table I. Bands are normalised first, blocks of convolutions are followed by
mean pooling over 2 x 2 (the last block of CNN14 by none); the clip is the maximum plus the mean
over time of the last map's mean over frequency, through one fully connected layer. Parts are named
as in the published checkpoints, whose kernels are (time, frequency).

Axes: B clips, F mel bands, N mel frames, N' frames of the last map, C channels; maps (B, C, N, F).
"""

from collections.abc import Iterator
from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn import functional

from kikimimi.networks.contract import Network, NetworkConfig
from kikimimi.networks.layers import as_maps
from kikimimi.networks.registry import register

_BLOCK_DROPOUT = 0.2
_POOLED_BLOCKS = 5


@dataclass(frozen=True, slots=True)
class Cnn14Config(NetworkConfig):
    """Sizes; the standard ones are the paper's.

    Attributes:
        channels: of each block; the last number is also the embedding's size.
        n_mels: bands F.
        dropout: before the fully connected layer.
    """

    channels: tuple[int, ...] = (64, 128, 256, 512, 1024, 2048)
    n_mels: int = 64
    dropout: float = 0.5

    def check(self) -> None:
        """Poolings leave at least one band.

        Raises:
            ConfigError: they do not.
        """
        halvings = min(len(self.channels), _POOLED_BLOCKS)
        self.require(
            self.n_mels >= 2**halvings, f"channels leave nothing of {self.n_mels} bands (n_mels)"
        )


@dataclass(frozen=True, slots=True)
class SmallCnnConfig(Cnn14Config):
    """Sizes of CNN10 and CNN6, as for CNN14."""

    channels: tuple[int, ...] = (64, 128, 256, 512)


class Panns(Network):
    """What the three networks have in common; a subclass says what a block is."""

    Config = Cnn14Config
    input_kind = "log_mel"
    paper = "Kong et al., PANNs: large-scale pretrained audio neural networks, 2020"
    kernels: tuple[int, ...]
    """Width of each convolution in a block."""

    def __init__(self, config: Cnn14Config) -> None:
        super().__init__()
        self.config = config
        self.embedding_size = config.channels[-1]
        self.layer_names = tuple(f"conv_block{i + 1}" for i in range(len(config.channels)))
        self.frame_stride = 2 ** min(len(config.channels), _POOLED_BLOCKS)
        """Mel frames for one frame of the last map; a shorter sound gives none."""
        self.bn0 = nn.BatchNorm2d(config.n_mels)
        inputs = 1
        for number, (name, channels) in enumerate(
            zip(self.layer_names, config.channels, strict=True)
        ):
            pool = 2 if number < _POOLED_BLOCKS else 1
            self.add_module(name, ConvBlock(inputs, channels, kernels=self.kernels, pool=pool))
            inputs = channels
        self.fc1 = nn.Linear(inputs, inputs)
        self.dropout = nn.Dropout(config.dropout)

    def frames(self, x: Tensor) -> Tensor:
        """(B, F, N) -> (B, N', C), mean over frequency."""
        maps = self._normalised(x)
        for name in self.layer_names:
            maps = self._block(name, maps)
        return maps.mean(dim=3).transpose(1, 2)

    def forward(self, x: Tensor) -> Tensor:
        """(B, F, N) -> (B, D)."""
        return self.dropout(self.embed(self.frames(x)))

    def embed(self, frames: Tensor) -> Tensor:
        """(B, N', C) -> (B, D), of all frames together."""
        pooled = frames.amax(dim=1) + frames.mean(dim=1)
        return torch.relu(self.fc1(self.dropout(pooled)))

    def layer_maps(self, x: Tensor) -> Iterator[tuple[str, Tensor]]:
        """(B, F, N) -> each block's name and map (B, C_l, N_l, F_l), entry first."""
        maps = self._normalised(x)
        for name in self.layer_names:
            maps = self._block(name, maps)
            yield name, maps

    def _normalised(self, x: Tensor) -> Tensor:
        """(B, F, N) -> (B, 1, N, F)."""
        return self.bn0(as_maps(x, self.config.n_mels).transpose(1, 2)).permute(0, 2, 3, 1)

    def _block(self, name: str, maps: Tensor) -> Tensor:
        maps = self.get_submodule(name)(maps)
        return functional.dropout(maps, _BLOCK_DROPOUT, self.training)


class ConvBlock(nn.Module):
    """Convolutions with batch normalisation and ReLU, then mean pooling."""

    def __init__(
        self, channels_in: int, channels_out: int, *, kernels: tuple[int, ...], pool: int
    ) -> None:
        super().__init__()
        self._pool = pool
        self._count = len(kernels)
        inputs = channels_in
        for number, kernel in enumerate(kernels, start=1):
            conv = nn.Conv2d(inputs, channels_out, kernel, padding=kernel // 2, bias=False)
            self.add_module(f"conv{number}", conv)
            self.add_module(f"bn{number}", nn.BatchNorm2d(channels_out))
            inputs = channels_out

    def forward(self, maps: Tensor) -> Tensor:
        """(B, C_in, N, F) -> (B, C_out, N / pool, F / pool), rounded down."""
        for number in range(1, self._count + 1):
            conv, norm = self.get_submodule(f"conv{number}"), self.get_submodule(f"bn{number}")
            maps = torch.relu_(norm(conv(maps)))
        return functional.avg_pool2d(maps, self._pool) if self._pool > 1 else maps


@register("cnn14")
class Cnn14(Panns):
    """Six blocks of two 3 x 3 convolutions, 2048-d.

    79,673,792 parameters; 9.95 GMAC for 5 s (64 x 500).
    """

    kernels = (3, 3)


@register("cnn10")
class Cnn10(Panns):
    """Four blocks of two 3 x 3 convolutions, 512-d.

    4,948,928 parameters; 6.49 GMAC for 5 s (64 x 500).
    """

    Config = SmallCnnConfig
    kernels = (3, 3)


@register("cnn6")
class Cnn6(Panns):
    """Four blocks of one 5 x 5 convolution, 512-d.

    4,567,104 parameters; 4.95 GMAC for 5 s (64 x 500).
    """

    Config = SmallCnnConfig
    kernels = (5,)
