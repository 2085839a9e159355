"""What a robustness recipe says."""

from dataclasses import dataclass, field
from typing import Any

from kikimimi.features.config import LogMelConfig
from kikimimi.features.presets import CLASSIFICATION_16K
from kikimimi.training.loop import LoopSettings
from kikimimi.training.optimisers import OptimiserSettings
from kikimimi.training.schedules import ScheduleSettings


@dataclass(frozen=True, slots=True)
class ClipSettings:
    """The clips that are heard."""

    clip_s: float = 5.0
    per_category_and_fold: int = 8
    """Fewer for a quick try; ESC-50 has 8."""
    seed: int = 0
    """Of the noise that is added to test clips."""


@dataclass(frozen=True, slots=True)
class NetworkTraining:
    """How one network is trained on the clean clips of a fold."""

    options: dict[str, Any] = field(default_factory=dict)
    """Sizes that differ from the network's own."""
    batch_size: int = 32
    crop_frames: int = 128
    """Mel frames of a training example, cut at random."""
    optimiser: OptimiserSettings = field(default_factory=OptimiserSettings)
    schedule: ScheduleSettings = field(default_factory=ScheduleSettings)
    loop: LoopSettings = field(default_factory=LoopSettings)


@dataclass(frozen=True, slots=True)
class ProbeSettings:
    """Classifiers on top of embeddings, which they standardise and leave as they are otherwise."""

    inverse_penalty: float = 0.1
    """C of the logistic regression."""
    neighbours: int = 5
    """k of the vote of nearest neighbours by cosine, weighted by closeness."""


@dataclass(frozen=True, slots=True)
class RobustnessRecipe:
    """Everything that decides the scores, but the place of the audio and the encoders."""

    conditions: tuple[str, ...] = ()
    """Names of `kikimimi.audio.conditions`; the clean clips are always scored."""
    clips: ClipSettings = field(default_factory=ClipSettings)
    front_end: LogMelConfig = CLASSIFICATION_16K
    """Of the two networks that are trained here; an encoder has its own, at the same rate."""
    autoencoder: NetworkTraining = field(default_factory=NetworkTraining)
    plain_cnn: NetworkTraining = field(default_factory=NetworkTraining)
    probes: ProbeSettings = field(default_factory=ProbeSettings)
