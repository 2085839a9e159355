"""Loudness alone as a feature: what a sound level meter would find."""

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from kikimimi.tasks.anomaly.features.contract import AnomalyFeatures
from kikimimi.tasks.anomaly.features.registry import register
from kikimimi.types import FloatArray


@register
@dataclass(frozen=True)
class Level(AnomalyFeatures):
    """One row of one number: the r.m.s. level of the clip in dBFS."""

    kind: ClassVar[str] = "level"

    @property
    def sample_rate_hz(self) -> int:
        return 16000

    @property
    def identity(self) -> str:
        return self.kind

    def rows(self, samples: FloatArray) -> FloatArray:
        power = np.mean(samples.astype(np.float64) ** 2)
        return np.array([[10 * np.log10(power + 1e-20)]], np.float32)
