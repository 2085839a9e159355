"""MSM-MAE, masked spectrogram modelling: the encoder of a masked autoencoder, on AudioSet."""

from pathlib import Path
from typing import ClassVar

from kikimimi.encoders.published.fetching import ByteProgress
from kikimimi.encoders.published.locations import folder_to_write
from kikimimi.encoders.published.masked_spectrogram import (
    HOP_S,
    PARAMETERS,
    MaskedSpectrogramEncoder,
)
from kikimimi.encoders.published.ntt import LICENCE
from kikimimi.encoders.published.source import PublishedCard, WeightsSource
from kikimimi.encoders.registry import register
from kikimimi.errors import EncoderError
from kikimimi.features.presets import MSM_MAE
from kikimimi.paths import display_path


@register
class MsmMaeEncoder(MaskedSpectrogramEncoder):
    """MSM-MAE for 80 x 208 log-mel: pieces of 2.08 s, 3840-d (5 bands x 768)."""

    piece_times = 13
    card: ClassVar[PublishedCard] = PublishedCard(
        name="msm_mae",
        title="MSM-MAE, masked spectrogram modelling (ViT-base, 80x208)",
        paper="Niizumi et al., Masked spectrogram modeling using masked autoencoders for learning "
        "general-purpose audio representation, HEAR (PMLR 166), 2022",
        licence=LICENCE,
        training_data="AudioSet (2 million clips, no labels)",
        sample_rate_hz=MSM_MAE.sample_rate_hz,
        embedding_size=3840,
        frame_hop_s=HOP_S,
        window_s=3 * piece_times * HOP_S,
        parameters=PARAMETERS,
        source=WeightsSource(
            url="https://github.com/nttcslab/msm-mae/releases",
            file_name="checkpoint-100.pth",
            layout="timm VisionTransformer",
        ),
    )

    def fetch_weights(self, progress: ByteProgress | None = None) -> Path:
        """Refuse: the file must be taken out of an archive whose address is not known for sure.

        Raises:
            EncoderError: always, unless the file is here.
        """
        if self.weights_path is not None:
            return self.weights_path
        source = self.card.source
        raise EncoderError(
            f"the weights of encoder '{self.card.name}' cannot be fetched by themselves; get the "
            f"80x208p16x16 archive from {source.url}, take out the .pth file and place it as "
            f"{source.file_name} in {display_path(folder_to_write(self.card.name))}"
        )
