"""Changes of level and sign. T samples."""

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from kikimimi.audio.augment.recipe import require_range
from kikimimi.types import FloatArray

_MOST_DB = 120.0


@dataclass(frozen=True, slots=True)
class RandomGain:
    """Amplifies the clip by `low_db` to `high_db`; the result may go beyond [-1, 1]."""

    name: ClassVar[str] = "gain"

    low_db: float = -6.0
    high_db: float = 6.0

    def __post_init__(self) -> None:
        require_range("gain", self.low_db, self.high_db, least=-_MOST_DB, most=_MOST_DB)

    def __call__(self, samples: FloatArray, generator: np.random.Generator) -> FloatArray:
        """Scale (T,) by one random factor."""
        return samples * amplitude(generator.uniform(self.low_db, self.high_db))


@dataclass(frozen=True, slots=True)
class SegmentGain:
    """Amplifies one random stretch of the clip by `low_db` to `high_db`."""

    name: ClassVar[str] = "segment_gain"

    low_db: float = -12.0
    high_db: float = 6.0

    def __post_init__(self) -> None:
        require_range("segment_gain", self.low_db, self.high_db, least=-_MOST_DB, most=_MOST_DB)

    def __call__(self, samples: FloatArray, generator: np.random.Generator) -> FloatArray:
        """Scale a stretch of (T,) by one random factor."""
        start, end = np.sort(generator.integers(samples.size + 1, size=2))
        changed = samples.copy()
        changed[start:end] *= amplitude(generator.uniform(self.low_db, self.high_db))
        return changed


@dataclass(frozen=True, slots=True)
class RandomPolarity:
    """Turns the sign of the clip half of the time."""

    name: ClassVar[str] = "polarity"

    def __call__(self, samples: FloatArray, generator: np.random.Generator) -> FloatArray:
        """Negate (T,) or leave it."""
        return -samples if generator.random() < 0.5 else samples


def amplitude(level_db: float) -> np.float32:
    """Return the factor of amplitude of a change of level."""
    return np.float32(10 ** (level_db / 20))
