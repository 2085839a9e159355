"""M2D-CLAP: M2D whose sounds were also brought near to sentences about them.

Axes: B clips, T samples, S texts, E size of the common space.
"""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np

from kikimimi.encoders.contract import check_clips
from kikimimi.encoders.published.checkpoints import tensors_in
from kikimimi.encoders.published.masked_spectrogram import (
    HOP_S,
    PARAMETERS,
    MaskedSpectrogramEncoder,
)
from kikimimi.encoders.published.ntt import LICENCE
from kikimimi.encoders.published.source import PublishedCard, WeightsSource
from kikimimi.encoders.registry import register
from kikimimi.errors import EncoderError
from kikimimi.features.presets import M2D
from kikimimi.types import FloatArray

if TYPE_CHECKING:
    from torch import Tensor, nn

    from kikimimi.encoders.text.contract import TextEncoder
    from kikimimi.networks.spectrogram_vit import SpectrogramVitConfig
    from kikimimi.networks.stored_positions import StoredPositionsVit

_PROJECTOR = "audio_proj."


@register
class M2dClapEncoder(MaskedSpectrogramEncoder):
    """M2D-CLAP of 2024 for 80 x 608 log-mel: 3840-d audio features, and a 768-d space of sentences.

    The projector from sounds to sentences is assumed to be two linear layers of 768 with ReLU
    between (`audio_proj.0`, `audio_proj.2`) over the mean of all patches, and the sentences those
    of GTE-base as they are; NTT's code was not read. The weights of 2025 have another layout.

    Args:
        weights: as for `PublishedEncoder`.
        fetch: the same.
        config: other sizes than those of the published weights.
        text_folder: a folder with the sentence model GTE-base, which `embed_texts` needs.
    """

    piece_times = 38
    other_file_names = ("checkpoint-300.pth",)
    card: ClassVar[PublishedCard] = PublishedCard(
        name="m2d_clap",
        title="M2D-CLAP 2024 (ViT-base, 80x608, audio and sentences)",
        paper="Niizumi et al., M2D-CLAP: masked modeling duo meets CLAP for learning "
        "general-purpose audio-language representation, Interspeech 2024",
        licence=LICENCE,
        training_data="AudioSet (2 million clips); captions of Auto-ACD and ACalt4",
        sample_rate_hz=M2D.sample_rate_hz,
        embedding_size=3840,
        frame_hop_s=HOP_S,
        window_s=piece_times * HOP_S,
        parameters=PARAMETERS + 2 * (768 * 768 + 768),
        source=WeightsSource(
            url="https://github.com/nttcslab/m2d/releases/download/v0.1.0/"
            "m2d_clap_vit_base-80x608p16x16-240128.zip",
            file_name="m2d_clap_vit_base-80x608p16x16-240128.zip",
            layout="timm VisionTransformer and audio_proj, in a zip archive",
        ),
    )

    def __init__(
        self,
        weights: Path | None = None,
        *,
        fetch: bool = False,
        config: "SpectrogramVitConfig | None" = None,
        text_folder: Path | None = None,
    ) -> None:
        super().__init__(weights, fetch=fetch, config=config)
        self._text_folder = text_folder
        self._text_encoder: TextEncoder | None = None

    def build(self) -> "nn.Module":
        """The transformer `vit` and the projector `audio_proj`, with random weights."""
        from torch import nn

        vit = self.build_vit()
        width = vit.config.width
        projector = nn.Sequential(nn.Linear(width, width), nn.ReLU(), nn.Linear(width, width))
        return nn.ModuleDict({"vit": vit, "audio_proj": projector})

    @property
    def vit(self) -> "StoredPositionsVit":
        """The loaded transformer. Raises EncoderError if there is none."""
        network: Any = self.network
        return network["vit"]

    def state_from_checkpoint(self, checkpoint: Mapping[str, Any]) -> "dict[str, Tensor]":
        """The state from tensors in timm's names and those of the projector."""
        tensors = tensors_in(checkpoint, "model", "state_dict")
        projector = {name: value for name, value in tensors.items() if name.startswith(_PROJECTOR)}
        rest = {name: value for name, value in tensors.items() if name not in projector}
        vit = super().state_from_checkpoint(rest)
        return {**{f"vit.{name}": value for name, value in vit.items()}, **projector}

    def embed_for_text(self, samples: FloatArray) -> FloatArray:
        """Embed clips in the space of sentences: (B, T) -> (B, E) of length 1.

        Raises:
            EncoderError: as `encode` does.
        """
        import torch
        from torch.nn import functional

        network: Any = self.network
        projector, width = network["audio_proj"], self.vit.config.width
        features = torch.from_numpy(self._encode(check_clips(samples)).embeddings)
        with torch.inference_mode():
            patches = features.unflatten(1, (-1, width)).mean(dim=1)
            projected = projector(patches)
            return functional.normalize(projected, dim=1).numpy()

    def embed_texts(self, texts: Sequence[str]) -> FloatArray:
        """Embed sentences in the same space: S strings -> (S, E) of length 1.

        Raises:
            EncoderError: there is no sentence model, or one of another size; or a text is empty.
        """
        vectors = self._sentences().embed_texts(texts)
        size = self.vit.config.width
        if vectors.shape[1] != size:
            raise EncoderError(
                f"the sentence model gives {vectors.shape[1]} values, but encoder "
                f"'{self.card.name}' was trained with {size}; give a folder with GTE-base"
            )
        return np.ascontiguousarray(vectors, dtype=np.float32)

    def _sentences(self) -> "TextEncoder":
        if self._text_folder is None:
            raise EncoderError(
                f"encoder '{self.card.name}' needs the sentence model GTE-base to read words; get "
                "it in Hugging Face layout and give its folder as text_folder"
            )
        if self._text_encoder is None:
            from kikimimi.encoders.text.transformers_folder import TransformersFolder

            self._text_encoder = TransformersFolder(self._text_folder).load()
        return self._text_encoder
