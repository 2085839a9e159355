"""The velocity field of the flow: a Transformer over latent frames.

After Peebles and Xie, "Scalable diffusion models with Transformers", ICCV 2023, with one modulation
for all layers and small tables for each (Chen et al., "PixArt-alpha", ICLR 2024, section 2.3), and
rotary positions (Su et al., "RoFormer", 2021), so that a sound may be of any length.

Axes: B clips, C latent channels, N latent frames, W width, H heads, E size of an embedding.
"""

from dataclasses import dataclass
from enum import IntEnum

import torch
from torch import Tensor, nn
from torch.nn import functional

from kikimimi.networks.contract import NetworkConfig
from kikimimi.networks.transformer import merge_heads, sinusoids, split_heads

_TIME_SIZE = 128
_TIME_SCALE = 1000.0


class Given(IntEnum):
    """What a condition consists of."""

    NOTHING = 0
    LABEL = 1
    SOUND = 2
    TEXT = 3


@dataclass(frozen=True, slots=True)
class FlowConfig(NetworkConfig):
    """Sizes.

    Attributes:
        width: W, a multiple of twice the heads.
        heads: H.
        layers: of attention and feed-forward.
        expansion: width of the feed-forward layers as a multiple of W.
        context: latent frames N heard at once in training; longer sounds are made in windows.
    """

    width: int = 216
    heads: int = 6
    layers: int = 6
    expansion: int = 4
    context: int = 80

    def check(self) -> None:
        """Each head needs an even number of features."""
        fits = self.width % (2 * self.heads) == 0
        self.require(fits, f"width of {self.width} must be a multiple of {2 * self.heads}")
        self.require(self.context >= 8, "context must be 8 or more")


@dataclass(frozen=True, slots=True, eq=False)
class FlowCondition:
    """What B sounds are to be: `given` (B,) of `Given`, `labels` (B,), `embeddings` (B, E)."""

    given: Tensor
    labels: Tensor
    embeddings: Tensor

    def dropped(self) -> "FlowCondition":
        """The same without any condition."""
        return FlowCondition(torch.zeros_like(self.given), self.labels, self.embeddings)

    def to(self, device: torch.device) -> "FlowCondition":
        """The same on a device."""
        parts = (self.given, self.labels, self.embeddings)
        return FlowCondition(*(part.to(device) for part in parts))

    def repeated(self, count: int) -> "FlowCondition":
        """Each clip so many times in a row."""
        parts = (self.given, self.labels, self.embeddings)
        return FlowCondition(*(part.repeat_interleave(count, dim=0) for part in parts))


