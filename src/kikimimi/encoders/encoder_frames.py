"""Frames of an encoder for a network that goes on from them: embeddings, or rows of layers.

Axes: B clips, T samples, N frames, N_l rows of a layer, E values of a frame.
"""

from dataclasses import dataclass, field
from functools import cached_property
from math import ceil

import numpy as np

from kikimimi.encoders.contract import Encoder
from kikimimi.types import FloatArray

_PROBE_S = 16.0


@dataclass(frozen=True)
class EncoderFrames:
    """Frame embeddings of an encoder or, with `layers`, the rows of these layers side by side.

    Frame n is centred at (n + 0.5) `hop_s`; the last one ends with or beyond the clip.
    """

    encoder: Encoder
    layers: tuple[str, ...] = field(default=())

    def load(self) -> None:
        """Read the weights, once.

        Raises:
            EncoderError: they are missing or damaged.
        """
        self.encoder.load()

    @cached_property
    def hop_s(self) -> float:
        """Seconds from frame to frame; of several layers, of the finest. Needs the weights."""
        return min(self._hops_s.values()) if self.layers else self.encoder.card.frame_hop_s

    @cached_property
    def size(self) -> int:
        """E. Needs the weights if there are layers."""
        if not self.layers:
            return self.encoder.card.embedding_size
        return sum(rows.shape[2] for rows in self._silence(_PROBE_S).values())

    def hear(self, samples: FloatArray) -> FloatArray:
        """Frames of clips of equal length: (B, T) -> (B, N, E) with N = ceil(T / hop).

        Raises:
            EncoderError: there is no such layer, the weights are not loaded, or as
                `Encoder.encode` does.
        """
        if not self.layers:
            return self.encoder.embed_frames(samples).embeddings
        seconds = samples.shape[1] / self.encoder.card.sample_rate_hz
        count = max(1, ceil(round(seconds / self.hop_s, 6)))
        rows = self.encoder.embed_layers(samples, self.layers)
        steps = {name: self._hops_s[name] / self.hop_s for name in self.layers}
        return np.concatenate(
            [resampled_rows(rows[name], count, step=steps[name]) for name in self.layers], axis=2
        )

    @cached_property
    def _hops_s(self) -> dict[str, float]:
        """Of each layer, from how many rows it gives more for a clip of twice the length.

        Clips are padded before they are heard, so the rows of one clip do not tell.
        """
        short, long = self._silence(_PROBE_S), self._silence(2 * _PROBE_S)
        return {
            name: _PROBE_S / (long[name].shape[1] - short[name].shape[1]) for name in self.layers
        }

    def _silence(self, seconds: float) -> dict[str, FloatArray]:
        samples = np.zeros((1, round(seconds * self.encoder.card.sample_rate_hz)), np.float32)
        return self.encoder.embed_layers(samples, self.layers)


def resampled_rows(rows: FloatArray, count: int, *, step: float) -> FloatArray:
    """Interpolate linearly between centres: (B, N_l, E) -> (B, count, E).

    Beyond the first and the last centre the value there is kept.

    Args:
        rows: row n is centred at (n + 0.5) `step`, in new rows.
        count: new rows; new row n is centred at n + 0.5.
        step: new rows in an old one.
    """
    places = np.clip((np.arange(count) + 0.5) / step - 0.5, 0, rows.shape[1] - 1)
    before = places.astype(np.int64)
    after = np.minimum(before + 1, rows.shape[1] - 1)
    share = (places - before).astype(np.float32)[:, None]
    return rows[:, before] * (1 - share) + rows[:, after] * share
