"""What a recipe of the alignment holds."""

from dataclasses import dataclass, field

from kikimimi.datasets import esc50
from kikimimi.errors import ConfigError
from kikimimi.training.loop import LoopSettings
from kikimimi.training.optimisers import OptimiserSettings
from kikimimi.training.schedules import ScheduleSettings

NO_FOLD = 0
"""Stands for the alignment to ship, which learns from all folds."""


@dataclass(frozen=True, slots=True)
class MixtureSettings:
    """The versions in which each clip is heard; the first one is the clip as it is."""

    versions: int = 4
    sounds: tuple[float, ...] = (0.2, 0.6, 0.2)
    """How often a version holds one, two, three sounds."""
    max_mix_db: float = 9.0
    """The other sounds of a mixture are 0 to this many dB weaker than the clip."""
    gain_db: tuple[float, float] = (-12.0, 6.0)
    seed: int = 0

    def __post_init__(self) -> None:
        if self.versions < 1 or not self.sounds or sum(self.sounds) <= 0:
            raise ConfigError("mixtures: versions must be 1 or more, and sounds hold shares")


@dataclass(frozen=True, slots=True)
class CaptionSettings:
    """How captions are drawn for a version."""

    each: int = 6
    """Captions of each version."""
    class_probability: float = 0.5
    """How often a labelled sound is told by its class and not by what the encoder hears."""
    name_probability: float = 0.15
    """How often a sound without a label is told by the names of its file and folder."""
    least_score: float = 0.1
    """Tags with a lower score are not told."""
    seed: int = 0


@dataclass(frozen=True, slots=True)
class AlignmentSettings:
    """Head and loss."""

    hidden_size: int = 512
    dropout: float = 0.2
    temperature: float = 0.07
    """At the beginning; it is learned."""
    noise: float = 0.02
    """Standard deviation of what is added to each number of a sentence embedding."""
    own_weight: float = 0.3
    """The least that a caption and its own version belong together."""
    batch_size: int = 256

    def __post_init__(self) -> None:
        if self.hidden_size < 1 or self.batch_size < 2 or not self.temperature > 0:
            raise ConfigError(
                "alignment: hidden_size must be 1, batch_size 2 or more, temperature above 0"
            )


@dataclass(frozen=True, slots=True)
class TextAlignmentRecipe:
    """The whole recipe."""

    text_encoder: str = "minilm"
    extra_audio: tuple[str, ...] = ()
    """Folders under `data/sfx` whose licence allows training."""
    held_out: tuple[str, ...] = ()
    """Classes of ESC-50 that neither sounds nor captions may hold."""
    test_folds: tuple[int, ...] = (*esc50.FOLDS, NO_FOLD)
    background_count: int = 400
    mixtures: MixtureSettings = field(default_factory=MixtureSettings)
    captions: CaptionSettings = field(default_factory=CaptionSettings)
    alignment: AlignmentSettings = field(default_factory=AlignmentSettings)
    optimiser: OptimiserSettings = field(
        default_factory=lambda: OptimiserSettings(lr=1e-3, weight_decay=0.1)
    )
    schedule: ScheduleSettings = field(default_factory=lambda: ScheduleSettings(warmup_epochs=1.0))
    loop: LoopSettings = field(
        default_factory=lambda: LoopSettings(epochs=30, ema_decay=0.99, figures_every=0)
    )

    def __post_init__(self) -> None:
        for name in self.held_out:
            if name not in esc50.CATEGORIES:
                raise ConfigError(f"held_out: there is no category '{name}' in ESC-50")
