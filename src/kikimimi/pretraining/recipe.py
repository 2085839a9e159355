"""What a recipe of self-supervised or cross-modal training says."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

from kikimimi.errors import ConfigError
from kikimimi.features.config import LogMelConfig
from kikimimi.features.presets import BYOL_A
from kikimimi.pretraining.captions import CaptionSettings
from kikimimi.pretraining.crops.batches import CropSettings
from kikimimi.training.optimisers import OptimiserSettings
from kikimimi.training.schedules import ScheduleSettings
from kikimimi.training.state import LoopSettings


@dataclass(frozen=True, slots=True)
class MethodSettings:
    """A registered method and its configuration."""

    name: str = "byol_a"
    options: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class BackboneSettings:
    """The network that becomes the encoder: a registered one and its configuration."""

    name: str = "byol_a_v2"
    options: dict[str, Any] = field(default_factory=dict)
    start: Path | None = None
    """The encoder folder of an earlier training, whose weights it starts from; null for chance."""


@dataclass(frozen=True, slots=True)
class NormalisationSettings:
    """How spectrograms are brought to mean 0 and deviation 1."""

    of: Literal["data", "front_end", "start"] = "data"
    """Measured on the files; already done by the front end; or as the encoder to start from."""
    files: int = 1000
    """The most files that are measured, one crop each."""


@dataclass(frozen=True, slots=True)
class EncoderSettings:
    """What the encoder says of itself."""

    name: str = "trained"
    """Small letters, digits and ._-"""
    licence: str = "not stated; whoever trained it decides"
    window_s: float = 10.0
    """The longest stretch that is embedded as one clip."""
    chunked: bool = False
    """Whether longer sounds are heard in stretches of the crop's length, as transformers that have
    heard no other length need."""


@dataclass(frozen=True, slots=True)
class PretrainingRecipe:
    """Everything that decides a trained encoder, but the place of the audio."""

    task: Literal["pretraining"] = "pretraining"
    method: MethodSettings = field(default_factory=MethodSettings)
    crops: CropSettings = field(default_factory=CropSettings)
    front_end: LogMelConfig = BYOL_A
    normalisation: NormalisationSettings = field(default_factory=NormalisationSettings)
    network: BackboneSettings = field(default_factory=BackboneSettings)
    captions: CaptionSettings = field(default_factory=CaptionSettings)
    batch_size: int = 64
    optimiser: OptimiserSettings = field(default_factory=OptimiserSettings)
    schedule: ScheduleSettings = field(default_factory=ScheduleSettings)
    loop: LoopSettings = field(default_factory=LoopSettings)
    encoder: EncoderSettings = field(default_factory=EncoderSettings)

    def __post_init__(self) -> None:
        if self.normalisation.of == "start" and self.network.start is None:
            raise ConfigError("normalisation: 'start' needs network.start, an encoder folder")
        if self.normalisation.files < 1:
            raise ConfigError("normalisation: files must be 1 or more")
        if not self.encoder.window_s > 0:
            raise ConfigError("encoder: window_s must be above 0")
