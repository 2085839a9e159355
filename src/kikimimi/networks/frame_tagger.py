"""A network with a head that tells for each frame which events are heard in it.

Axes: B clips, F mel bands, N mel frames, N' feature frames, D' features of a frame, E size of an
encoder's frames, H hidden units of the head, G units of a recurrent layer, K classes.
"""

import math
from dataclasses import dataclass
from typing import NamedTuple

import torch
from torch import Tensor, nn

from kikimimi.errors import ConfigError
from kikimimi.networks.clip_pooling import ClipPooling, clip_pool
from kikimimi.networks.contract import Network, NetworkConfig
from kikimimi.networks.gru import Gru


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
        encoder_units: of a dense layer with ReLU that hears an encoder's frames before they are
            joined with others; None for none.
        gru_size: units G in each direction of a recurrent layer over all that is joined; None
            for none.
    """

    hidden: int = 32
    clip_pooling: ClipPooling = "linear_softmax"
    activity: bool = False
    dropout: float = 0.0
    encoder_units: int | None = None
    gru_size: int | None = None


class FrameTagger(nn.Module):
    """Frames of a network, of an encoder, or of both side by side -> `FrameOutput`.

    A dense layer of H units with LeakyReLU, then one of K; log-mels are normalised by
    `normalise` before. `band_mean` (F, 1) and `scale` are statistics of the training clips; they
    are saved with the weights.

    Args:
        backbone: hears log-mels; None for a head on an encoder's frames alone.
        class_count: K.
        bands: F of the log-mels.
        encoder_size: E of the encoder's frames; 0 if there are none.
        encoder_step: frames of the backbone in one of the encoder.
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
        encoder_step: float = 1.0,
        head: FrameHeadConfig | None = None,
    ) -> None:
        super().__init__()
        sizes = head or FrameHeadConfig()
        if backbone is None and not encoder_size:
            raise ConfigError("a frame tagger needs a network, an encoder or both; name one")
        if backbone is not None and backbone.input_kind != "log_mel":
            raise ConfigError("a frame tagger needs a network on log-mels, but this hears samples")
        self.backbone = backbone
        self.encoder_entry = _encoder_entry(encoder_size, sizes) if encoder_size else None
        self.encoder_step = encoder_step
        own = 0 if backbone is None else _frame_size(backbone, bands)
        joined = own + (sizes.encoder_units or encoder_size if encoder_size else 0)
        self.context = Gru(joined, sizes.gru_size) if sizes.gru_size else None
        self.hidden = nn.Sequential(
            nn.Dropout(sizes.dropout),
            nn.Linear(2 * sizes.gru_size if sizes.gru_size else joined, sizes.hidden),
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
            encoded: (B, N_e, E) frames of an encoder, the first of which begins with the clip;
                they are interpolated to the backbone's frames. Without a backbone N' = N_e.
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
        if self.encoder_entry is not None and encoded is not None:
            normed = self.encoder_entry(encoded)
            if parts:
                normed = resampled_frames(normed, parts[0].shape[1], step=self.encoder_step)
            parts.append(normed)
        joined = torch.cat(parts, dim=2)
        return joined if self.context is None else self.context.sequence(joined)


def resampled_frames(frames: Tensor, count: int, *, step: float) -> Tensor:
    """Interpolate linearly between frame centres: (B, N, D) -> (B, count, D).

    Beyond the first and the last centre the value there is kept.

    Args:
        frames: frame n is centred at (n + 0.5) `step`, in new frames.
        count: new frames; new frame n is centred at n + 0.5.
        step: new frames in an old one.
    """
    places = (torch.arange(count, device=frames.device) + 0.5) / step - 0.5
    places = places.clamp(0, frames.shape[1] - 1)
    before = places.long()
    after = (before + 1).clamp_max(frames.shape[1] - 1)
    return torch.lerp(frames[:, before], frames[:, after], (places - before)[:, None])


def _encoder_entry(size: int, sizes: FrameHeadConfig) -> nn.Module:
    norm = nn.LayerNorm(size)
    if not sizes.encoder_units:
        return norm
    dense = nn.Linear(size, sizes.encoder_units)
    return nn.Sequential(norm, nn.Dropout(sizes.dropout), dense, nn.ReLU())


@torch.no_grad()
def _frame_size(backbone: Network, bands: int) -> int:
    was_training = backbone.training
    size = backbone.eval().frames(torch.zeros(1, bands, 200)).shape[2]
    backbone.train(was_training)
    return size
