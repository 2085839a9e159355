"""COLA: 1280 numbers from EfficientNet-B0, learnt by telling the crops of clips apart.

Saeed, Grangier and Zeghidour, "Contrastive learning of general-purpose audio representations",
ICASSP 2021. The authors published the program (Apache-2.0, TensorFlow) that trains it, and no
weights: there is nothing to fetch. What that program has trained is read from a file of Keras
weights (`.h5`, needs `h5py`), which TensorFlow writes from the program's checkpoint by

    ssl_network.embedding_model.get_layer("encoder").save_weights("cola.h5")

The checkpoint itself (`ckpt_N.index`, `ckpt_N.data-...`) can be read with TensorFlow only. Without
TensorFlow, `kikimimi train pretrain_cola` trains the method on sounds of one's own.

A clip is heard as the program hears a test clip: in windows of 0.98 s side by side, the last one
filled up with silence, each scaled to unit energy; its embedding is the mean over them.
"""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np

from kikimimi.encoders.published.checkpoints import tensors_in
from kikimimi.encoders.published.fetching import ByteProgress
from kikimimi.encoders.published.keras_h5 import read_keras_h5
from kikimimi.encoders.published.locations import folder_to_write
from kikimimi.encoders.published.source import PublishedCard, WeightsSource
from kikimimi.encoders.published.windows import WindowEncoder
from kikimimi.encoders.registry import register
from kikimimi.errors import EncoderError
from kikimimi.features.logmel import LogMel
from kikimimi.features.presets import COLA
from kikimimi.paths import display_path
from kikimimi.types import FloatArray

if TYPE_CHECKING:
    from torch import Tensor, nn

_WINDOW_FRAMES = 98
_WINDOW_SAMPLES = _WINDOW_FRAMES * COLA.hop_length
_LEAST_ENERGY = 1e-9
_BYTE_LEVELS = 255.0
"""Keras's EfficientNet takes its input for a picture of bytes, and divides it by this."""
_WEIGHTS = {
    "kernel": "weight",
    "depthwise_kernel": "weight",
    "bias": "bias",
    "gamma": "weight",
    "beta": "bias",
    "moving_mean": "running_mean",
    "moving_variance": "running_var",
}
_PARTS = {
    "expand_conv": "expand.conv",
    "expand_bn": "expand.bn",
    "dwconv": "depthwise.conv",
    "bn": "depthwise.bn",
    "se_reduce": "se.squeeze",
    "se_expand": "se.excite",
    "project_conv": "project",
    "project_bn": "bn",
}
"""From the names in a Keras block to ours."""
_INPUT_NORM = "normalization"


