"""Convolutions pooled over frequency alone: each frame tells what its neighbourhood holds."""

from dataclasses import dataclass

from torch import Tensor

from kikimimi.networks.contract import Network, NetworkConfig
from kikimimi.networks.frame_convolutions import (
    FrameConvolutions,
    NormPlace,
    check_pools,
    sequence_size,
)
from kikimimi.networks.layers import as_maps
from kikimimi.networks.pooling import TimePooling, time_pool
from kikimimi.networks.registry import register


@dataclass(frozen=True, slots=True)
class FrameCnnConfig(NetworkConfig):
    """Sizes; the defaults are those of `crnn` without its GRU.

    Attributes:
        n_mels: mel bands F of the input, at least the product of `frequency_pools`.
        channels: of each 3 x 3 convolution.
        frequency_pools: bands in one maximum after each convolution.
        norm: whether batch normalisation stands before or after the maximum over bands.
        pooling: over time.
        dropout: after every convolution.
    """

    n_mels: int = 64
    channels: tuple[int, ...] = (128, 128, 128)
    frequency_pools: tuple[int, ...] = (8, 4, 2)
    norm: NormPlace = "after_pooling"
    pooling: TimePooling = "mean_max"
    dropout: float = 0.1

    def check(self) -> None:
        """One pooling a convolution, and a band left at the end.

        Raises:
            ConfigError: they do not.
        """
        check_pools(
            self,
            n_mels=self.n_mels,
            channels=self.channels,
            frequency_pools=self.frequency_pools,
        )


@register("frame_cnn")
class FrameCnn(Network):
    """Three 3 x 3 convolutions of 128 channels, maximum over 8, 4, 2 bands.

    296,832 parameters; 0.77 GMAC for 10 s (64 x 500).
    """

    Config = FrameCnnConfig
    input_kind = "log_mel"
    paper = "Cakir et al., Convolutional recurrent neural networks for polyphonic SED, 2017 (CNN)"

    def __init__(self, config: FrameCnnConfig) -> None:
        super().__init__()
        self.n_mels = config.n_mels
        self.blocks = FrameConvolutions(
            config.channels,
            config.frequency_pools,
            [1] * len(config.channels),
            norm=config.norm,
            dropout=config.dropout,
        )
        features = sequence_size(config.n_mels, config.channels, config.frequency_pools)
        self.pool = time_pool(config.pooling, features)
        self.embedding_size = self.pool.output_size

    def frames(self, x: Tensor) -> Tensor:
        """(B, F, N) -> (B, N, D')."""
        return self.blocks.sequence(as_maps(x, self.n_mels))

    def forward(self, x: Tensor) -> Tensor:
        """(B, F, N) -> (B, D)."""
        return self.pool(self.frames(x))
