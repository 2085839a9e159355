"""Transformer encoder layers and sinusoidal positions, shared by networks that attend.

Axes: B clips, N tokens, D features of a token, H heads.
"""

import torch
from torch import Tensor, nn
from torch.nn import functional


def sinusoids(positions: Tensor, size: int) -> Tensor:
    """Sine and cosine of positions (N,) at `size` / 2 wavelengths each: (N, size), size even.

    Vaswani et al., "Attention is all you need", 2017, section 3.5, the sines before the cosines.
    """
    count = size // 2
    steps = torch.arange(count, device=positions.device, dtype=positions.dtype)
    angles = positions[:, None] * torch.pow(10000.0, -steps / count)
    return torch.cat([angles.sin(), angles.cos()], dim=1)


def time_positions(tokens: Tensor) -> Tensor:
    """Sinusoidal positions for tokens (B, N, D): (N, D), in their precision."""
    places = torch.arange(tokens.shape[1], device=tokens.device, dtype=torch.float32)
    return sinusoids(places, tokens.shape[2]).to(tokens.dtype)


def grid_positions(rows: int, columns: int, size: int, like: Tensor) -> Tensor:
    """Sinusoidal positions of a grid, row by row: (rows * columns, size), `size` a multiple of 4.

    The first half of the features tells the row and the second the column (He et al., "Masked
    autoencoders are scalable vision learners", 2022, has them the other way round). Device and
    precision are those of `like`.
    """
    places = torch.arange(max(rows, columns), device=like.device, dtype=torch.float32)
    table = sinusoids(places, size // 2).to(like.dtype)
    of_rows = table[:rows, None].expand(-1, columns, -1)
    of_columns = table[None, :columns].expand(rows, -1, -1)
    return torch.cat([of_rows, of_columns], dim=2).flatten(0, 1)


class SelfAttention(nn.Module):
    """Multi-head self-attention. Keys have no bias: the softmax would cancel it."""

    def __init__(self, size: int, heads: int, *, dropout: float = 0.0) -> None:
        super().__init__()
        self.heads = heads
        self.dropout = dropout
        self.query = nn.Linear(size, size)
        self.key = nn.Linear(size, size, bias=False)
        self.value = nn.Linear(size, size)
        self.out = nn.Linear(size, size)

    def forward(self, tokens: Tensor) -> Tensor:
        """(B, N, D) -> (B, N, D)."""
        attended = functional.scaled_dot_product_attention(
            split_heads(self.query(tokens), self.heads),
            split_heads(self.key(tokens), self.heads),
            split_heads(self.value(tokens), self.heads),
            dropout_p=self.dropout if self.training else 0.0,
        )
        return self.out(merge_heads(attended))


def split_heads(tokens: Tensor, heads: int) -> Tensor:
    """(..., N, D) -> (..., H, N, D / H)."""
    return tokens.unflatten(-1, (heads, -1)).transpose(-2, -3)


def merge_heads(tokens: Tensor) -> Tensor:
    """(..., H, N, D / H) -> (..., N, D)."""
    return tokens.transpose(-2, -3).flatten(-2)


class TransformerLayer(nn.Module):
    """Attention and feed-forward layers with normalisation before each and residuals around.

    Dropout of the attention weights is that of the rest unless `attention_dropout` says otherwise;
    without it a CPU needs a tenth of the time.
    """

    def __init__(
        self,
        size: int,
        heads: int,
        feed_forward: int,
        *,
        dropout: float,
        attention_dropout: float | None = None,
        norm_eps: float = 1e-5,
    ) -> None:
        super().__init__()
        of_weights = dropout if attention_dropout is None else attention_dropout
        self.attention = nn.Sequential(
            nn.LayerNorm(size, eps=norm_eps),
            SelfAttention(size, heads, dropout=of_weights),
            nn.Dropout(dropout),
        )
        self.feed_forward = nn.Sequential(
            nn.LayerNorm(size, eps=norm_eps),
            nn.Linear(size, feed_forward),
            nn.GELU(),
            nn.Dropout(dropout),
            nn.Linear(feed_forward, size),
            nn.Dropout(dropout),
        )

    def forward(self, tokens: Tensor) -> Tensor:
        """(B, N, D) -> (B, N, D)."""
        tokens = tokens + self.attention(tokens)
        return tokens + self.feed_forward(tokens)


class ClassToken(nn.Module):
    """Put one learnt token before all others."""

    def __init__(self, size: int) -> None:
        super().__init__()
        self.token = nn.Parameter(torch.empty(size))
        nn.init.trunc_normal_(self.token, std=0.02)

    def forward(self, tokens: Tensor) -> Tensor:
        """(B, N, D) -> (B, 1 + N, D)."""
        return torch.cat([self.token.expand(len(tokens), 1, -1).to(tokens.dtype), tokens], dim=1)
