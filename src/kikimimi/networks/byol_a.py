"""The convolutional encoders of BYOL-A, versions 1 and 2.

Axes: B clips, C channels, F mel bands, N frames, N' frames after the poolings.
"""

from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn import functional

from kikimimi.networks.contract import Network, NetworkConfig
from kikimimi.networks.layers import as_maps
from kikimimi.networks.registry import register

_CHANNELS = 64


@dataclass(frozen=True, slots=True)
class ByolAV1Config(NetworkConfig):
    """Sizes.

    Attributes:
        n_mels: mel bands F of the input, at least 8.
        embedding_size: D, and the units of the hidden layer.
        dropout: between the two linear layers.
    """

    n_mels: int = 64
    embedding_size: int = 2048
    dropout: float = 0.3

    def check(self) -> None:
        """Three poolings leave a band. Raises ConfigError if not."""
        self.require(self.n_mels >= 8, f"n_mels must be at least 8, but is {self.n_mels}")


@dataclass(frozen=True, slots=True)
class ByolAV2Config(NetworkConfig):
    """Sizes.

    Attributes:
        n_mels: mel bands F of the input, at least 4.
        mlp_size: units of both linear layers; D is this and the features of the convolutions.
        dropout: between the two linear layers.
    """

    n_mels: int = 64
    mlp_size: int = 2048
    dropout: float = 0.3

    def check(self) -> None:
        """Two poolings leave a band. Raises ConfigError if not."""
        self.require(self.n_mels >= 4, f"n_mels must be at least 4, but is {self.n_mels}")


class ByolAEncoder(Network):
    """Blocks of convolution and pooling, and two linear layers over each frame.

    A sound shorter than one pooled frame is filled up with zeros.
    """

    input_kind = "log_mel"

    def __init__(self, *, n_mels: int, blocks: int, units: int, dropout: float) -> None:
        super().__init__()
        self.n_mels = n_mels
        self.shortest = 2**blocks
        self.conv_size = _CHANNELS * (n_mels // self.shortest)
        self.features = nn.Sequential(*_conv_layers(blocks))
        self.fc = nn.Sequential(
            nn.Linear(self.conv_size, units),
            nn.ReLU(),
            nn.Dropout(dropout),
            nn.Linear(units, units),
            nn.ReLU(),
        )

    def conv_frames(self, x: Tensor) -> Tensor:
        """(B, F, N) -> (B, N', F' C): what the convolutions give, band by band, channels fastest.

        Raises:
            ConfigError: the shape is another one, or F is not `n_mels`.
        """
        maps = as_maps(x, self.n_mels)
        maps = functional.pad(maps, (0, max(0, self.shortest - x.shape[-1])))
        return self.features(maps).permute(0, 3, 2, 1).flatten(2)

    def forward(self, x: Tensor) -> Tensor:
        """(B, F, N) -> (B, D), the largest value over time and the mean, added."""
        frames = self.frames(x)
        return frames.amax(dim=1) + frames.mean(dim=1)


@register("byol_a_v1")
class ByolAV1(ByolAEncoder):
    """Three blocks of 3 x 3 convolution and two linear layers; 80 ms a frame of 10 ms input.

    5,321,856 parameters.
    """

    Config = ByolAV1Config
    paper = "Niizumi et al., BYOL for audio: self-supervised learning, IJCNN 2021"

    def __init__(self, config: ByolAV1Config) -> None:
        super().__init__(
            n_mels=config.n_mels, blocks=3, units=config.embedding_size, dropout=config.dropout
        )
        self.embedding_size = config.embedding_size

    def frames(self, x: Tensor) -> Tensor:
        """(B, F, N) -> (B, N / 8, D)."""
        return self.fc(self.conv_frames(x))


@register("byol_a_v2")
class ByolAV2(ByolAEncoder):
    """Two blocks of 3 x 3 convolution, and beside their output that of two linear layers over it.

    6,333,376 parameters; 40 ms a frame of 10 ms input.
    """

    Config = ByolAV2Config
    paper = (
        "Niizumi et al., BYOL for audio: exploring pre-trained general-purpose audio "
        "representations, TASLP 2023"
    )

    def __init__(self, config: ByolAV2Config) -> None:
        super().__init__(
            n_mels=config.n_mels, blocks=2, units=config.mlp_size, dropout=config.dropout
        )
        self.embedding_size = self.conv_size + config.mlp_size

    def frames(self, x: Tensor) -> Tensor:
        """(B, F, N) -> (B, N / 4, D), the features of the convolutions first."""
        conv = self.conv_frames(x)
        return torch.cat([conv, self.fc(conv)], dim=2)


def _conv_layers(blocks: int) -> list[nn.Module]:
    layers: list[nn.Module] = []
    for block in range(blocks):
        layers += [
            nn.Conv2d(_CHANNELS if block else 1, _CHANNELS, 3, padding=1),
            nn.BatchNorm2d(_CHANNELS),
            nn.ReLU(),
            nn.MaxPool2d(2),
        ]
    return layers
