"""What a recipe of sound event detection says."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

from kikimimi.errors import ConfigError
from kikimimi.features.config import LogMelConfig
from kikimimi.features.presets import SED_16K
from kikimimi.networks.frame_tagger import FrameHeadConfig
from kikimimi.training.loop import LoopSettings
from kikimimi.training.optimisers import OptimiserSettings
from kikimimi.training.schedules import ScheduleSettings


@dataclass(frozen=True, slots=True)
class DataSettings:
    """The clips and how they are split."""

    name: str | None = None
    """One of `kikimimi.datasets.event_registry`; null to tell by what stands in the folder."""
    train: tuple[str, ...] = ("train",)
    """Splits that train, each clip with what labels it has."""
    validation: str = "validation"
    """Split that thresholds and filters are tuned on; the figures of the epochs are taken of it."""
    test: str = "test"
    clip_s: float = 10.0
    """Longer recordings are cut into pieces of this length, shorter ones filled up with silence."""
    figures_clips: int = 200
    """Pieces of the validation split that the figures of an epoch are taken of."""

    def __post_init__(self) -> None:
        if not self.clip_s > 0 or self.figures_clips < 0 or not self.train:
            raise ConfigError(
                "clip_s must be above 0, figures_clips 0 or more, and train name a split"
            )


@dataclass(frozen=True, slots=True)
class SupervisionSettings:
    """Which labels of the training clips are used; the others are hidden.

    Of the clips with strong labels, drawn by `seed`, `strong_share` keep them; of the rest,
    `weak_share` keep the classes without their times, and what remains is unlabelled.
    """

    strong_share: float = 1.0
    weak_share: float = 0.0
    seed: int = 0

    def __post_init__(self) -> None:
        for name in ("strong_share", "weak_share"):
            if not 0 <= getattr(self, name) <= 1:
                raise ConfigError(f"{name} must lie between 0 and 1, but is {getattr(self, name)}")


@dataclass(frozen=True, slots=True)
class BatchSettings:
    """Clips of each kind in a batch; kinds that the data lack are left out.

    An epoch passes once over the kind that takes longest; the others begin again.
    """

    strong: int = 32
    weak: int = 0
    unlabelled: int = 0

    def __post_init__(self) -> None:
        if min(self.strong, self.weak, self.unlabelled) < 0:
            raise ConfigError("batch: strong, weak and unlabelled must be 0 or more")


@dataclass(frozen=True, slots=True)
class NetworkSettings:
    """A registered network and its configuration."""

    name: str = "crnn"
    options: dict[str, Any] = field(default_factory=dict)
    start: Path | None = None
    """Folder of a trained encoder whose network, of the same name and options, is fine-tuned."""


@dataclass(frozen=True, slots=True)
class EncoderSettings:
    """An encoder whose frames the head hears; it is not trained."""

    name: str | None = None
    """A name or a folder; null for none."""
    layers: tuple[str, ...] = ()
    """Layers whose rows are heard side by side in place of the frame embeddings."""
    joined: bool = True
    """Whether the network is heard beside it; false for the head on the encoder alone."""


@dataclass(frozen=True, slots=True)
class LossSettings:
    """What is minimised."""

    name: str = "bce"
    """A loss of `kikimimi.tasks.detection.losses`, over the frames of clips with strong labels."""
    options: dict[str, Any] = field(default_factory=dict)
    sub_sampling: float | None = None
    """Alpha of the sub-sampling of inactive frames; null for none."""
    weak_weight: float = 1.0
    """Of the binary cross-entropy of the classes of clips with weak labels."""
    activity_weight: float = 0.0
    """Of sound activity detection beside the events; above 0 makes its head."""
    graph_weight: float = 0.0
    """Alpha of the graph-Laplacian regularisation; the source has 1e-5."""


@dataclass(frozen=True, slots=True)
class TeacherSettings:
    """The mean teacher, which unlabelled clips are learnt from."""

    decay: float = 0.999
    """Of the moving average that the teacher is."""
    consistency: float = 0.0
    """Largest weight of the squared differences between the two; 0 for no teacher."""
    ramp_epochs: float = 10.0
    """Epochs in which the weight rises to its largest."""


@dataclass(frozen=True, slots=True)
class TuningSettings:
    """How thresholds and median filters are chosen on the validation split."""

    criterion: Literal["frame", "segment", "event", "intersection"] = "frame"
    """Which F is to be best."""
    median_frames: tuple[int, ...] = (1, 7, 13, 25, 51)
    """Lengths of filter that are tried, odd numbers of frames of the front end."""


@dataclass(frozen=True, slots=True)
class DetectionRecipe:
    """Everything that decides a trained detector, but the place of the audio."""

    task: Literal["detection"] = "detection"
    data: DataSettings = field(default_factory=DataSettings)
    supervision: SupervisionSettings = field(default_factory=SupervisionSettings)
    front_end: LogMelConfig = SED_16K
    network: NetworkSettings = field(default_factory=NetworkSettings)
    encoder: EncoderSettings = field(default_factory=EncoderSettings)
    head: FrameHeadConfig = field(default_factory=FrameHeadConfig)
    loss: LossSettings = field(default_factory=LossSettings)
    teacher: TeacherSettings = field(default_factory=TeacherSettings)
    augmentation: dict[str, Any] = field(default_factory=dict)
    """Transforms of `kikimimi.features.augment` by name; the teacher hears clips without them."""
    batch: BatchSettings = field(default_factory=BatchSettings)
    optimiser: OptimiserSettings = field(default_factory=OptimiserSettings)
    schedule: ScheduleSettings = field(default_factory=ScheduleSettings)
    loop: LoopSettings = field(default_factory=LoopSettings)
    tuning: TuningSettings = field(default_factory=TuningSettings)
