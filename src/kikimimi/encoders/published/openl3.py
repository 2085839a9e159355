"""OpenL3: 512 or 6144 numbers, learnt from whether sound and picture belong together.

Cramer et al., "Look, listen, and learn more: design choices for deep audio embeddings", ICASSP
2019. Of the published kinds these are the ones with 256 mel bands, trained on videos of the
environment or of music; the weights are under CC BY 4.0. They are read from the checkpoints of the
torch port (Apache-2.0), or from the original Keras files (`.h5`, `.h5.gz`; needs `h5py`). The two
sizes of embedding have the same weights and differ in their last pooling.

A clip is heard in windows of 1 s that start every 0.5 s, the last one filled up with silence; its
embedding is their mean. (The original starts one every 0.1 s, from half a second before the sound
on.) The spectrogram is that of the training: each window is padded with silence to 199 frames, its
levels are relative to its loudest and end 80 dB below. The mel scale is that of HTK with triangles
of equal area, which the matrix inside the first published weights shows; version 0.4 of the
authors' package has another one. Those 80 dB are half decibels of power, so that in empty bands
(lossy files, low rates) the network hears the rounding noise of the transform, of which this one
makes less than the original.
"""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np

from kikimimi.encoders.published.checkpoints import tensors_in
from kikimimi.encoders.published.keras_h5 import read_keras_h5
from kikimimi.encoders.published.source import PublishedCard, WeightsSource
from kikimimi.encoders.published.windows import WindowEncoder
from kikimimi.encoders.registry import register
from kikimimi.features.logmel import LogMel
from kikimimi.features.presets import OPENL3
from kikimimi.types import FloatArray

if TYPE_CHECKING:
    from torch import Tensor, nn

_RATE_HZ = OPENL3.sample_rate_hz
_HOP_S = 0.5
_PADDING = 982
"""Zeros on both sides of a window, as Keras pads "same" for these lengths."""
_RANGE_DB = 80.0
_POOLS = {512: (32, 24), 6144: (8, 8)}
_CONVOLUTIONS = 8
_FRONT_END = ("speclayer.", "melspectrogram", "spectrogram")
"""Beginnings of the names in a published file that are not read."""
_KERAS_NORM = {
    "gamma": "weight",
    "beta": "bias",
    "moving_mean": "running_mean",
    "moving_variance": "running_var",
}


class OpenL3Encoder(WindowEncoder):
    """What the four have in common; each is a card."""

    window_samples = _RATE_HZ
    hop_samples = round(_HOP_S * _RATE_HZ)
    content: ClassVar[str]
    """What the videos showed: "env" or "music"."""

    def __init__(self, weights: Path | None = None, *, fetch: bool = False) -> None:
        super().__init__(weights, fetch=fetch)
        self._log_mel = LogMel(OPENL3)

    def build(self) -> "nn.Module":
        """The audio subnetwork."""
        from kikimimi.networks.openl3 import OpenL3, OpenL3Config

        return OpenL3(OpenL3Config(pool=_POOLS[self.card.embedding_size]))

    def read(self, path: Path) -> Mapping[str, Any]:
        """The checkpoint of the torch port, or a file of Keras weights."""
        return read_keras_h5(path) if ".h5" in path.suffixes[-2:] else super().read(path)

    def state_from_checkpoint(self, checkpoint: Mapping[str, Any]) -> "dict[str, Tensor]":
        """Layers by their order; the front end that some files carry is left out."""
        tensors = {
            name: value
            for name, value in tensors_in(checkpoint, "model", "state_dict").items()
            if not name.startswith(_FRONT_END)
        }
        if any("/" in name for name in tensors):
            return _from_keras(tensors)
        return {_our_name(name): value for name, value in tensors.items()}

    def log_mel(self, windows: FloatArray) -> FloatArray:
        """(W, 48000) -> (W, 256, 199) in dB, at most 0 and at least -80."""
        padded = np.pad(windows, ((0, 0), (_PADDING, _PADDING)))
        levels = self._log_mel(padded)
        loudest = levels.max(axis=(1, 2), keepdims=True)
        return np.maximum(levels - loudest, np.float32(-_RANGE_DB))

    def embed_windows(self, log_mel: "Tensor") -> "Tensor":
        """(W, 256, 199) -> (W, D)."""
        embeddings: Tensor = self.network.embed_patches(log_mel)
        return embeddings

    def window_layers(self, log_mel: "Tensor") -> "Iterator[tuple[str, Tensor]]":
        """(W, 256, 199) -> each layer with its map."""
        layers: Iterator[tuple[str, Tensor]] = self.network.layer_maps(log_mel)
        return layers

    @property
    def layer_names(self) -> tuple[str, ...]:
        """Convolutions after their ReLU, and poolings."""
        from kikimimi.networks.openl3 import LAYER_NAMES

        return LAYER_NAMES


