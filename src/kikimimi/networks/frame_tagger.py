"""A network with a head that tells for each frame which events are heard in it.

Axes: B clips, F mel bands, N mel frames, N' feature frames, D' features of a frame, E size of an
encoder's frame embeddings, H hidden units of the head, K classes.
"""

import math
from dataclasses import dataclass
from typing import NamedTuple

import torch
from torch import Tensor, nn

from kikimimi.errors import ConfigError
from kikimimi.networks.clip_pooling import ClipPooling, clip_pool
from kikimimi.networks.contract import Network, NetworkConfig


class FrameOutput(NamedTuple):
    """What a tagger hears."""

    strong: Tensor
    """(B, N', K) logits of the events in each frame."""
    weak: Tensor
    """(B, K) probabilities of the events in the clip, single precision."""
    activity: Tensor | None
    """(B, N') logits of any event being heard; None without the head for it."""


@dataclass(frozen=True, slots=True)
class FrameHeadConfig(NetworkConfig):
    """Sizes of the head.

    Attributes:
        hidden: units H of its dense layer.
        clip_pooling: from frames to the clip, for labels without times.
        activity: whether frames are also told to hold any event at all (sound activity
            detection), from the features that the events are told from.
        dropout: before each dense layer.
    """

    hidden: int = 32
    clip_pooling: ClipPooling = "linear_softmax"
    activity: bool = False
    dropout: float = 0.0


class FrameTagger(nn.Module):
    """Frames of a network, of an encoder, or of both side by side -> `FrameOutput`.

    A dense layer of H units with LeakyReLU, then one of K; log-mels are normalised by
    `normalise` before. `band_mean` (F, 1) and `scale` are statistics of the training clips; they
    are saved with the weights.

    Args:
        backbone: hears log-mels; None for a head on an encoder's frames alone.
        class_count: K.
        bands: F of the log-mels.
        encoder_size: E of the encoder's frame embeddings; 0 if there are none.
        head: its sizes.

    Raises:
        ConfigError: there is neither a backbone nor an encoder, or the backbone hears samples.
    """

    band_mean: Tensor
    scale: Tensor

    def __init__(
        self,
        backbone: Network | None,
        class_count: int,
        *,
        bands: int = 64,
        encoder_size: int = 0,
        head: FrameHeadConfig | None = None,
    ) -> None:
        super().__init__()
        sizes = head or FrameHeadConfig()
        if backbone is None and not encoder_size:
            raise ConfigError("a frame tagger needs a network, an encoder or both; name one")
        if backbone is not None and backbone.input_kind != "log_mel":
            raise ConfigError("a frame tagger needs a network on log-mels, but this hears samples")
        self.backbone = backbone
        self.encoder_norm = nn.LayerNorm(encoder_size) if encoder_size else None
        own = 0 if backbone is None else _frame_size(backbone, bands)
        self.hidden = nn.Sequential(
            nn.Dropout(sizes.dropout),
            nn.Linear(own + encoder_size, sizes.hidden),
            nn.LeakyReLU(0.1),
            nn.Dropout(sizes.dropout),
        )
        self.events = nn.Linear(sizes.hidden, class_count)
        self.activity = nn.Linear(sizes.hidden, 1) if sizes.activity else None
        self.pool = clip_pool(sizes.clip_pooling, sizes.hidden, class_count)
        self.register_buffer("band_mean", torch.zeros(bands, 1))
        self.register_buffer("scale", torch.ones(()))

    def set_normalisation(self, band_mean: Tensor, scale: Tensor) -> None:
        """Take over the statistics of the training clips: (F, 1) and ()."""
        self.band_mean.copy_(band_mean)
        self.scale.copy_(scale)

    @torch.no_grad()
    def set_prior(self, share: float) -> None:
        """Begin with the probability `share`, in (0, 1), of every event in every frame.

        Lin et al., "Focal loss for dense object detection", ICCV 2017, section 3.3: else the first
        epochs go by in learning that most frames are silent.
        """
        self.events.bias.fill_(math.log(share / (1 - share)))

    def normalise(self, log_mel: Tensor) -> Tensor:
        """(B, F, N) -> the same with mean 0 in each band and variance 1 overall."""
        return (log_mel - self.band_mean) / self.scale

    def forward(self, normalised: Tensor | None, encoded: Tensor | None = None) -> FrameOutput:
        """Tag each frame.

        Args:
            normalised: (B, F, N) what `normalise` gave; None without a backbone.
            encoded: (B, N_e, E) frame embeddings of an encoder, evenly spaced over the clip; they
                are interpolated to the backbone's frames. Without a backbone N' = N_e.
        """
        hidden = self.hidden(self._features(normalised, encoded))
        strong = self.events(hidden)
        weak = self.pool(strong.float().sigmoid(), hidden)
        activity = None if self.activity is None else self.activity(hidden).squeeze(-1)
        return FrameOutput(strong, weak, activity)

    def _features(self, normalised: Tensor | None, encoded: Tensor | None) -> Tensor:
        parts = []
        if self.backbone is not None and normalised is not None:
            parts.append(self.backbone.frames(normalised))
        if self.encoder_norm is not None and encoded is not None:
            normed = self.encoder_norm(encoded)
            parts.append(resampled_frames(normed, parts[0].shape[1]) if parts else normed)
        return torch.cat(parts, dim=2)


def resampled_frames(frames: Tensor, count: int) -> Tensor:
    """Interpolate linearly between frame centres: (B, N, D) -> (B, count, D).

    Both rows of frames cover the same stretch evenly; beyond the first and last centre the value
    there is kept.
    """
    moved = nn.functional.interpolate(frames.transpose(1, 2), size=count, mode="linear")
    return moved.transpose(1, 2)


@torch.no_grad()
def _frame_size(backbone: Network, bands: int) -> int:
    was_training = backbone.training
    size = backbone.eval().frames(torch.zeros(1, bands, 200)).shape[2]
    backbone.train(was_training)
    return size