@register
class ColaEncoder(WindowEncoder):
    """Mean of the 1280-d embeddings of windows of 0.98 s."""

    window_samples = _WINDOW_SAMPLES
    hop_samples = _WINDOW_SAMPLES
    is_published = False
    other_file_names = ("cola.weights.h5",)
    card: ClassVar[PublishedCard] = PublishedCard(
        name="cola",
        title="COLA (EfficientNet-B0; no weights are published)",
        paper="Saeed et al., Contrastive learning of general-purpose audio representations, "
        "ICASSP 2021",
        licence="Apache-2.0 (the program; its weights are yours)",
        training_data="AudioSet in the paper (no labels)",
        sample_rate_hz=COLA.sample_rate_hz,
        embedding_size=1280,
        frame_hop_s=_WINDOW_SAMPLES / COLA.sample_rate_hz,
        window_s=5 * _WINDOW_SAMPLES / COLA.sample_rate_hz,
        parameters=4_006_972,
        source=WeightsSource(
            url="https://github.com/google-research/google-research/tree/master/cola",
            file_name="cola.h5",
            layout="Keras EfficientNetB0 without its top, as .h5",
        ),
    )

    def __init__(self, weights: Path | None = None, *, fetch: bool = False) -> None:
        super().__init__(weights, fetch=fetch)
        self._log_mel = LogMel(COLA)

    def fetch_weights(self, progress: ByteProgress | None = None) -> Path:
        """Nothing: there are no published weights.

        Raises:
            EncoderError: always.
        """
        raise self._nothing_to_fetch()

    def _path_or_refuse(self) -> Path:
        if self._given is None and self.weights_path is None:
            raise self._nothing_to_fetch()
        return super()._path_or_refuse()

    def _nothing_to_fetch(self) -> EncoderError:
        name, source = self.card.name, self.card.source
        return EncoderError(
            f"nobody has published weights of encoder '{name}'; train such an encoder with "
            f"kikimimi train pretrain_cola, or place {source.file_name}, made by the authors' "
            f"program ({source.url}), in {display_path(folder_to_write(name))}"
        )

    def build(self) -> "nn.Module":
        """EfficientNet-B0 with the maximum over its last map."""
        from kikimimi.networks.efficientnet import EfficientNet, EfficientNetConfig

        return EfficientNet(EfficientNetConfig(pooling="max"))

    def read(self, path: Path) -> Mapping[str, Any]:
        """A file of Keras weights, or what was converted from one."""
        return read_keras_h5(path) if path.suffix == ".h5" else super().read(path)

    def state_from_checkpoint(self, checkpoint: Mapping[str, Any]) -> "dict[str, Tensor]":
        """Keras's names and axes to ours; the division by 255 goes into the first kernels.

        Raises:
            EncoderError: the input is shifted by a mean, which COLA's never is.
        """
        tensors = tensors_in(checkpoint, "model", "state_dict")
        mean = tensors.pop(f"{_INPUT_NORM}/mean", None)
        variance = tensors.pop(f"{_INPUT_NORM}/variance", None)
        tensors.pop(f"{_INPUT_NORM}/count", None)
        if mean is not None and mean.abs().max() > 0:
            raise EncoderError(
                "these weights subtract a mean from their input, which the network of COLA does "
                "not; give what the program of COLA has trained"
            )
        state = dict(_ours(name, value) for name, value in tensors.items())
        for name in [name for name in state if name.endswith(".running_mean")]:
            count = state[name].new_zeros(()).long()
            state[name.replace("running_mean", "num_batches_tracked")] = count
        if "stem.conv.weight" in state:
            deviation = 1.0 if variance is None else float(variance.sqrt().max())
            state["stem.conv.weight"] = state["stem.conv.weight"] / (_BYTE_LEVELS * deviation)
        return state

    def log_mel(self, windows: FloatArray) -> FloatArray:
        """(W, 15680) -> (W, 64, 96)."""
        energies = np.square(windows, dtype=np.float64).sum(axis=1, keepdims=True)
        scaled = windows / np.sqrt(np.maximum(energies, _LEAST_ENERGY))
        return self._log_mel(scaled.astype(np.float32))

    def embed_windows(self, log_mel: "Tensor") -> "Tensor":
        """(W, 64, 96) -> (W, 1280)."""
        embeddings: Tensor = self.network(log_mel)
        return embeddings

    def window_layers(self, log_mel: "Tensor") -> "Iterator[tuple[str, Tensor]]":
        """(W, 64, 96) -> each layer with its map."""
        layers: Iterator[tuple[str, Tensor]] = self.network.layer_maps(log_mel)
        return layers

    @property
    def layer_names(self) -> tuple[str, ...]:
        """The convolution at the entry, the 16 blocks, the convolution at the end."""
        from kikimimi.networks.efficientnet import LAYER_NAMES

        return LAYER_NAMES


def _ours(name: str, value: "Tensor") -> "tuple[str, Tensor]":
    """Our name and axes for a tensor of Keras; what is unknown is passed on."""
    layer, _, weight = name.partition("/")
    block, _, part = layer.partition("_")
    ours = f"{block}.{part}" if block in ("stem", "top") else f"{block}.{_PARTS.get(part, part)}"
    if weight not in _WEIGHTS:
        return name, value
    if part.startswith("se_") and value.ndim == 4:
        value = value[0, 0].T
    elif part == "dwconv" and value.ndim == 4:
        value = value.permute(2, 3, 0, 1)
    elif value.ndim == 4:
        value = value.permute(3, 2, 0, 1)
    return f"{ours}.{_WEIGHTS[weight]}", value.contiguous()