def _our_name(name: str) -> str:
    """Of the torch port's names; others are passed on."""
    layer, _, weight = name.partition(".")
    kind, _, number = layer.rpartition("_")
    if layer == "audio_embedding_layer":
        return f"convs.{_CONVOLUTIONS - 1}.{weight}"
    stack = {"conv2d": "convs", "batch_normalization": "norms"}.get(kind)
    return f"{stack}.{int(number) - 1}.{weight}" if stack and number.isdecimal() else name


def _from_keras(tensors: "Mapping[str, Tensor]") -> "dict[str, Tensor]":
    """Keras counts its layers anew in each session: their order tells them apart."""
    state: dict[str, Tensor] = {}
    places: dict[str, list[str]] = {"convs": [], "norms": []}
    for name, value in tensors.items():
        layer, _, weight = name.partition("/")
        stack = "convs" if f"{layer}/kernel" in tensors else "norms"
        if layer not in places[stack]:
            places[stack].append(layer)
        kernel = weight == "kernel" and value.ndim == 4
        ours = "weight" if kernel else _KERAS_NORM.get(weight, weight)
        place = f"{stack}.{places[stack].index(layer)}.{ours}"
        state[place] = value.permute(3, 2, 0, 1).contiguous() if kernel else value
        if ours == "running_mean":
            state[place.replace(ours, "num_batches_tracked")] = value.new_zeros(()).long()
    return state


def _card(content: str, size: int) -> PublishedCard:
    file_name = f"torchopenl3_mel256_{content}_{size}.pth.tar"
    videos = {"env": "people, animals, machines and nature", "music": "people playing music"}
    return PublishedCard(
        name=f"openl3_{content}_{size}",
        title=f"OpenL3, mel256, {content}, {size}-d",
        paper="Cramer et al., Look, listen, and learn more: design choices for deep audio "
        "embeddings, ICASSP 2019",
        licence="weights CC BY 4.0; code MIT; torch port Apache-2.0",
        training_data=f"AudioSet videos of {videos[content]} (no labels)",
        sample_rate_hz=_RATE_HZ,
        embedding_size=size,
        frame_hop_s=_HOP_S,
        window_s=5.0,
        parameters=4_687_042,
        source=WeightsSource(
            url=f"https://github.com/torchopenl3/torchopenl3-models/raw/master/{file_name}",
            file_name=file_name,
            layout="torchopenl3: conv2d_N, batch_normalization_N, audio_embedding_layer",
        ),
    )


def _keras_names(content: str) -> tuple[str, ...]:
    name = f"openl3_audio_mel256_{content}"
    return (f"{name}-v0_4_0.h5.gz", f"{name}.h5", f"{name}.h5.gz")


class _Environment(OpenL3Encoder):
    content = "env"
    other_file_names = _keras_names("env")


class _Music(OpenL3Encoder):
    content = "music"
    other_file_names = _keras_names("music")


@register
class OpenL3Env512(_Environment):
    """Sounds of the environment, 512-d."""

    card: ClassVar[PublishedCard] = _card("env", 512)


@register
class OpenL3Env6144(_Environment):
    """Sounds of the environment, 6144-d."""

    card: ClassVar[PublishedCard] = _card("env", 6144)


@register
class OpenL3Music512(_Music):
    """Music, 512-d."""

    card: ClassVar[PublishedCard] = _card("music", 512)


@register
class OpenL3Music6144(_Music):
    """Music, 6144-d."""

    card: ClassVar[PublishedCard] = _card("music", 6144)
