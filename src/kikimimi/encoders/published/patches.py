"""Encoders that hear a clip in patches of 96 frames, 0.96 s, and average over them.

Axes: B clips, T samples, F mel bands, N mel frames, P patches, D embedding size, K tags.
"""

from abc import abstractmethod
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

import numpy as np

from kikimimi.encoders.contract import Encoding, FrameEncoding
from kikimimi.encoders.published.encoder import PublishedEncoder
from kikimimi.features.config import LogMelConfig
from kikimimi.features.logmel import LogMel
from kikimimi.types import FloatArray

if TYPE_CHECKING:
    from torch import Tensor

PATCH_FRAMES = 96

_PATCHES_AT_ONCE = 16


class PatchEncoder(PublishedEncoder):
    """An encoder of patches. Subclasses give `patch_count`, `embed_patches` and the names below."""

    builds_empty = True
    front_end: ClassVar[LogMelConfig]
    patch_hop: ClassVar[int]
    """Frames from one patch to the next."""

    def __init__(self, weights: Path | None = None, *, fetch: bool = False) -> None:
        super().__init__(weights, fetch=fetch)
        self._log_mel = LogMel(self.front_end)

    @abstractmethod
    def patch_count(self, sample_count: int) -> int:
        """Patches P >= 1 of a clip; what it lacks of the last one is filled with silence."""

    @abstractmethod
    def embed_patches(self, patches: "Tensor") -> "tuple[Tensor, Tensor]":
        """Log-mel patches (P, 96, F) -> embeddings (P, D) and tag scores (P, K)."""

    def _encode(self, samples: FloatArray) -> Encoding:
        embeddings, scores = self._embed(samples)
        return Encoding(embeddings.mean(axis=1), scores.mean(axis=1))

    def _encode_frames(self, samples: FloatArray) -> FrameEncoding:
        embeddings, _ = self._embed(samples)
        first = (PATCH_FRAMES - 1) / 2 * self.front_end.hop_length + self.front_end.win_length / 2
        step = self.patch_hop * self.front_end.hop_length
        centres = first + step * np.arange(embeddings.shape[1])
        inside = np.minimum(centres, samples.shape[1])
        return FrameEncoding(embeddings, (inside / self.card.sample_rate_hz).astype(np.float32))

    def _embed(self, samples: FloatArray) -> tuple[FloatArray, FloatArray]:
        """(B, T) -> embeddings (B, P, D) and tag scores (B, P, K)."""
        import torch

        self.network  # noqa: B018 -- says at once that nothing is loaded
        embeddings, scores = [], []
        with torch.inference_mode():
            for patches in self.patches(samples):
                parts = [self.embed_patches(part) for part in patches.split(_PATCHES_AT_ONCE)]
                embeddings.append(torch.cat([part[0] for part in parts]).numpy())
                scores.append(torch.cat([part[1] for part in parts]).numpy())
        return np.stack(embeddings), np.stack(scores)

    def patches(self, samples: FloatArray) -> "Tensor":
        """(B, T) -> log-mel patches (B, P, 96, F)."""
        import torch

        config = self.front_end
        count = self.patch_count(samples.shape[1])
        frames = PATCH_FRAMES + (count - 1) * self.patch_hop
        length = config.win_length + (frames - 1) * config.hop_length
        missing = max(0, length - samples.shape[1])
        filled = np.pad(samples, ((0, 0), (0, missing)))[:, :length]
        log_mel = torch.from_numpy(self._log_mel(filled))  # (B, F, N)
        return log_mel.unfold(2, PATCH_FRAMES, self.patch_hop).permute(0, 2, 3, 1)
