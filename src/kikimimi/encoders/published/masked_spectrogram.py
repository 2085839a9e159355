"""What the encoders of masked spectrogram modelling have in common: MSM-MAE, M2D, M2D-CLAP.

A sound is cut into pieces of the length that the network was trained on, the last one as short as
it comes; its patches see those of their own piece. Frames are 0.16 s; the embedding is their mean.
What a last patch lacks is filled with zeros after the normalisation, and a mel frame that is
centred on the very end and would begin a new patch is left out.

Axes: B clips, T samples, F mel bands, N mel frames, D embedding size.
"""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np

from kikimimi.encoders.contract import Encoding, FrameEncoding
from kikimimi.encoders.published.archives import read_zipped_checkpoint
from kikimimi.encoders.published.checkpoints import tensors_in
from kikimimi.encoders.published.encoder import PublishedEncoder
from kikimimi.encoders.published.timm_names import state_from_timm
from kikimimi.features.logmel import LogMel
from kikimimi.features.presets import M2D
from kikimimi.types import FloatArray

if TYPE_CHECKING:
    from torch import Tensor, nn

    from kikimimi.networks.spectrogram_vit import SpectrogramVitConfig
    from kikimimi.networks.stored_positions import StoredPositionsVit

PATCH_FRAMES = 16
HOP_S = PATCH_FRAMES * M2D.hop_length / M2D.sample_rate_hz
PARAMETERS = 85_244_928
"""Of ViT-base with a class token."""

_PATCH_SAMPLES = PATCH_FRAMES * M2D.hop_length
_AT_ONCE = 4


class MaskedSpectrogramEncoder(PublishedEncoder):
    """ViT-base over 80 mel bands; subclasses give a card and the length of a piece.

    Args:
        weights: as for `PublishedEncoder`.
        fetch: the same.
        config: other sizes than those of the published weights.
    """

    builds_empty = True
    piece_times: ClassVar[int]
    """Patches of time in a piece."""

    def __init__(
        self,
        weights: Path | None = None,
        *,
        fetch: bool = False,
        config: "SpectrogramVitConfig | None" = None,
    ) -> None:
        super().__init__(weights, fetch=fetch)
        self._config = config
        self._log_mel = LogMel(M2D)
        if config is not None:
            size = config.n_mels // config.patch[0] * config.width
            self.card = replace(self.card, embedding_size=size)  # type: ignore[misc]

    def build(self) -> "nn.Module":
        """The transformer, with random weights."""
        return self.build_vit()

    def build_vit(self) -> "StoredPositionsVit":
        """The transformer alone."""
        from kikimimi.networks.spectrogram_vit import SpectrogramVitConfig
        from kikimimi.networks.stored_positions import StoredPositionsVit

        config = self._config or SpectrogramVitConfig(class_token=True)
        return StoredPositionsVit(config, times=self.piece_times)

    @property
    def vit(self) -> "StoredPositionsVit":
        """The loaded transformer. Raises EncoderError if there is none."""
        vit: Any = self.network
        return vit

    def read(self, path: Path) -> Mapping[str, Any]:
        """What a published file holds, also inside its zip archive."""
        return read_zipped_checkpoint(path)

    def state_from_checkpoint(self, checkpoint: Mapping[str, Any]) -> "dict[str, Tensor]":
        """The state from tensors in timm's names, alone or under "model"."""
        tensors = tensors_in(checkpoint, "model", "state_dict")
        return state_from_timm(tensors, bands=M2D.n_mels // PATCH_FRAMES)

    @property
    def layer_names(self) -> tuple[str, ...]:
        """The transformer layers."""
        depth = self._config.depth if self._config else 12
        return tuple(f"layer{number}" for number in range(1, depth + 1))

    def _encode(self, samples: FloatArray) -> Encoding:
        embeddings = self._frames(samples).mean(axis=1)
        return Encoding(embeddings, np.zeros((len(samples), 0), np.float32))

    def _encode_frames(self, samples: FloatArray) -> FrameEncoding:
        frames = self._frames(samples)
        centres = (np.arange(frames.shape[1]) + 0.5) * HOP_S
        timestamps = np.minimum(centres, samples.shape[1] / M2D.sample_rate_hz)
        return FrameEncoding(frames, timestamps.astype(np.float32))

    def _embed_layers(self, samples: FloatArray, names: tuple[str, ...]) -> dict[str, FloatArray]:
        parts: dict[str, list[FloatArray]] = {name: [] for name in names}
        numbers = {name: self.layer_names.index(name) for name in names}
        for pieces in self._pieces(samples):
            outputs = [self.vit.layer_frames(piece) for piece in pieces]
            for name, number in numbers.items():
                rows = [output[number].numpy() for output in outputs]
                parts[name].append(np.concatenate(rows, axis=1))
        return {name: np.concatenate(rows) for name, rows in parts.items()}

    def _frames(self, samples: FloatArray) -> FloatArray:
        """(B, T) -> (B, T / 2560 rounded up, D)."""
        rows = [
            np.concatenate([self.vit.frames(piece).numpy() for piece in pieces], axis=1)
            for pieces in self._pieces(samples)
        ]
        return np.concatenate(rows)

    def _pieces(self, samples: FloatArray) -> "Iterator[tuple[Tensor, ...]]":
        """The pieces (<= 4, F, N) of a few clips at a time, while gradients are off."""
        import torch

        self.vit  # noqa: B018  refuses before the spectrogram is worked out
        most = PATCH_FRAMES * max(1, -(-samples.shape[1] // _PATCH_SAMPLES))
        with torch.inference_mode():
            for start in range(0, len(samples), _AT_ONCE):
                log_mel = self._log_mel(samples[start : start + _AT_ONCE])[..., :most]
                yield torch.from_numpy(log_mel).split(self.piece_times * PATCH_FRAMES, dim=2)
