"""Changes of the order of samples, and gaps. T samples."""

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from kikimimi.audio.augment.recipe import require, require_range
from kikimimi.types import FloatArray


@dataclass(frozen=True, slots=True)
class RandomRoll:
    """Shifts the clip in time; what leaves at one end comes in at the other.

    `max_share` is the longest shift to either side as a part of the clip.
    """

    name: ClassVar[str] = "roll"

    max_share: float = 0.5

    def __post_init__(self) -> None:
        require(0 <= self.max_share <= 1, f"roll: max_share {self.max_share} is not in 0 to 1")

    def __call__(self, samples: FloatArray, generator: np.random.Generator) -> FloatArray:
        """Roll (T,) by a random number of samples."""
        most = int(self.max_share * samples.size)
        return np.roll(samples, int(generator.integers(-most, most + 1)))


@dataclass(frozen=True, slots=True)
class TimeMask:
    """Silences up to `count` stretches, each of at most `max_s` and at most half the clip."""

    name: ClassVar[str] = "time_mask"

    sample_rate_hz: int
    max_s: float = 0.25
    count: int = 1

    def __post_init__(self) -> None:
        require_range("time_mask: max_s", 0.0, self.max_s)
        require(self.count >= 1, f"time_mask: count {self.count} is less than 1")

    def __call__(self, samples: FloatArray, generator: np.random.Generator) -> FloatArray:
        """Return a copy (T,) with gaps."""
        masked = samples.copy()
        most = min(round(self.max_s * self.sample_rate_hz), samples.size // 2)
        for _ in range(self.count):
            length = int(generator.integers(most + 1))
            start = int(generator.integers(samples.size - length + 1))
            masked[start : start + length] = 0
        return masked