class FlowTransformer(nn.Module):
    """Velocities (B, C, N) of noisy latents (B, C, N) at times (B,).

    Args:
        config: sizes.
        channels: C.
        classes: labels that there are.
        embedding_size: E.
    """

    def __init__(
        self, config: FlowConfig, *, channels: int, classes: int, embedding_size: int
    ) -> None:
        super().__init__()
        self.config = config
        width = config.width
        self.into = nn.Linear(channels, width)
        self.time = nn.Sequential(nn.Linear(_TIME_SIZE, width), nn.SiLU(), nn.Linear(width, width))
        self.given = nn.Embedding(len(Given), width)
        self.label = nn.Embedding(max(1, classes), width)
        self.embedding = nn.Linear(embedding_size, width, bias=False)
        modulating = nn.Linear(width, 6 * width)
        self.modulation = nn.Sequential(nn.SiLU(), modulating)
        self.blocks = nn.ModuleList(_Block(config) for _ in range(config.layers))
        self.final = nn.Parameter(torch.zeros(2, width))
        self.out = nn.Linear(width, channels)
        for table in (self.given, self.label):
            nn.init.normal_(table.weight, std=0.02)
        for layer in (modulating, self.out):
            nn.init.zeros_(layer.weight)
            nn.init.zeros_(layer.bias)

    def forward(self, noisy: Tensor, times: Tensor, condition: FlowCondition) -> Tensor:
        """(B, C, N), (B,) in 0 ... 1 -> (B, C, N)."""
        signal = self.time(sinusoids(_TIME_SCALE * times, _TIME_SIZE)) + self._told(condition)
        modulation = self.modulation(signal).unflatten(1, (6, -1))  # (B, 6, W)
        tokens = self.into(noisy.transpose(1, 2))  # (B, N, W)
        turns = rotary_turns(tokens.shape[1], self.config.width // self.config.heads, tokens)
        for block in self.blocks:
            tokens = block(tokens, modulation, turns)
        shift, scale = (self.final + signal[:, None]).unbind(dim=1)
        return self.out(_modulated(tokens, shift, scale)).transpose(1, 2)

    def _told(self, condition: FlowCondition) -> Tensor:
        """(B, W)"""
        is_label = (condition.given == Given.LABEL)[:, None]
        is_vector = ((condition.given == Given.SOUND) | (condition.given == Given.TEXT))[:, None]
        return (
            self.given(condition.given)
            + is_label * self.label(condition.labels.clamp_min(0))
            + is_vector * self.embedding(condition.embeddings)
        )


class _Block(nn.Module):
    """Attention and feed-forward layers, both modulated."""

    def __init__(self, config: FlowConfig) -> None:
        super().__init__()
        width = config.width
        self.heads = config.heads
        self.table = nn.Parameter(torch.zeros(6, width))
        self.qkv = nn.Linear(width, 3 * width)
        self.merge = nn.Linear(width, width)
        self.expand = nn.Linear(width, config.expansion * width)
        self.reduce = nn.Linear(config.expansion * width, width)

    def forward(self, tokens: Tensor, modulation: Tensor, turns: Tensor) -> Tensor:
        """(B, N, W), (B, 6, W), (2, N, W / H) -> (B, N, W)."""
        parts = (self.table + modulation).unbind(dim=1)
        shift, scale, gate, shift_2, scale_2, gate_2 = parts
        attended = self._attend(_modulated(tokens, shift, scale), turns)
        tokens = tokens + gate[:, None] * attended
        inner = functional.gelu(self.expand(_modulated(tokens, shift_2, scale_2)))
        return tokens + gate_2[:, None] * self.reduce(inner)

    def _attend(self, tokens: Tensor, turns: Tensor) -> Tensor:
        query, key, value = (
            split_heads(part, self.heads) for part in self.qkv(tokens).chunk(3, dim=2)
        )
        size = query.shape[-1:]
        # normalised queries and keys keep the attention from becoming too sure (Henry et al. 2020)
        query = rotated(functional.rms_norm(query, size), turns)
        key = rotated(functional.rms_norm(key, size), turns)
        return self.merge(merge_heads(functional.scaled_dot_product_attention(query, key, value)))


def rotary_turns(count: int, size: int, like: Tensor) -> Tensor:
    """Cosines and sines (2, count, size) of the angles of positions, for heads of that size."""
    rates = 10000.0 ** (-torch.arange(size // 2, device=like.device) / (size // 2))
    angles = torch.arange(count, device=like.device)[:, None] * rates  # (count, size / 2)
    angles = torch.cat([angles, angles], dim=1)
    return torch.stack([angles.cos(), angles.sin()]).to(like.dtype)


def rotated(heads: Tensor, turns: Tensor) -> Tensor:
    """Turn pairs of features of (B, H, N, size) by the angles of their positions."""
    cosines, sines = turns
    first, second = heads.chunk(2, dim=-1)
    return heads * cosines + torch.cat([-second, first], dim=-1) * sines


def _modulated(tokens: Tensor, shift: Tensor, scale: Tensor) -> Tensor:
    """Normalise (B, N, W), then scale and shift by (B, W)."""
    normed = functional.layer_norm(tokens, tokens.shape[-1:])
    return normed * (1 + scale[:, None]) + shift[:, None]
