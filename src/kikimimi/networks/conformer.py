"""Conformer: attention and convolution over time, between two half feed-forward layers.

Axes: B clips, N frames after subsampling, D features, H heads, R = 2 N - 1 relative positions.
"""

from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn import functional

from kikimimi.networks.contract import Network, NetworkConfig
from kikimimi.networks.layers import as_maps, relu
from kikimimi.networks.pooling import TimePooling, time_pool
from kikimimi.networks.registry import register
from kikimimi.networks.transformer import merge_heads, sinusoids, split_heads


@dataclass(frozen=True, slots=True)
class ConformerConfig(NetworkConfig):
    """Sizes; width, heads and feed-forward are Conformer (S) of the paper, with fewer layers.

    Attributes:
        n_mels: mel bands F of the input.
        size: features D of a frame.
        layers: Conformer blocks.
        heads: of the attention; they divide `size`.
        kernel: frames that the depthwise convolution sees, odd.
        subsampling_channels: of the two 3 x 3 convolutions of stride 2.
        feed_forward: hidden units of the feed-forward layers.
        pooling: over time.
        dropout: in every part of a block.
    """

    n_mels: int = 64
    size: int = 144
    layers: int = 4
    heads: int = 4
    kernel: int = 31
    subsampling_channels: int = 144
    feed_forward: int = 576
    pooling: TimePooling = "mean_max"
    dropout: float = 0.1

    def check(self) -> None:
        """Heads divide an even size, the kernel is odd.

        Raises:
            ConfigError: they do not, or it is not.
        """
        self.require(self.size % self.heads == 0, f"size must be a multiple of {self.heads} heads")
        self.require(self.size % 2 == 0, f"size must be even, but is {self.size}")
        self.require(self.kernel % 2 == 1, f"kernel must be odd, but is {self.kernel}")


