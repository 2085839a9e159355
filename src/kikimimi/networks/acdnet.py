"""ACDNet: convolutions over the waveform make a map of filters and time, a VGG stack reads it."""

from dataclasses import dataclass

from torch import Tensor, nn

from kikimimi.networks.contract import Network, NetworkConfig
from kikimimi.networks.layers import ConvNorm, as_maps, as_signal, relu
from kikimimi.networks.registry import register


@dataclass(frozen=True, slots=True)
class AcdNetConfig(NetworkConfig):
    """Sizes; the paper's, but for its rate of 20 kHz.

    Attributes:
        sample_rate_hz: of the waveform; a multiple of 400, so that 10 ms are whole pools.
        filters: channels of the two convolutions over the waveform.
        channels: of each block of 3 x 3 convolutions: one convolution in the first, two in others.
        dropout: on the embedding.
    """

    sample_rate_hz: int = 16000
    filters: tuple[int, int] = (8, 64)
    channels: tuple[int, ...] = (32, 64, 128, 256, 512)
    dropout: float = 0.2

    def check(self) -> None:
        """Frames of 10 ms are whole numbers of pooled values.

        Raises:
            ConfigError: they are not.
        """
        self.require(
            self.sample_rate_hz % 400 == 0,
            f"sample_rate_hz must be a multiple of 400, but is {self.sample_rate_hz}",
        )


@register("acdnet")
class AcdNet(Network):
    """Two convolutions over the waveform, frames of 10 ms, five blocks with maximum pooling.

    The paper's last layers (a 1 x 1 convolution to the classes and a dense layer) are the
    classifier and left to the task. 4,707,128 parameters; 1.85 GMAC for 5 s at 16 kHz.
    """

    Config = AcdNetConfig
    input_kind = "waveform"
    paper = "Mohaimenuzzaman et al., Environmental sound classification on the edge, 2021/2023"

    def __init__(self, config: AcdNetConfig) -> None:
        super().__init__()
        first, second = config.filters
        self.filters = nn.Sequential(
            ConvNorm(1, first, kernel=(1, 9), stride=(1, 2), activation=relu),
            ConvNorm(first, second, kernel=(1, 5), stride=(1, 2), activation=relu),
            nn.MaxPool2d((1, config.sample_rate_hz // 400), ceil_mode=True),
        )
        layers: list[nn.Module] = []
        inputs = 1
        for index, channels in enumerate(config.channels):
            for _ in range(1 if index == 0 else 2):
                layers.append(ConvNorm(inputs, channels, activation=relu))
                inputs = channels
            layers.append(nn.MaxPool2d(2, ceil_mode=True))
        self.blocks = nn.Sequential(*layers)
        self.dropout = nn.Dropout(config.dropout)
        self.embedding_size = inputs

    def frames(self, x: Tensor) -> Tensor:
        """(B, T) -> (B, N', D), a frame each 0.32 s, mean over the filters."""
        filtered = self.filters(as_signal(x))  # (B, filters, 1, frames)
        return self.blocks(as_maps(filtered.squeeze(2))).mean(dim=2).transpose(1, 2)

    def forward(self, x: Tensor) -> Tensor:
        """(B, T) -> (B, D)."""
        return self.dropout(self.frames(x).mean(dim=1))
