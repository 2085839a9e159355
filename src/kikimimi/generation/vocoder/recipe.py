"""What a recipe of a vocoder says."""

from dataclasses import dataclass, field
from typing import Literal

from kikimimi.errors import ConfigError
from kikimimi.generation.data import DataSettings
from kikimimi.generation.folder import GeneratorFacts
from kikimimi.generation.vocoder.config import VocoderConfig
from kikimimi.generation.vocoder.discriminators import DiscriminatorConfig
from kikimimi.training.optimisers import OptimiserSettings
from kikimimi.training.schedules import ScheduleSettings
from kikimimi.training.state import LoopSettings


@dataclass(frozen=True, slots=True)
class CropSettings:
    """Which stretches of the sounds are heard."""

    frames: int = 48
    """Hops of 16 ms that the network makes at once."""
    adversarial_frames: int = 24
    """Hops of these that the discriminators hear, at a random place: they are what costs time."""
    batch_size: int = 8
    crops_per_sound: int = 1
    """Crops of each sound in an epoch."""
    min_sound: float = 0.1
    """Least part of a crop that is not digital silence, where the sound allows it."""
    lowest_gain_db: float = -20.0
    highest_gain_db: float = 6.0
    """Crops are made louder or softer at random in this range, never past full scale."""
    figures_sounds: int = 32
    """Training sounds, evenly chosen, that are left out for the figures of the epochs."""

    def __post_init__(self) -> None:
        if min(self.batch_size, self.crops_per_sound) < 1 or self.figures_sounds < 0:
            raise ConfigError("crops: batch_size and crops_per_sound must be 1 or more")
        if not 4 <= self.adversarial_frames <= self.frames:
            raise ConfigError("crops: give 4 <= adversarial_frames <= frames")
        if not self.lowest_gain_db <= self.highest_gain_db:
            raise ConfigError("crops: give lowest_gain_db <= highest_gain_db")


@dataclass(frozen=True, slots=True)
class LossSettings:
    """Weights of the losses of the vocoder, and when the game begins."""

    reconstruction: float = 15.0
    """Of the multi-scale mel distance."""
    adversarial: float = 1.0
    feature_matching: float = 2.0
    reconstruction_epochs: int = 10
    """Epochs at the start without discriminators."""

    def __post_init__(self) -> None:
        if min(self.reconstruction, self.adversarial, self.feature_matching) < 0:
            raise ConfigError("loss: weights must be 0 or more")
        if self.reconstruction_epochs < 0:
            raise ConfigError("loss: reconstruction_epochs must be 0 or more")


@dataclass(frozen=True, slots=True)
class VocoderRecipe:
    """Everything that decides a trained vocoder, but the place of the audio."""

    task: Literal["vocoder"] = "vocoder"
    data: DataSettings = field(default_factory=DataSettings)
    held_out_fold: int | None = None
    """Clips of this fold are not heard."""
    crops: CropSettings = field(default_factory=CropSettings)
    network: VocoderConfig = field(default_factory=VocoderConfig)
    discriminators: DiscriminatorConfig = field(default_factory=DiscriminatorConfig)
    loss: LossSettings = field(default_factory=LossSettings)
    optimiser: OptimiserSettings = field(
        default_factory=lambda: OptimiserSettings(lr=5e-4, betas=(0.8, 0.9))
    )
    schedule: ScheduleSettings = field(default_factory=ScheduleSettings)
    loop: LoopSettings = field(default_factory=LoopSettings)
    vocoder: GeneratorFacts = field(default_factory=lambda: GeneratorFacts(name="vocoder"))
