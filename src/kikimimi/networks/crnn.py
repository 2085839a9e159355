"""Convolutions pooled over frequency, then a GRU over time, in both directions or forward only."""

from dataclasses import dataclass

from torch import Tensor

from kikimimi.networks.contract import Network, NetworkConfig
from kikimimi.networks.frame_convolutions import (
    FrameConvolutions,
    NormPlace,
    pools_fit,
    sequence_size,
)
from kikimimi.networks.gru import Gru
from kikimimi.networks.layers import as_maps
from kikimimi.networks.pooling import TimePooling, time_pool
from kikimimi.networks.registry import register


@dataclass(frozen=True, slots=True)
class CrnnConfig(NetworkConfig):
    """Sizes; the defaults are those of sound event detection, one frame out for each one in.

    Attributes:
        n_mels: mel bands F of the input, at least the product of `frequency_pools`.
        channels: of each 3 x 3 convolution.
        frequency_pools: bands in one maximum after each convolution.
        time_pools: frames in one maximum after each convolution; above 1 for speed.
        gru_size: units of the GRU in each direction.
        gru_layers: layers of the GRU.
        bidirectional: whether a GRU runs backward in time too.
        norm: whether batch normalisation stands before or after the maximum over bands.
        pooling: over time.
        dropout: after every convolution.
    """

    n_mels: int = 64
    channels: tuple[int, ...] = (128, 128, 128)
    frequency_pools: tuple[int, ...] = (8, 4, 2)
    time_pools: tuple[int, ...] = (1, 1, 1)
    gru_size: int = 32
    gru_layers: int = 1
    bidirectional: bool = True
    norm: NormPlace = "before_pooling"
    pooling: TimePooling = "mean_max"
    dropout: float = 0.1

    def check(self) -> None:
        """One pooling of each kind a convolution, and a band left at the end.

        Raises:
            ConfigError: they do not.
        """
        lengths = {len(self.channels), len(self.frequency_pools), len(self.time_pools)}
        self.require(
            len(lengths) == 1,
            "channels, frequency_pools and time_pools must have one number a convolution",
        )
        self.require(
            pools_fit(self.n_mels, self.frequency_pools),
            f"frequency_pools {self.frequency_pools} leave nothing of {self.n_mels} bands",
        )


@register("crnn")
class Crnn(Network):
    """Three 3 x 3 convolutions of 128 channels, maximum over 8, 4, 2 bands, GRU of 2 x 32.

    327,936 parameters; 0.79 GMAC for 5 s (64 x 500).
    """

    Config = CrnnConfig
    input_kind = "log_mel"
    paper = "Cakir et al., Convolutional recurrent neural networks for polyphonic SED, 2017"

    def __init__(self, config: CrnnConfig) -> None:
        super().__init__()
        self.n_mels = config.n_mels
        self.blocks = FrameConvolutions(
            config.channels,
            config.frequency_pools,
            config.time_pools,
            norm=config.norm,
            dropout=config.dropout,
        )
        self.gru = Gru(
            sequence_size(config.n_mels, config.channels, config.frequency_pools),
            config.gru_size,
            config.gru_layers,
            bidirectional=config.bidirectional,
        )
        directions = 2 if config.bidirectional else 1
        self.pool = time_pool(config.pooling, directions * config.gru_size)
        self.embedding_size = self.pool.output_size

    def frames(self, x: Tensor) -> Tensor:
        """(B, F, N) -> (B, N / time pools, 2 gru_size), or gru_size in one direction."""
        return self.gru.sequence(self.blocks.sequence(as_maps(x, self.n_mels)))

    def forward(self, x: Tensor) -> Tensor:
        """(B, F, N) -> (B, D)."""
        return self.pool(self.frames(x))
