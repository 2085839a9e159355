"""Change of speed, as of a tape: duration and pitch together. T samples."""

from dataclasses import dataclass
from typing import ClassVar

import numpy as np
import soxr

from kikimimi.audio.augment.recipe import require_range
from kikimimi.types import FloatArray


@dataclass(frozen=True, slots=True)
class RandomSpeed:
    """Plays the clip `slowest` to `fastest` times as fast; all ratios are equally likely.

    The length becomes round(T / speed), at least 1.
    """

    name: ClassVar[str] = "speed"

    slowest: float = 0.8
    fastest: float = 1.25

    def __post_init__(self) -> None:
        require_range("speed", self.slowest, self.fastest, least=0.1, most=10)

    def __call__(self, samples: FloatArray, generator: np.random.Generator) -> FloatArray:
        """Change the speed of (T,)."""
        return change_speed(samples, random_ratio(generator, self.slowest, self.fastest))


def change_speed(samples: FloatArray, speed: float) -> FloatArray:
    """Resample (T,) to round(T / speed) samples, at least 1, by soxr's polyphase filters."""
    changed = soxr.resample(samples, speed, 1.0, quality="LQ")
    return fit_length(changed, max(1, round(samples.size / speed)))


def random_ratio(generator: np.random.Generator, low: float, high: float) -> float:
    """Draw a ratio whose logarithm is uniform."""
    return float(np.exp(generator.uniform(np.log(low), np.log(high))))


def fit_length(samples: FloatArray, length: int) -> FloatArray:
    """Cut (T,) or fill it up with zeros at its end, to (length,)."""
    if samples.size >= length:
        return samples[:length]
    return np.pad(samples, (0, length - samples.size))
