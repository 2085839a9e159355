"""Layers of an encoder fused into one embedding.

Niizumi et al., "Composing General Audio Representation by Fusing Multilayer Features of a
Pre-trained Model", EUSIPCO 2022: a middle and a late layer together tell more than the last one.

The name `"<encoder>[<layer>,<layer>]"` stands for such an encoder wherever an encoder is named,
`"<encoder>[<layer>,<layer>|mean]"` for the mean of the layers in place of their concatenation.
Axes: B clips, T samples, N frames, N_l times and E_l = C_l * F_l features of a layer, D embedding
size.
"""

import hashlib
import re
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import cached_property
from typing import Literal, Self, get_args

import numpy as np

from kikimimi.encoders.contract import (
    Encoder,
    EncoderCard,
    Encoding,
    FrameEncoding,
    check_clips,
)
from kikimimi.errors import EncoderError
from kikimimi.names import suggestion
from kikimimi.types import FloatArray

Fuse = Literal["concat", "mean"]

_NAME = re.compile(r"(?P<base>.+)\[(?P<layers>[^\[\]|]+)(?:\|(?P<fuse>[^\[\]|]*))?\]")


def fused_name(base: str, layers: Sequence[str], fuse: str = "concat") -> str:
    """The name of the encoder that fuses layers of the encoder `base`."""
    return f"{base}[{','.join(layers)}{'' if fuse == 'concat' else '|' + fuse}]"


def fused_from_name(name: str, create: Callable[[str], Encoder]) -> "FusedEncoder | None":
    """The encoder that a name like `"kikimimi[layer7,layer14]"` stands for; None if it is another.

    Args:
        name: what was asked for.
        create: gives the encoder before the brackets.

    Raises:
        EncoderError: there is no such encoder, layer or way to fuse.
    """
    found = _NAME.fullmatch(name)
    if found is None:
        return None
    layers = tuple(layer.strip() for layer in found["layers"].split(","))
    fuse = "concat" if found["fuse"] is None else found["fuse"]
    return FusedEncoder(create(found["base"]), layers, fuse=fuse)


class FusedEncoder(Encoder):
    """An encoder whose embedding is made of middle layers of another.

    Each layer is pooled over time by the sum of its mean and its maximum, so that layers of
    different frame rates fit together. Tags are those of the other encoder.

    Args:
        base: the other encoder, loaded or not.
        layers: one or more of `base.layer_names`.
        fuse: `"concat"` puts the pooled layers one behind the other; `"mean"` takes their mean,
            which needs layers of one size.

    Raises:
        EncoderError: there is no such layer or way to fuse, or a layer stands twice.
    """

    def __init__(
        self,
        base: Encoder,
        layers: Sequence[str],
        *,
        fuse: str = "concat",
    ) -> None:
        base._check_layers(tuple(layers))
        if len(set(layers)) < len(layers) or not layers:
            raise EncoderError(
                f"layers '{','.join(layers)}': name one or more layers of "
                f"'{base.card.name}', each once; it has {', '.join(base.layer_names)}"
            )
        if fuse not in get_args(Fuse):
            raise EncoderError(
                f"layers cannot be fused by '{fuse}'; {suggestion(fuse, get_args(Fuse))}"
            )
        self._base = base
        self._layers = tuple(layers)
        self._fuse = fuse

    @cached_property
    def card(self) -> EncoderCard:  # type: ignore[override]
        """The card of the other encoder with this name and size; loads it to see the size.

        Raises:
            EncoderError: the weights are missing, or the layers to average differ in size.
        """
        card = self._base.load().card
        silence = np.zeros((1, round(card.window_s * card.sample_rate_hz)), np.float32)
        return replace(
            card,
            name=fused_name(card.name, self._layers, self._fuse),
            title=f"{card.title}; layers {', '.join(self._layers)}",
            embedding_size=self._pooled(silence).shape[1],
        )

    @property
    def reference(self) -> str:
        """The reference of the other encoder with the layers in brackets."""
        return fused_name(self._base.reference, self._layers, self._fuse)

    def load(self) -> Self:
        """Load the other encoder."""
        self._base.load()
        return self

    @property
    def weights_digest(self) -> str:
        """SHA-256 of the other encoder's digest and the layers."""
        text = f"{self._base.weights_digest} {self._fuse} {','.join(self._layers)}"
        return hashlib.sha256(text.encode()).hexdigest()

    @property
    def layer_names(self) -> tuple[str, ...]:
        """The layers of the other encoder."""
        return self._base.layer_names

    def embed_clips(self, samples: FloatArray) -> FloatArray:
        """Embed clips as `encode` does, without asking the other encoder for tags."""
        return self._pooled(check_clips(samples))

    def _encode(self, samples: FloatArray) -> Encoding:
        return Encoding(self._pooled(samples), self._base.encode(samples).tag_scores)

    def _encode_frames(self, samples: FloatArray) -> FrameEncoding:
        seconds = self._base.embed_frames(samples).timestamps_s
        found = self._base.embed_layers(samples, self._layers)
        frames = self._fused([_frames(found[name], len(seconds)) for name in self._layers])
        return FrameEncoding(frames, seconds)

    def _embed_layers(self, samples: FloatArray, names: tuple[str, ...]) -> dict[str, FloatArray]:
        return self._base.embed_layers(samples, names)

    def _pooled(self, samples: FloatArray) -> FloatArray:
        """(B, T) -> (B, D)."""
        found = self._base.embed_layers(samples, self._layers)
        return self._fused([_pool(found[name]) for name in self._layers])

    def _fused(self, layers: list[FloatArray]) -> FloatArray:
        """Layers of shape (..., E_l) each -> (..., D)."""
        if self._fuse == "concat":
            return np.concatenate(layers, axis=-1)
        sizes = [layer.shape[-1] for layer in layers]
        if len(set(sizes)) > 1:
            raise EncoderError(
                f"layers {', '.join(self._layers)} have the sizes {', '.join(map(str, sizes))}, "
                "so there is no mean of them; choose layers of one size, or fuse by concat"
            )
        return np.mean(layers, axis=0, dtype=np.float32)


def _pool(rows: FloatArray) -> FloatArray:
    """(B, N_l, E_l) -> (B, E_l): mean plus maximum over time."""
    return (rows.mean(axis=1) + rows.max(axis=1)).astype(np.float32)


def _frames(rows: FloatArray, count: int) -> FloatArray:
    """(B, N_l, E_l) -> (B, N, E_l): the rows of each of N equal stretches pooled."""
    edges = np.arange(count + 1) * rows.shape[1] / count
    firsts = np.floor(edges[:-1]).astype(np.int64)
    ends = np.maximum(np.ceil(edges[1:]).astype(np.int64), firsts + 1)
    stretches = zip(firsts, ends, strict=True)
    return np.stack([_pool(rows[:, first:end]) for first, end in stretches], axis=1)
