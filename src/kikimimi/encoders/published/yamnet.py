"""YAMNet: 1024 numbers and 521 AudioSet tags, from MobileNet v1.

Plakal and Ellis, "YAMNet", 2020, Apache-2.0. Weights are read from the torch port's checkpoint, or
from a tflite file, whose batch normalisation is folded into the convolutions and whose kernels may
be int8 (needs `ai-edge-litert`; converted once it is not needed again):

    python -m kikimimi.encoders.published.convert yamnet yamnet.tflite

As in the original, patches of 0.96 s start every 0.48 s, the last one filled up with silence; the
embedding and the scores are their means. Middle layers come from the clip as a whole instead,
filled up to a multiple of 0.32 s, so that each time stands in them once.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np

from kikimimi.encoders.published.checkpoints import tensors_in
from kikimimi.encoders.published.patches import PATCH_FRAMES, PatchEncoder
from kikimimi.encoders.published.source import PublishedCard, WeightsSource
from kikimimi.encoders.registry import register
from kikimimi.encoders.vocabulary import vocabulary
from kikimimi.features.presets import YAMNET
from kikimimi.types import FloatArray

if TYPE_CHECKING:
    from torch import Tensor, nn

_HOP_FRAMES = PATCH_FRAMES // 2
_PATCH_SAMPLES = YAMNET.win_length + (PATCH_FRAMES - 1) * YAMNET.hop_length
_LAYER_FRAMES = 32
_EVENTS = tuple(entry.tag for entry in vocabulary("audioset"))


@register
class YamnetEncoder(PatchEncoder):
    """Mean of the 1024-d features of 0.96-s patches; 521 AudioSet events as tags."""

    card: ClassVar[PublishedCard] = PublishedCard(
        name="yamnet",
        title="YAMNet",
        paper="MobileNets (Howard et al., 2017); YAMNet (Plakal and Ellis, 2020)",
        licence="weights Apache-2.0; torch port MIT",
        training_data="AudioSet (2 million clips, 521 classes)",
        sample_rate_hz=YAMNET.sample_rate_hz,
        embedding_size=1024,
        frame_hop_s=_HOP_FRAMES * YAMNET.frame_hop_s,
        window_s=5.0,
        vocabulary=_EVENTS,
        parameters=3_740_425,
        source=WeightsSource(
            url="https://github.com/w-hc/torch_audioset/releases/download/v0.1/yamnet.pth",
            file_name="yamnet.pth",
            layout="torch_audioset: layerN.fused, layerN.depthwise_conv, classifier",
        ),
    )
    other_file_names = ("yamnet.tflite",)
    front_end = YAMNET
    patch_hop = _HOP_FRAMES

    def build(self) -> "nn.Module":
        """MobileNet v1 and its classifier."""
        from torch import nn

        from kikimimi.networks.yamnet import Yamnet, YamnetConfig

        network = Yamnet(YamnetConfig())
        classifier = nn.Linear(network.embedding_size, len(_EVENTS))
        return nn.ModuleDict({"network": network, "classifier": classifier})

    def read(self, path: Path) -> Mapping[str, Any]:
        """The checkpoint of the torch port, or a tflite file in its names."""
        if path.suffix != ".tflite":
            return super().read(path)
        from kikimimi.encoders.published.yamnet_tflite import read_tflite

        return read_tflite(path)

    def state_from_checkpoint(self, checkpoint: Mapping[str, Any]) -> "dict[str, Tensor]":
        """The torch port's names, less the "fused" of its first layers."""
        tensors = tensors_in(checkpoint, "model", "state_dict")
        return {_our_name(name): value for name, value in tensors.items()}

    def patch_count(self, sample_count: int) -> int:
        """As many patches as it takes to hear every sample."""
        hop = _HOP_FRAMES * YAMNET.hop_length
        return 1 + max(0, -(-(sample_count - _PATCH_SAMPLES) // hop))

    def embed_patches(self, patches: "Tensor") -> "tuple[Tensor, Tensor]":
        """(P, 96, 64) -> (P, 1024) and (P, 521)."""
        parts = self.network
        embeddings = parts["network"](patches.transpose(1, 2))
        return embeddings, parts["classifier"](embeddings).sigmoid()

    @property
    def layer_names(self) -> tuple[str, ...]:
        """The convolution at the entry and the 13 blocks of MobileNet."""
        from kikimimi.networks.yamnet import LAYER_NAMES

        return LAYER_NAMES

    def _embed_layers(self, samples: FloatArray, names: tuple[str, ...]) -> dict[str, FloatArray]:
        import torch

        from kikimimi.encoders.layer_maps import wanted_rows

        network = self.network["network"]
        parts: dict[str, list[FloatArray]] = {name: [] for name in names}
        with torch.inference_mode():
            for log_mel in self._whole_log_mels(samples):
                for name, rows in wanted_rows(network.layer_maps(log_mel[None]), names):
                    parts[name].append(rows)
        return {name: np.concatenate(rows) for name, rows in parts.items()}

    def _whole_log_mels(self, samples: FloatArray) -> "Tensor":
        """(B, T) -> (B, 64, N), N a multiple of 32."""
        import torch

        hop = _LAYER_FRAMES * YAMNET.hop_length
        length = max(1, -(-samples.shape[1] // hop)) * hop
        length += YAMNET.win_length - YAMNET.hop_length
        filled = np.pad(samples, ((0, 0), (0, length - samples.shape[1])))
        return torch.from_numpy(self._log_mel(filled))


def _our_name(name: str) -> str:
    if name.startswith("classifier."):
        return name
    return f"network.{name.replace('.fused.', '.')}"