@register("conformer")
class Conformer(Network):
    """Subsampling by 4 in time and frequency, then Conformer blocks.

    Positions are relative (sinusoids of the distance between frames), so any length works.
    2,545,344 parameters; 0.72 GMAC for 5 s (64 x 500).
    """

    Config = ConformerConfig
    input_kind = "log_mel"
    paper = "Gulati et al., Conformer: convolution-augmented transformer, Interspeech 2020"

    def __init__(self, config: ConformerConfig) -> None:
        super().__init__()
        self.n_mels = config.n_mels
        channels = config.subsampling_channels
        self.subsampling = nn.Sequential(
            nn.Conv2d(1, channels, 3, stride=2, padding=1),
            relu(),
            nn.Conv2d(channels, channels, 3, stride=2, padding=1),
            relu(),
        )
        bands = -(-config.n_mels // 4)
        self.project = nn.Linear(channels * bands, config.size)
        self.dropout = nn.Dropout(config.dropout)
        self.blocks = nn.Sequential(*(ConformerBlock(config) for _ in range(config.layers)))
        self.pool = time_pool(config.pooling, config.size)
        self.embedding_size = self.pool.output_size

    def frames(self, x: Tensor) -> Tensor:
        """(B, F, N) -> (B, N / 4, size)."""
        maps = self.subsampling(as_maps(x, self.n_mels))
        return self.blocks(self.dropout(self.project(maps.permute(0, 3, 2, 1).flatten(2))))

    def forward(self, x: Tensor) -> Tensor:
        """(B, F, N) -> (B, D)."""
        return self.pool(self.frames(x))


class ConformerBlock(nn.Module):
    """Half feed-forward, attention, convolution, half feed-forward, normalisation (eq. 1)."""

    def __init__(self, config: ConformerConfig) -> None:
        super().__init__()
        self.first = _feed_forward(config)
        self.attention = nn.Sequential(
            nn.LayerNorm(config.size),
            RelativeAttention(config.size, config.heads, dropout=config.dropout),
            nn.Dropout(config.dropout),
        )
        self.convolution = ConvolutionModule(config)
        self.second = _feed_forward(config)
        self.norm = nn.LayerNorm(config.size)

    def forward(self, frames: Tensor) -> Tensor:
        """(B, N, D) -> (B, N, D)."""
        frames = frames + 0.5 * self.first(frames)
        frames = frames + self.attention(frames)
        frames = frames + self.convolution(frames)
        return self.norm(frames + 0.5 * self.second(frames))


def _feed_forward(config: ConformerConfig) -> nn.Sequential:
    return nn.Sequential(
        nn.LayerNorm(config.size),
        nn.Linear(config.size, config.feed_forward),
        nn.SiLU(),
        nn.Dropout(config.dropout),
        nn.Linear(config.feed_forward, config.size),
        nn.Dropout(config.dropout),
    )


class RelativeAttention(nn.Module):
    """Self-attention whose scores add a term for the distance between query and key.

    Dai et al., "Transformer-XL", 2019, section 3.3: (q_i + u) k_j + (q_i + v) W r_(i-j).
    """

    def __init__(self, size: int, heads: int, *, dropout: float) -> None:
        super().__init__()
        self.heads = heads
        self.dropout = dropout
        self.query = nn.Linear(size, size, bias=False)
        self.key = nn.Linear(size, size, bias=False)
        self.value = nn.Linear(size, size)
        self.position = nn.Linear(size, size, bias=False)
        self.out = nn.Linear(size, size)
        self.content_bias = nn.Parameter(torch.zeros(heads, 1, size // heads))
        self.position_bias = nn.Parameter(torch.zeros(heads, 1, size // heads))

    def forward(self, frames: Tensor) -> Tensor:
        """(B, N, D) -> (B, N, D)."""
        query = split_heads(self.query(frames), self.heads)
        attended = functional.scaled_dot_product_attention(
            query + self.content_bias,
            split_heads(self.key(frames), self.heads),
            split_heads(self.value(frames), self.heads),
            attn_mask=self._position_scores(query + self.position_bias, frames),
            dropout_p=self.dropout if self.training else 0.0,
        )
        return self.out(merge_heads(attended))

    def _position_scores(self, query: Tensor, frames: Tensor) -> Tensor:
        """Scores of distances for queries (B, H, N, D / H): (B, H, N, N), scaled."""
        count = frames.shape[1]
        distances = torch.arange(count - 1, -count, -1, device=frames.device, dtype=torch.float32)
        table = sinusoids(distances, frames.shape[2]).to(frames.dtype)  # (R, D)
        keys = split_heads(self.position(table), self.heads)  # (H, R, D / H)
        scores = query @ keys.transpose(-1, -2) * query.shape[-1] ** -0.5
        return shift_distances(scores)


def shift_distances(scores: Tensor) -> Tensor:
    """From columns of distances N-1 ... -(N-1) to columns of keys: (..., N, R) -> (..., N, N).

    Entry (i, j) of the result is the score of row i at distance i - j, column N - 1 - i + j.
    """
    count = scores.shape[-2]
    padded = functional.pad(scores, (1, 0))
    shifted = padded.flatten(-2).unflatten(-1, (2 * count, count))[..., 1:, :]
    return shifted.flatten(-2).unflatten(-1, (count, 2 * count - 1))[..., :count]


class ConvolutionModule(nn.Module):
    """Pointwise, gated linear unit, depthwise over time, batch norm, Swish, pointwise."""

    def __init__(self, config: ConformerConfig) -> None:
        super().__init__()
        size, kernel = config.size, config.kernel
        self.norm = nn.LayerNorm(size)
        self.expand = nn.Linear(size, 2 * size)
        self.depthwise = nn.Conv1d(size, size, kernel, padding=kernel // 2, groups=size, bias=False)
        self.batch_norm = nn.BatchNorm1d(size)
        self.project = nn.Linear(size, size)
        self.dropout = nn.Dropout(config.dropout)

    def forward(self, frames: Tensor) -> Tensor:
        """(B, N, D) -> (B, N, D)."""
        gated = functional.glu(self.expand(self.norm(frames)), dim=-1)
        mixed = functional.silu(self.batch_norm(self.depthwise(gated.transpose(1, 2))))
        return self.dropout(self.project(mixed.transpose(1, 2)))
