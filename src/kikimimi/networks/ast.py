"""Audio spectrogram transformer: overlapping patches of a spectrogram as tokens.

Axes: B clips, F' x N' patches over frequency and time, D features of a patch.
"""

from dataclasses import dataclass
from typing import Literal

from torch import Tensor, nn
from torch.nn import functional

from kikimimi.networks.contract import Network, NetworkConfig
from kikimimi.networks.layers import as_maps
from kikimimi.networks.registry import register
from kikimimi.networks.transformer import ClassToken, TransformerLayer, grid_positions


@dataclass(frozen=True, slots=True)
class AstConfig(NetworkConfig):
    """Sizes; patch and stride are the paper's, width and depth are small.

    Attributes:
        patch: bands and frames of a patch.
        stride: bands and frames from one patch to the next.
        size: features D of a patch, a multiple of 4.
        layers: transformer layers.
        heads: of the attention; they divide `size`.
        feed_forward: hidden units of the feed-forward layers.
        pooling: "mean" of all patches or what the "class_token" has gathered.
        dropout: in every layer.
    """

    patch: tuple[int, int] = (16, 16)
    stride: tuple[int, int] = (10, 10)
    size: int = 192
    layers: int = 6
    heads: int = 3
    feed_forward: int = 768
    pooling: Literal["mean", "class_token"] = "mean"
    dropout: float = 0.1

    def check(self) -> None:
        """Heads and the four parts of a position divide the size.

        Raises:
            ConfigError: they do not.
        """
        self.require(self.size % self.heads == 0, f"size must be a multiple of {self.heads} heads")
        self.require(self.size % 4 == 0, f"size must be a multiple of 4, but is {self.size}")


@register("ast")
class AudioSpectrogramTransformer(Network):
    """Patches of 16 x 16 every 10, transformer layers, mean of the patches.

    Positions are sinusoids of the patch's place, half of the features for frequency and half for
    time, so any length works. 2,717,760 parameters; 0.80 GMAC for 5 s (64 x 500).
    """

    Config = AstConfig
    input_kind = "log_mel"
    paper = "Gong, Chung and Glass, AST: audio spectrogram transformer, Interspeech 2021"

    def __init__(self, config: AstConfig) -> None:
        super().__init__()
        self.embedding_size = config.size
        self.config = config
        self.patches = nn.Conv2d(1, config.size, config.patch, stride=config.stride)
        self.class_token = ClassToken(config.size) if config.pooling == "class_token" else None
        self.dropout = nn.Dropout(config.dropout)
        self.layers = nn.Sequential(
            *(
                TransformerLayer(
                    config.size, config.heads, config.feed_forward, dropout=config.dropout
                )
                for _ in range(config.layers)
            ),
            nn.LayerNorm(config.size),
        )

    def frames(self, x: Tensor) -> Tensor:
        """(B, F, N) -> (B, N', D), mean over frequency."""
        tokens, bands = self._tokens(x)
        if self.class_token is not None:
            tokens = tokens[:, 1:]
        return tokens.unflatten(1, (bands, -1)).mean(dim=1)

    def forward(self, x: Tensor) -> Tensor:
        """(B, F, N) -> (B, D)."""
        tokens, _ = self._tokens(x)
        return tokens.mean(dim=1) if self.class_token is None else tokens[:, 0]

    def _tokens(self, x: Tensor) -> tuple[Tensor, int]:
        """All tokens (B, [1 +] F' N', D) after the last layer, and F'."""
        maps = self.patches(self._at_least_a_patch(as_maps(x)))
        bands, count = maps.shape[2:]
        tokens = maps.flatten(2).transpose(1, 2) + grid_positions(
            bands, count, self.config.size, maps
        )
        if self.class_token is not None:
            tokens = self.class_token(tokens)
        return self.layers(self.dropout(tokens)), bands

    def _at_least_a_patch(self, maps: Tensor) -> Tensor:
        missing = [max(0, self.config.patch[i] - maps.shape[2 + i]) for i in (0, 1)]
        return functional.pad(maps, (0, missing[1], 0, missing[0])) if any(missing) else maps
