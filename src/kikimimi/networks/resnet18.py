"""ResNet-18 for spectrograms of one channel.

He et al., "Deep residual learning for image recognition", CVPR 2016, Table 1. Parts are named as in
the usual torch implementation, so that checkpoints in its layout fit.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from torch import Tensor, nn

from kikimimi.networks.contract import Network, NetworkConfig
from kikimimi.networks.layers import as_maps, last_map
from kikimimi.networks.registry import register

_STAGES = 4
_BLOCKS = 2
LAYER_NAMES = (
    "maxpool",
    *(f"layer{stage}.{block}" for stage in range(1, _STAGES + 1) for block in range(_BLOCKS)),
)
"""The entry after its pooling, and the residual blocks."""


@dataclass(frozen=True, slots=True)
class ResNet18Config(NetworkConfig):
    """Size.

    Attributes:
        channels: of the entry and the first stage; each further stage has twice as many.
    """

    channels: int = 64


@register("resnet18")
class ResNet18(Network):
    """A 7 x 7 convolution, max pooling, four stages of two residual blocks; mean over the map.

    11,170,240 parameters; 1.12 GMAC for 5 s (64 x 500).
    """

    Config = ResNet18Config
    input_kind = "log_mel"
    paper = "He et al., Deep residual learning for image recognition, CVPR 2016"

    def __init__(self, config: ResNet18Config) -> None:
        super().__init__()
        width = config.channels
        self.conv1 = nn.Conv2d(1, width, 7, stride=2, padding=3, bias=False)
        self.bn1 = nn.BatchNorm2d(width)
        self.relu = nn.ReLU(inplace=True)
        self.maxpool = nn.MaxPool2d(3, stride=2, padding=1)
        inputs = width
        for stage in range(_STAGES):
            outputs, stride = width << stage, 1 if stage == 0 else 2
            first = BasicBlock(inputs, outputs, stride=stride)
            self.add_module(
                f"layer{stage + 1}", nn.Sequential(first, BasicBlock(outputs, outputs, stride=1))
            )
            inputs = outputs
        self.embedding_size = inputs

    def frames(self, x: Tensor) -> Tensor:
        """(B, F, N) -> (B, N / 32, D), mean over frequency."""
        return last_map(self.layer_maps(x)).mean(dim=3).transpose(1, 2)

    def forward(self, x: Tensor) -> Tensor:
        """(B, F, N) -> (B, D)."""
        return self.frames(x).mean(dim=1)

    def layer_maps(self, x: Tensor) -> Iterator[tuple[str, Tensor]]:
        """(B, F, N) -> each of `LAYER_NAMES` with its map (B, C_l, N_l, F_l), entry first."""
        maps = self.maxpool(self.relu(self.bn1(self.conv1(as_maps(x)))))
        yield LAYER_NAMES[0], maps.transpose(2, 3)
        for name in LAYER_NAMES[1:]:
            maps = self.get_submodule(name)(maps)
            yield name, maps.transpose(2, 3)


class BasicBlock(nn.Module):
    """Two 3 x 3 convolutions beside a shortcut."""

    def __init__(self, inputs: int, outputs: int, *, stride: int) -> None:
        super().__init__()
        self.conv1 = nn.Conv2d(inputs, outputs, 3, stride=stride, padding=1, bias=False)
        self.bn1 = nn.BatchNorm2d(outputs)
        self.relu = nn.ReLU(inplace=True)
        self.conv2 = nn.Conv2d(outputs, outputs, 3, padding=1, bias=False)
        self.bn2 = nn.BatchNorm2d(outputs)
        self.downsample = nn.Sequential()
        if stride != 1 or inputs != outputs:
            self.downsample.append(nn.Conv2d(inputs, outputs, 1, stride=stride, bias=False))
            self.downsample.append(nn.BatchNorm2d(outputs))

    def forward(self, maps: Tensor) -> Tensor:
        """(B, C_in, F, N) -> (B, C_out, F / stride, N / stride), rounded up."""
        branch = self.bn2(self.conv2(self.relu(self.bn1(self.conv1(maps)))))
        return self.relu(branch + self.downsample(maps))
