"""The mean log-mel spectrum from 0 Hz on, which hears a shaft turn; others begin at 125 Hz."""

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from kikimimi.tasks.anomaly.features.contract import AnomalyFeatures
from kikimimi.tasks.anomaly.features.log_mel_frames import LogMelFrames
from kikimimi.tasks.anomaly.features.registry import register
from kikimimi.types import FloatArray


@register
@dataclass(frozen=True)
class BaselineMel(AnomalyFeatures):
    """One row: the mean over time of the 128 bands that DCASE's auto-encoder takes, in dB."""

    kind: ClassVar[str] = "baseline_mel"

    @property
    def sample_rate_hz(self) -> int:
        return LogMelFrames(frames=1).sample_rate_hz

    @property
    def identity(self) -> str:
        return LogMelFrames(frames=1).identity

    def rows(self, samples: FloatArray) -> FloatArray:
        frames = LogMelFrames(frames=1).rows(samples)
        return np.asarray(frames.mean(axis=0, keepdims=True), np.float32)
