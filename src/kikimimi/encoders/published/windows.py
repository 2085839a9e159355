"""Encoders that hear a clip in windows of one length and average over them.

The last window is filled up with silence, so that every sample is heard.

Axes: B clips, T samples, W windows, S samples of a window, F mel bands, N mel frames, D embedding
size.
"""

from abc import abstractmethod
from collections.abc import Iterator
from typing import TYPE_CHECKING, ClassVar

import numpy as np

from kikimimi.encoders.contract import Encoding, FrameEncoding
from kikimimi.encoders.published.encoder import PublishedEncoder
from kikimimi.types import FloatArray

if TYPE_CHECKING:
    from torch import Tensor

_AT_ONCE = 4


class WindowEncoder(PublishedEncoder):
    """An encoder of windows. Subclasses give `log_mel`, `embed_windows` and the lengths."""

    builds_empty = True
    window_samples: ClassVar[int]
    hop_samples: ClassVar[int]
    """From the start of one window to that of the next, for embeddings. Layers come from windows
    side by side, so that each time stands in them once."""

    @abstractmethod
    def log_mel(self, windows: FloatArray) -> FloatArray:
        """Windows (W, S) -> what the network takes, (W, F, N)."""

    @abstractmethod
    def embed_windows(self, log_mel: "Tensor") -> "Tensor":
        """(W, F, N) -> (W, D)."""

    @abstractmethod
    def window_layers(self, log_mel: "Tensor") -> "Iterator[tuple[str, Tensor]]":
        """(W, F, N) -> each layer with its map (W, C_l, N_l, F_l), entry first."""

    def _encode(self, samples: FloatArray) -> Encoding:
        embeddings = self._embed(samples).mean(axis=1)
        return Encoding(embeddings, np.zeros((len(samples), 0), np.float32))

    def _encode_frames(self, samples: FloatArray) -> FrameEncoding:
        embeddings = self._embed(samples)
        starts = self.hop_samples * np.arange(embeddings.shape[1])
        centres = np.minimum(starts + self.window_samples / 2, samples.shape[1])
        return FrameEncoding(embeddings, (centres / self.card.sample_rate_hz).astype(np.float32))

    def _embed(self, samples: FloatArray) -> FloatArray:
        """(B, T) -> (B, W, D)."""
        import torch

        self.network  # noqa: B018 -- says at once that nothing is loaded
        with torch.inference_mode():
            clips = [
                torch.cat([self.embed_windows(part) for part in self._parts(clip)])
                for clip in self.windows(samples, self.hop_samples)
            ]
        return torch.stack(clips).numpy()

    def _embed_layers(self, samples: FloatArray, names: tuple[str, ...]) -> dict[str, FloatArray]:
        import torch

        from kikimimi.encoders.layer_maps import wanted_rows

        clips: dict[str, list[FloatArray]] = {name: [] for name in names}
        with torch.inference_mode():
            for clip in self.windows(samples, self.window_samples):
                rows: dict[str, list[FloatArray]] = {name: [] for name in names}
                for part in self._parts(clip):
                    for name, found in wanted_rows(self.window_layers(part), names):
                        rows[name].extend(found)
                for name in names:
                    clips[name].append(np.concatenate(rows[name]))
        return {name: np.stack(rows) for name, rows in clips.items()}

    def windows(self, samples: FloatArray, hop: int) -> FloatArray:
        """(B, T) -> (B, W, S), each `hop` samples after the one before."""
        size = self.window_samples
        count = 1 + max(0, -(-(samples.shape[1] - size) // hop))
        length = size + (count - 1) * hop
        filled = np.pad(samples, ((0, 0), (0, length - samples.shape[1])))
        return np.lib.stride_tricks.sliding_window_view(filled, size, axis=1)[:, ::hop]

    def _parts(self, windows: FloatArray) -> "Iterator[Tensor]":
        """(W, S) -> log-mels of a few windows at once."""
        import torch

        for start in range(0, len(windows), _AT_ONCE):
            yield torch.from_numpy(self.log_mel(windows[start : start + _AT_ONCE]))
