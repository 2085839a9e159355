"""What the encoders of BYOL-A, versions 1 and 2, have in common.

NTT's code was not read. The tensors of its checkpoints are assumed to be those of two
`torch.nn.Sequential`, `features` (convolution, normalisation, ReLU, pooling in each block) and `fc`
(linear, ReLU, dropout, linear, ReLU), with the bands of a frame outermost and the channels fastest.

A clip of any length is embedded as a whole; one shorter than a pooled frame is filled up with
silence. Axes: B clips, T samples, F mel bands, N mel frames, D embedding size.
"""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np

from kikimimi.encoders.contract import Encoding, FrameEncoding
from kikimimi.encoders.published.checkpoints import tensors_in
from kikimimi.encoders.published.encoder import PublishedEncoder
from kikimimi.features.logmel import LogMel
from kikimimi.features.presets import BYOL_A
from kikimimi.types import FloatArray

if TYPE_CHECKING:
    from torch import Tensor

    from kikimimi.networks.byol_a import ByolAEncoder

FRONT_END = replace(BYOL_A, mean=-5.4919195, scale=5.0389895)
"""With the statistics that the authors give beside their weights."""

WINDOW_S = 5.0
_AT_ONCE = 4


class ByolAPublished(PublishedEncoder):
    """Subclasses give a card, `build` and the number of blocks."""

    builds_empty = True
    blocks: ClassVar[int]
    """Convolutions, each of which halves time and frequency."""

    def __init__(self, weights: Path | None = None, *, fetch: bool = False) -> None:
        super().__init__(weights, fetch=fetch)
        self._log_mel = LogMel(FRONT_END)

    def state_from_checkpoint(self, checkpoint: Mapping[str, Any]) -> "dict[str, Tensor]":
        """The published names are ours."""
        return tensors_in(checkpoint, "model", "state_dict")

    @property
    def layer_names(self) -> tuple[str, ...]:
        """The blocks of convolutions, and the two linear layers over each frame."""
        return (*(f"block{number}" for number in range(1, self.blocks + 1)), "linear1", "linear2")

    def _encode(self, samples: FloatArray) -> Encoding:
        rows = [self._convolutions(log_mel).numpy() for log_mel in self._log_mels(samples)]
        return Encoding(np.concatenate(rows), np.zeros((len(samples), 0), np.float32))

    def _encode_frames(self, samples: FloatArray) -> FrameEncoding:
        parts = [self._convolutions.frames(maps).numpy() for maps in self._log_mels(samples)]
        frames = np.concatenate(parts)
        centres = (np.arange(frames.shape[1]) + 0.5) * self.card.frame_hop_s
        timestamps = np.minimum(centres, samples.shape[1] / FRONT_END.sample_rate_hz)
        return FrameEncoding(frames, timestamps.astype(np.float32))

    def _embed_layers(self, samples: FloatArray, names: tuple[str, ...]) -> dict[str, FloatArray]:
        parts: dict[str, list[FloatArray]] = {name: [] for name in names}
        for log_mel in self._log_mels(samples):
            for name, rows in self._layers(log_mel):
                if name in parts:
                    parts[name].append(rows.numpy())
        return {name: np.concatenate(rows) for name, rows in parts.items()}

    def _layers(self, log_mel: "Tensor") -> "Iterator[tuple[str, Tensor]]":
        """All layers for (B, F, N), each (B, N_l, C_l * F_l)."""
        from torch import nn

        from kikimimi.encoders.layer_maps import stacked
        from kikimimi.networks.layers import as_maps

        names = iter(self.layer_names)
        maps = as_maps(log_mel)
        for part in self._convolutions.features:
            maps = part(maps)
            if isinstance(part, nn.MaxPool2d):
                yield next(names), stacked(maps.transpose(2, 3))
        rows = self._convolutions.conv_frames(log_mel)
        for part in self._convolutions.fc:
            rows = part(rows)
            if isinstance(part, nn.ReLU):
                yield next(names), rows

    @property
    def _convolutions(self) -> "ByolAEncoder":
        network: Any = self.network
        return network

    def _log_mels(self, samples: FloatArray) -> "Iterator[Tensor]":
        """Spectrograms (<= 4, F, N) of a few clips at a time, while gradients are off."""
        import torch

        missing = max(0, FRONT_END.hop_length * 2**self.blocks - samples.shape[1])
        padded = np.pad(samples, ((0, 0), (0, missing)))
        with torch.inference_mode():
            for start in range(0, len(padded), _AT_ONCE):
                yield torch.from_numpy(self._log_mel(padded[start : start + _AT_ONCE]))
