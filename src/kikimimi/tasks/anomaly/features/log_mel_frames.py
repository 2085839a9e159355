"""Stretches of a log-mel spectrogram, as the auto-encoders of DCASE task 2's baselines take them.

Axes: T samples, F mel bands, N frames, P frames of a row.
"""

import hashlib
import json
from dataclasses import asdict, dataclass
from functools import cached_property
from typing import ClassVar

import numpy as np

from kikimimi.errors import ConfigError
from kikimimi.features.config import LogMelConfig
from kikimimi.features.logmel import LogMel
from kikimimi.tasks.anomaly.features.contract import AnomalyFeatures
from kikimimi.tasks.anomaly.features.level import at_one_level
from kikimimi.tasks.anomaly.features.registry import register
from kikimimi.types import FloatArray

BASELINE = LogMelConfig(
    sample_rate_hz=16000,
    n_fft=1024,
    win_length=1024,
    hop_length=512,
    n_mels=128,
    f_min_hz=0.0,
    f_max_hz=8000.0,
    compression="db",
    floor=float(np.finfo(np.float32).eps),
)
"""128 bands of 64 ms every 32 ms, in decibels."""


@register
@dataclass(frozen=True)
class LogMelFrames(AnomalyFeatures):
    """Each stretch of P frames is a row of P * 128 decibels, frame after frame.

    Attributes:
        frames: P.
        hop: frames from one row to the next.
        sets_level: bring each clip to one level first.

    Raises:
        ConfigError: one of them is below 1.
    """

    kind: ClassVar[str] = "log_mel_frames"

    frames: int = 5
    hop: int = 1
    sets_level: bool = False

    def __post_init__(self) -> None:
        for name, value in (("frames", self.frames), ("hop", self.hop)):
            if value < 1:
                raise ConfigError(f"{name} is {value}; give a whole number of 1 or more")

    @property
    def sample_rate_hz(self) -> int:
        """That of the baselines, 16 kHz."""
        return BASELINE.sample_rate_hz

    @property
    def identity(self) -> str:
        """Digest of the front end."""
        text = json.dumps(asdict(BASELINE), sort_keys=True)
        return f"{self.kind}@{hashlib.sha256(text.encode()).hexdigest()[:16]}"

    def rows(self, samples: FloatArray) -> FloatArray:
        """(T,) -> (R, P * F); a clip shorter than P frames is continued with its last one."""
        heard = at_one_level(samples) if self.sets_level else samples
        frames = self._log_mel(heard).T  # (N, F)
        missing = max(0, self.frames - len(frames))
        frames = np.pad(frames, ((0, missing), (0, 0)), mode="edge")
        stretches = np.lib.stride_tricks.sliding_window_view(frames, self.frames, axis=0)
        picked = stretches[:: self.hop].transpose(0, 2, 1)  # (R, P, F)
        return np.ascontiguousarray(picked.reshape(len(picked), -1))

    @cached_property
    def _log_mel(self) -> LogMel:
        return LogMel(BASELINE)
