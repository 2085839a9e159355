"""A plain stack of 3 x 3 convolutions with pooling between, as VGG and CNN10 have it."""

from dataclasses import dataclass

from torch import Tensor, nn

from kikimimi.networks.contract import Network, NetworkConfig
from kikimimi.networks.layers import ConvNorm, as_maps, relu
from kikimimi.networks.pooling import TimePooling, time_pool
from kikimimi.networks.registry import register


@dataclass(frozen=True, slots=True)
class PlainCnnConfig(NetworkConfig):
    """Sizes.

    Attributes:
        channels: of each block.
        convolutions: 3 x 3 convolutions in a block.
        pool: mean pooling (bands, frames) after every block.
        pooling: over time, after the mean over frequency.
        dropout: after every block.
    """

    channels: tuple[int, ...] = (32, 64, 128, 256)
    convolutions: int = 2
    pool: tuple[int, int] = (2, 2)
    pooling: TimePooling = "mean_max"
    dropout: float = 0.1


@register("plain_cnn")
class PlainCnn(Network):
    """Blocks of two 3 x 3 convolutions, batch normalisation, ReLU and mean pooling.

    1,172,640 parameters; 1.64 GMAC for 5 s (64 x 500). Half the width of CNN10.
    """

    Config = PlainCnnConfig
    input_kind = "log_mel"
    paper = "Kong et al., PANNs: large-scale pretrained audio neural networks, 2020 (CNN10)"

    def __init__(self, config: PlainCnnConfig) -> None:
        super().__init__()
        layers: list[nn.Module] = []
        inputs = 1
        for channels in config.channels:
            for _ in range(config.convolutions):
                layers.append(ConvNorm(inputs, channels, activation=relu))
                inputs = channels
            layers += [nn.AvgPool2d(config.pool, ceil_mode=True), nn.Dropout(config.dropout)]
        self.blocks = nn.Sequential(*layers)
        self.pool = time_pool(config.pooling, inputs)
        self.embedding_size = self.pool.output_size

    def frames(self, x: Tensor) -> Tensor:
        """(B, F, N) -> (B, N / 16, channels), mean over frequency."""
        return self.blocks(as_maps(x)).mean(dim=2).transpose(1, 2)

    def forward(self, x: Tensor) -> Tensor:
        """(B, F, N) -> (B, D)."""
        return self.pool(self.frames(x))
