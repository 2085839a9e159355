"""What a classification recipe says."""

from dataclasses import dataclass, field
from typing import Any, Literal

from kikimimi.features.config import LogMelConfig
from kikimimi.features.presets import CLASSIFICATION_16K
from kikimimi.training.loop import LoopSettings
from kikimimi.training.optimisers import OptimiserSettings
from kikimimi.training.schedules import ScheduleSettings


@dataclass(frozen=True, slots=True)
class DataSettings:
    """The clips and how they are split."""

    name: str = "esc50"
    """One of `kikimimi.datasets.registry.dataset_names()`."""
    sample_rate_hz: int = 16000
    clip_s: float = 5.0
    """Longer clips are cut to this length."""
    inner_fold: int = 0
    """Training fold that is left out and watched while choosing settings; 0 for none."""


@dataclass(frozen=True, slots=True)
class NetworkSettings:
    """A registered network and its configuration."""

    name: str = "residual_cnn"
    options: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class HeadSettings:
    """From the embedding to the classes."""

    dropout: float = 0.3
    loss: Literal["cross_entropy", "binary_cross_entropy"] = "cross_entropy"
    """Cross-entropy of one class a clip, or of each class for itself (many labels)."""
    label_smoothing: float = 0.1


@dataclass(frozen=True, slots=True)
class AugmentationSettings:
    """What a training example goes through, in this order."""

    waveform: dict[str, Any] = field(default_factory=dict)
    """Transforms of `kikimimi.audio.augment` by name, with their options."""
    crop_s: float = 3.0
    crop: dict[str, Any] = field(default_factory=dict)
    """Further options of the random crop to `crop_s`."""
    mixing: Literal["none", "mixup", "between_class"] = "between_class"
    mixing_probability: float = 0.7
    mixing_alpha: float = 1.0
    """The share of the first clip is drawn from Beta(alpha, alpha)."""
    after_mixing: dict[str, Any] = field(default_factory=dict)
    """Transforms of the mix, such as its gain."""
    spectrogram: dict[str, Any] = field(default_factory=dict)
    """Transforms of `kikimimi.features.augment` by name, with their options."""


@dataclass(frozen=True, slots=True)
class TestSettings:
    """The multi-crop test: class probabilities are averaged over evenly spaced crops."""

    crops: int = 5


@dataclass(frozen=True, slots=True)
class ClassificationRecipe:
    """Everything that decides a trained classifier, but the place of the audio."""

    task: Literal["classification"] = "classification"
    data: DataSettings = field(default_factory=DataSettings)
    front_end: LogMelConfig = CLASSIFICATION_16K
    network: NetworkSettings = field(default_factory=NetworkSettings)
    head: HeadSettings = field(default_factory=HeadSettings)
    augmentation: AugmentationSettings = field(default_factory=AugmentationSettings)
    batch_size: int = 32
    optimiser: OptimiserSettings = field(default_factory=OptimiserSettings)
    schedule: ScheduleSettings = field(default_factory=ScheduleSettings)
    loop: LoopSettings = field(default_factory=LoopSettings)
    test: TestSettings = field(default_factory=TestSettings)
