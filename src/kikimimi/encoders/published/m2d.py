"""M2D, masked modelling duo: ViT-base trained to predict what it does not see, on AudioSet."""

from typing import ClassVar

from kikimimi.encoders.published.masked_spectrogram import (
    HOP_S,
    PARAMETERS,
    MaskedSpectrogramEncoder,
)
from kikimimi.encoders.published.ntt import LICENCE
from kikimimi.encoders.published.source import PublishedCard, WeightsSource
from kikimimi.encoders.registry import register
from kikimimi.features.presets import M2D


@register
class M2dEncoder(MaskedSpectrogramEncoder):
    """M2D/0.7 for 80 x 608 log-mel: pieces of 6.08 s, 3840-d (5 bands x 768)."""

    piece_times = 38
    other_file_names = ("checkpoint-300.pth",)
    card: ClassVar[PublishedCard] = PublishedCard(
        name="m2d",
        title="M2D, masked modelling duo (ViT-base, 80x608, mask 0.7)",
        paper="Niizumi et al., Masked modeling duo: learning representations by encouraging both "
        "networks to model the input, ICASSP 2023",
        licence=LICENCE,
        training_data="AudioSet (2 million clips, no labels)",
        sample_rate_hz=M2D.sample_rate_hz,
        embedding_size=3840,
        frame_hop_s=HOP_S,
        window_s=piece_times * HOP_S,
        parameters=PARAMETERS,
        source=WeightsSource(
            url="https://github.com/nttcslab/m2d/releases/download/v0.1.0/"
            "m2d_vit_base-80x608p16x16-221006-mr7_enconly.zip",
            file_name="m2d_vit_base-80x608p16x16-221006-mr7_enconly.zip",
            layout="timm VisionTransformer, in a zip archive",
        ),
    )
