"""MobileNet v1 over log-mel spectrograms, convolutional in time, with an embedding and tags.

Howard et al., "MobileNets: Efficient Convolutional Neural Networks for Mobile Vision
Applications", 2017, Table 1, with the input of YAMNet: 64 mel bands, 10 ms frames. Convolutions
have biases and no batch normalisation (it is folded in), so training and inference compute alike.

YAMNet pads strided convolutions at the end only. Here the spectrogram goes in reversed in time and
frequency (and so do the kernels), which makes the usual symmetric padding do the same without a
copy of each map.

Axes: B clips, N mel frames, F mel bands, M = N / 32 embedding frames, D embedding size, K tags.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import NamedTuple

import torch
from torch import Tensor, nn
from torch.nn import functional

from kikimimi.errors import EncoderError

FRAME_STRIDE = 32
"""Mel frames for one embedding frame."""

EMBEDDING_SCALE = 16.0
"""What the unit vector is multiplied with before a linear head, so that its logits can be sure."""

_BLOCKS = (
    (1, 64), (2, 128), (1, 128), (2, 256), (1, 256), (2, 512),
    (1, 512), (1, 512), (1, 512), (1, 512), (1, 512), (2, 1024), (1, 1024),
)  # fmt: skip
"""Stride and output channels of each depthwise-separable block."""

LAYER_NAMES = tuple(f"layer{number}" for number in range(1, len(_BLOCKS) + 2))
"""The convolution at the entry and the blocks, counted as YAMNet does."""

_TAG_CONTEXT = 3
"""Embedding frames that one tag decision hears: 0.96 s, the patch of YAMNet."""


@dataclass(frozen=True, slots=True)
class MobileNetConfig:
    """Sizes of the network: embedding D, event tags K_e (many at once), class tags K_c (one).

    `hash_bits` are the lengths of binary code that there is a layer for.
    """

    embedding_size: int = 128
    event_count: int = 521
    class_count: int = 50
    hash_bits: tuple[int, ...] = ()


class MobileNetOutput(NamedTuple):
    """What the network gives for B clips."""

    embedding: Tensor
    """(B, D), of length 1"""
    event_logits: Tensor
    """(B, M, K_e) over time"""
    class_logits: Tensor
    """(B, K_c)"""


class MobileNet(nn.Module):
    """Log-mel (B, N, F) with N a multiple of 32 -> `MobileNetOutput`."""

    def __init__(self, config: MobileNetConfig | None = None) -> None:
        super().__init__()
        config = config or MobileNetConfig()
        self.config = config
        self.stem = nn.Conv2d(1, 32, kernel_size=3, stride=2, padding=1)
        channels = 32
        blocks: list[nn.Module] = []
        for stride, width in _BLOCKS:
            blocks.append(SeparableBlock(channels, width, stride=stride))
            channels = width
        self.blocks = nn.Sequential(*blocks)
        self.project = nn.Linear(2 * channels, config.embedding_size)
        self.events = nn.Linear(channels, config.event_count)
        self.classes = nn.Linear(config.embedding_size, config.class_count)
        self.hash = nn.ModuleDict(
            {str(bits): nn.Linear(config.embedding_size, bits) for bits in config.hash_bits}
        )

    def forward(self, log_mel: Tensor) -> MobileNetOutput:
        """Embed and tag B clips."""
        return self.heads(self.frame_features(log_mel))

    def heads(self, features: Tensor) -> MobileNetOutput:
        """(B, M, 1024) -> everything that is told from the features."""
        embedding = self.embed(features)
        class_logits = self.classes(EMBEDDING_SCALE * embedding)
        return MobileNetOutput(embedding, self.event_logits(features), class_logits)

    def frame_features(self, log_mel: Tensor) -> Tensor:
        """(B, N, F) -> (B, M, 1024): the last feature map, mean over frequency."""
        maps = self.blocks(self._first_maps(log_mel))
        return maps.mean(dim=3).transpose(1, 2).flip(1)

    def layer_maps(self, log_mel: Tensor) -> Iterator[tuple[str, Tensor]]:
        """(B, N, F) -> each of `LAYER_NAMES` with its map (B, C_l, N_l, F_l), entry first."""
        maps = self._first_maps(log_mel)
        yield LAYER_NAMES[0], maps.flip(2, 3)
        for name, block in zip(LAYER_NAMES[1:], self.blocks, strict=True):
            maps = block(maps)
            yield name, maps.flip(2, 3)

    def _first_maps(self, log_mel: Tensor) -> Tensor:
        """(B, N, F) -> (B, 32, N / 2, F / 2), reversed in time and frequency."""
        maps = log_mel.flip(1, 2).unsqueeze(1).contiguous(memory_format=torch.channels_last)
        return functional.relu_(self.stem(maps))

    def embed(self, features: Tensor) -> Tensor:
        """(B, M, 1024) -> (B, D): mean and maximum over time, projected, scaled to length 1."""
        pooled = torch.cat([features.mean(dim=1), features.amax(dim=1)], dim=1)
        return functional.normalize(self.project(pooled), dim=1)

    def embed_frames(self, features: Tensor) -> Tensor:
        """(B, M, 1024) -> (B, M, D): each frame as a clip of its own."""
        return functional.normalize(self.project(torch.cat([features, features], dim=2)), dim=2)

    def event_logits(self, features: Tensor) -> Tensor:
        """(B, M, 1024) -> (B, M, K_e), each decision hearing about 0.96 s around its frame."""
        context = functional.avg_pool1d(
            features.transpose(1, 2),
            _TAG_CONTEXT,
            stride=1,
            padding=_TAG_CONTEXT // 2,
            count_include_pad=False,
        )
        return self.events(context.transpose(1, 2))

    def class_logits(self, features: Tensor) -> Tensor:
        """(B, M, 1024) -> (B, M, K_c): as of the clip of about 0.96 s around each frame."""
        maps, around = features.transpose(1, 2), _TAG_CONTEXT // 2
        mean = functional.avg_pool1d(
            maps, _TAG_CONTEXT, stride=1, padding=around, count_include_pad=False
        )
        highest = functional.max_pool1d(maps, _TAG_CONTEXT, stride=1, padding=around)
        pooled = torch.cat([mean, highest], dim=1).transpose(1, 2)
        embedding = functional.normalize(self.project(pooled), dim=2)
        return self.classes(EMBEDDING_SCALE * embedding)


def mobilenet_from_state(state: Mapping[str, Tensor]) -> MobileNet:
    """The network in evaluation mode that a state belongs to, its sizes read off the tensors.

    Raises:
        EncoderError: the state is of another network.
    """
    try:
        config = MobileNetConfig(
            embedding_size=len(state["project.bias"]),
            event_count=len(state["events.bias"]),
            class_count=len(state["classes.bias"]),
            hash_bits=tuple(
                len(v) for n, v in state.items() if n.startswith("hash.") and v.ndim == 1
            ),
        )
        network = MobileNet(config)
        network.load_state_dict(dict(state))
    except (KeyError, RuntimeError) as error:
        reason = str(error).splitlines()[0]
        raise EncoderError(f"the weights do not fit the default encoder ({reason})") from None
    return network.eval()


def linear_softmax_pool(probabilities: Tensor, *, dim: int) -> Tensor:
    """Pool probabilities over time, each weighted by itself: sum p^2 / sum p.

    Wang, Li and Metze, "A comparison of five multiple instance learning pooling functions for
    sound event detection with weak labeling", ICASSP 2019.
    """
    weights = probabilities.clamp_min(1e-7)
    return (weights * probabilities).sum(dim) / weights.sum(dim)


class SeparableBlock(nn.Module):
    """Depthwise 3 x 3, ReLU, pointwise, ReLU; channels last in memory."""

    def __init__(self, channels_in: int, channels_out: int, *, stride: int) -> None:
        super().__init__()
        self.depthwise = nn.Conv2d(
            channels_in, channels_in, kernel_size=3, stride=stride, padding=1, groups=channels_in
        )
        self.pointwise = Pointwise(channels_in, channels_out)

    def forward(self, maps: Tensor) -> Tensor:
        """(B, C_in, N, F) -> (B, C_out, N / stride, F / stride)."""
        maps = functional.relu_(self.depthwise(maps))
        return functional.relu_(self.pointwise(maps.permute(0, 2, 3, 1))).permute(0, 3, 1, 2)


class Pointwise(nn.Module):
    """A 1 x 1 convolution as a product of matrices, for one clip faster than conv2d.

    `weight` is (C_in, C_out), the order that the product reads it in.
    """

    def __init__(self, channels_in: int, channels_out: int) -> None:
        super().__init__()
        bound = channels_in**-0.5
        self.weight = nn.Parameter(torch.empty(channels_in, channels_out).uniform_(-bound, bound))
        self.bias = nn.Parameter(torch.zeros(channels_out))

    def forward(self, maps: Tensor) -> Tensor:
        """(B, N, F, C_in) -> (B, N, F, C_out)."""
        rows = maps.reshape(-1, maps.shape[-1])
        return torch.addmm(self.bias, rows, self.weight).view(*maps.shape[:-1], -1)
