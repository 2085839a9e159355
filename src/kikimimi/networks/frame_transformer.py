"""Convolutions pooled over frequency, then a Transformer encoder over time."""

from dataclasses import dataclass

from torch import Tensor, nn

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
from kikimimi.networks.transformer import TransformerLayer, time_positions


@dataclass(frozen=True, slots=True)
class FrameTransformerConfig(NetworkConfig):
    """Sizes; the defaults are those of the source's comparison of losses, as far as it tells.

    Attributes:
        n_mels: mel bands F of the input, at least the product of `frequency_pools`.
        channels: of each 3 x 3 convolution; the last are the features of a frame.
        frequency_pools: bands in one maximum after each convolution.
        layers: of the encoder.
        heads: of the attention; they divide the features of a frame.
        feed_forward: hidden units of the feed-forward layers.
        norm: whether batch normalisation stands before or after the maximum over bands.
        pooling: over time.
        dropout: after every convolution and in every layer, but not of the attention weights.
    """

    n_mels: int = 64
    channels: tuple[int, ...] = (128, 128, 128)
    frequency_pools: tuple[int, ...] = (8, 4, 2)
    layers: int = 2
    heads: int = 32
    feed_forward: int = 256
    norm: NormPlace = "after_pooling"
    pooling: TimePooling = "mean_max"
    dropout: float = 0.1

    def check(self) -> None:
        """One pooling a convolution, a band left at the end, heads that divide the features.

        Raises:
            ConfigError: they do not.
        """
        check_pools(
            self,
            n_mels=self.n_mels,
            channels=self.channels,
            frequency_pools=self.frequency_pools,
        )
        size = sequence_size(self.n_mels, self.channels, self.frequency_pools)
        self.require(
            size % self.heads == 0 and size % 2 == 0,
            f"a frame has {size} features, which {self.heads} heads or sine and cosine do not "
            "divide",
        )


@register("frame_transformer")
class FrameTransformer(Network):
    """Three convolutions as in `crnn`, two encoder layers of 32 heads.

    561,792 parameters; 0.96 GMAC for 10 s (64 x 500).
    """

    Config = FrameTransformerConfig
    input_kind = "log_mel"
    paper = "Miyazaki et al., Weakly-supervised SED with self-attention, ICASSP 2020"

    def __init__(self, config: FrameTransformerConfig) -> None:
        super().__init__()
        self.n_mels = config.n_mels
        self.blocks = FrameConvolutions(
            config.channels,
            config.frequency_pools,
            [1] * len(config.channels),
            norm=config.norm,
            dropout=config.dropout,
        )
        size = sequence_size(config.n_mels, config.channels, config.frequency_pools)
        layers = [
            TransformerLayer(
                size,
                config.heads,
                config.feed_forward,
                dropout=config.dropout,
                attention_dropout=0.0,
            )
            for _ in range(config.layers)
        ]
        self.layers = nn.Sequential(*layers, nn.LayerNorm(size))
        self.pool = time_pool(config.pooling, size)
        self.embedding_size = self.pool.output_size

    def frames(self, x: Tensor) -> Tensor:
        """(B, F, N) -> (B, N, D')."""
        tokens = self.blocks.sequence(as_maps(x, self.n_mels))
        return self.layers(tokens + time_positions(tokens))

    def forward(self, x: Tensor) -> Tensor:
        """(B, F, N) -> (B, D)."""
        return self.pool(self.frames(x))
