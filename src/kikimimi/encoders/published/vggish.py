"""VGGish: 128 numbers for each 0.96 s, from a network trained on a large set of videos' sound.

Hershey et al., "CNN architectures for large-scale audio classification", ICASSP 2017. The weights
are those of the widely used torch port, taken before its PCA, whitening and quantisation; the last
layer ends in a ReLU there, as in the first release.

A clip is heard in patches of 0.96 s that do not overlap; its embedding is their mean. What is left
over at the end counts as a patch, filled up with silence, if it is at least half of one or all
that there is. (The original leaves every rest out.)

Middle layers are rows over time, patch after patch. Niizumi et al. (EUSIPCO 2022) fuse layers that
they number 10 and 15: in the torch port those numbers, counted from 0, are `pool3` and `pool4`,
and counted from 1 `conv3_2` and `conv4_2`; which of the two they mean is not said in the sources
at hand.
"""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np

from kikimimi.encoders.published.checkpoints import tensors_in
from kikimimi.encoders.published.patches import PATCH_FRAMES, PatchEncoder
from kikimimi.encoders.published.source import PublishedCard, WeightsSource
from kikimimi.encoders.registry import register
from kikimimi.features.presets import VGGISH
from kikimimi.types import FloatArray

if TYPE_CHECKING:
    from torch import Tensor, nn

_AFTERWARDS = "pproc."
"""Beginning of the names of what the port does with embeddings after the network."""


@register
class VggishEncoder(PatchEncoder):
    """Mean of the 128-d embeddings of 0.96-s patches."""

    card: ClassVar[PublishedCard] = PublishedCard(
        name="vggish",
        title="VGGish",
        paper="Hershey et al., CNN architectures for large-scale audio classification, 2017",
        licence="Apache-2.0",
        training_data="a preliminary version of YouTube-8M, not released",
        sample_rate_hz=VGGISH.sample_rate_hz,
        embedding_size=128,
        frame_hop_s=PATCH_FRAMES * VGGISH.frame_hop_s,
        window_s=5.0,
        parameters=72_141_184,
        source=WeightsSource(
            url=(
                "https://github.com/harritaylor/torchvggish/releases/download/v0.1/"
                "vggish-10086976.pth"
            ),
            file_name="vggish-10086976.pth",
            layout="torchvggish: features.N, embeddings.N",
        ),
    )
    front_end = VGGISH
    patch_hop = PATCH_FRAMES

    def build(self) -> "nn.Module":
        """The network of the paper."""
        from kikimimi.networks.vggish import Vggish, VggishConfig

        return Vggish(VggishConfig())

    def state_from_checkpoint(self, checkpoint: Mapping[str, Any]) -> "dict[str, Tensor]":
        """The tensors as they are, without the port's post-processing."""
        tensors = tensors_in(checkpoint, "model", "state_dict")
        return {n: value for n, value in tensors.items() if not n.startswith(_AFTERWARDS)}

    def patch_count(self, sample_count: int) -> int:
        """Whole patches, and a rest of at least half a patch."""
        whole, rest = divmod(VGGISH.frame_count(sample_count), PATCH_FRAMES)
        return max(1, whole + (rest >= PATCH_FRAMES // 2))

    def embed_patches(self, patches: "Tensor") -> "tuple[Tensor, Tensor]":
        """(P, 96, 64) -> (P, 128), and no tags."""
        return self.network.embed_patches(patches), patches.new_empty(len(patches), 0)

    @property
    def layer_names(self) -> tuple[str, ...]:
        """Convolutions and fully connected layers after their ReLU, and poolings."""
        from kikimimi.networks.vggish import LAYER_NAMES

        return LAYER_NAMES

    def _embed_layers(self, samples: FloatArray, names: tuple[str, ...]) -> dict[str, FloatArray]:
        import torch

        from kikimimi.encoders.layer_maps import wanted_rows

        parts: dict[str, list[FloatArray]] = {name: [] for name in names}
        with torch.inference_mode():
            for patches in self.patches(samples):
                for name, rows in wanted_rows(self.network.layer_maps(patches), names):
                    parts[name].append(np.concatenate(rows))
        return {name: np.stack(rows) for name, rows in parts.items()}
