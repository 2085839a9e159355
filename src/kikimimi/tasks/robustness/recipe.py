"""What a robustness recipe says."""

from dataclasses import dataclass, field
from typing import Any

from kikimimi.features.config import LogMelConfig
from kikimimi.training.loop import LoopSettings
from kikimimi.training.optimisers import OptimiserSettings
from kikimimi.training.schedules import ScheduleSettings

LOG_MEL = LogMelConfig(
    sample_rate_hz=16000,
    n_fft=1024,
    win_length=800,
    hop_length=320,
    n_mels=64,
    f_min_hz=40.0,
    f_max_hz=8000.0,
    mel_scale="htk",
    mel_norm=None,
    compression="log_offset",
    floor=1e-3,
)
"""64 bands, 50 ms frames every 20 ms; the offset hides what lies about 75 dB under full scale."""


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
    front_end: LogMelConfig = LOG_MEL
    """Of the two networks that are trained here; an encoder has its own, at the same rate."""
    autoencoder: NetworkTraining = field(default_factory=NetworkTraining)
    plain_cnn: NetworkTraining = field(default_factory=NetworkTraining)
    probes: ProbeSettings = field(default_factory=ProbeSettings)
