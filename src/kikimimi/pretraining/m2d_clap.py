"""M2D-CLAP: M2D, and agreement of sounds with the sentences that tell of them.

Niizumi et al., "M2D-CLAP: masked modeling duo meets CLAP for learning general-purpose
audio-language representation", Interspeech 2024. The text side is frozen: its sentence embeddings
are made once.

Axes: B clips, V visible patches, D features of a patch, E size of a text's embedding.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass

import torch
from torch import Tensor, nn

from kikimimi.errors import ConfigError
from kikimimi.networks.contract import Network
from kikimimi.pretraining.losses import contrastive_agreement
from kikimimi.pretraining.m2d import M2d, M2dConfig
from kikimimi.pretraining.method import Examples, Setting, register

_MOST_SHARPNESS = math.log(100)


@dataclass(frozen=True, slots=True)
class M2dClapConfig(M2dConfig):
    """Settings of M2D, and of the agreement with texts."""

    text_weight: float = 0.01
    """What the agreement with texts counts beside M2D's loss."""
    hidden_size: int = 768
    """Of the projection into the space of the texts."""
    temperature: float = 0.07
    """At the start; it is learnt."""

    def __post_init__(self) -> None:
        # slots make another class of this one, which `super()` without arguments does not find
        M2dConfig.__post_init__(self)
        if not 0 < self.temperature < math.inf or not self.text_weight >= 0:
            raise ConfigError("temperature must be above 0, and text_weight 0 or more")


@register("m2d_clap")
class M2dClap(M2d):
    """The visible patches, averaged and projected, must lie near the clip's caption."""

    Config = M2dClapConfig
    title = "M2D-CLAP"
    paper = "Niizumi et al., M2D-CLAP: masked modeling duo meets CLAP, Interspeech 2024"
    needs_texts = True

    def __init__(self, config: M2dClapConfig, network: Network, setting: Setting) -> None:
        super().__init__(config, network, setting)
        if setting.text_size is None:
            raise ConfigError(
                f"method '{self.name}' learns from captions; give them under 'captions'"
            )
        self.clap_config = config
        width = self.network.config.width
        self.text_projector = nn.Sequential(
            nn.Linear(width, config.hidden_size),
            nn.ReLU(inplace=True),
            nn.Linear(config.hidden_size, setting.text_size),
        )
        self.sharpness = nn.Parameter(torch.tensor(-math.log(config.temperature)))

    def losses(self, examples: Examples) -> dict[str, Tensor]:
        """M2D's loss, the contrastive one of sounds and texts, and their weighted sum."""
        masked, tokens = self.masked_prediction(examples.log_mel[:, 0])
        if examples.texts is None:
            raise ConfigError(f"method '{self.name}' was given no captions; give them")
        agreement = contrastive_agreement(
            self.text_projector(tokens.mean(dim=1)),
            examples.texts.detach(),
            self.sharpness.clamp(max=_MOST_SHARPNESS).exp(),
        )
        loss = masked + self.clap_config.text_weight * agreement
        return {"loss": loss, "masked": masked, "agreement": agreement}

    def kept_beside(self) -> Mapping[str, nn.Module]:
        """The projection into the space of the texts."""
        return {"text_projector": self.text_projector}
