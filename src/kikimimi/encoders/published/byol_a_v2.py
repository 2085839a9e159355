"""BYOL-A, version 2."""

from typing import TYPE_CHECKING, ClassVar

from kikimimi.encoders.published.byol_a_convolutions import (
    FRONT_END,
    WINDOW_S,
    ByolAPublished,
)
from kikimimi.encoders.published.ntt import LICENCE
from kikimimi.encoders.published.source import PublishedCard, WeightsSource
from kikimimi.encoders.registry import register

if TYPE_CHECKING:
    from torch import nn


@register
class ByolAV2Encoder(ByolAPublished):
    """Two blocks of convolution, and two linear layers beside them; 3072-d."""

    blocks = 2
    card: ClassVar[PublishedCard] = PublishedCard(
        name="byol_a_v2",
        title="BYOL-A v2, 3072-d",
        paper="Niizumi et al., BYOL for audio: exploring pre-trained general-purpose audio "
        "representations, TASLP 2023",
        licence=LICENCE,
        training_data="AudioSet (2 million clips, no labels)",
        sample_rate_hz=FRONT_END.sample_rate_hz,
        embedding_size=3072,
        frame_hop_s=FRONT_END.frame_hop_s * 2**blocks,
        window_s=WINDOW_S,
        parameters=6_333_376,
        source=WeightsSource(
            url="https://github.com/nttcslab/byol-a/raw/master/v2/AudioNTT2022-BYOLA-64x96d3072.pth",
            file_name="AudioNTT2022-BYOLA-64x96d3072.pth",
            layout="torch, Sequential `features` and `fc`",
        ),
    )

    def build(self) -> "nn.Module":
        """The network, with random weights."""
        from kikimimi.networks.byol_a import ByolAV2, ByolAV2Config

        return ByolAV2(ByolAV2Config())
