"""BYOL-A, version 1, with embeddings of three sizes."""

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

_WEIGHTS_URL = "https://github.com/nttcslab/byol-a/raw/master/pretrained_weights"
_BLOCKS = 3


def _card(size: int, parameters: int) -> PublishedCard:
    file_name = f"AudioNTT2020-BYOLA-64x96d{size}.pth"
    return PublishedCard(
        name=f"byol_a_{size}",
        title=f"BYOL-A v1, {size}-d",
        paper="Niizumi et al., BYOL for audio: self-supervised learning for general-purpose audio "
        "representation, IJCNN 2021",
        licence=LICENCE,
        training_data="AudioSet (2 million clips, no labels)",
        sample_rate_hz=FRONT_END.sample_rate_hz,
        embedding_size=size,
        frame_hop_s=FRONT_END.frame_hop_s * 2**_BLOCKS,
        window_s=WINDOW_S,
        parameters=parameters,
        source=WeightsSource(
            url=f"{_WEIGHTS_URL}/{file_name}",
            file_name=file_name,
            layout="torch, Sequential `features` and `fc`",
        ),
    )


class ByolAV1Encoder(ByolAPublished):
    """Three blocks of convolution, two linear layers; largest value over time plus the mean."""

    blocks = _BLOCKS

    def build(self) -> "nn.Module":
        """The network of the size of the card, with random weights."""
        from kikimimi.networks.byol_a import ByolAV1, ByolAV1Config

        return ByolAV1(ByolAV1Config(embedding_size=self.card.embedding_size))


@register
class ByolA512(ByolAV1Encoder):
    """512-d."""

    card: ClassVar[PublishedCard] = _card(512, 600_192)


@register
class ByolA1024(ByolAV1Encoder):
    """1024-d."""

    card: ClassVar[PublishedCard] = _card(1024, 1_649_792)


@register
class ByolA2048(ByolAV1Encoder):
    """2048-d."""

    card: ClassVar[PublishedCard] = _card(2048, 5_321_856)
