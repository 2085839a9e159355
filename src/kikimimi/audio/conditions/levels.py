"""The level of a recording, with the clipping of a converter. T samples."""

from dataclasses import dataclass

import numpy as np

from kikimimi.audio.conditions.contract import Condition, check_samples
from kikimimi.errors import ConfigError
from kikimimi.types import FloatArray


@dataclass(frozen=True, slots=True)
class Level:
    """Amplify by `gain_db`; what passes full scale (-1 to 1) is cut off."""

    gain_db: float

    def __post_init__(self) -> None:
        if not np.isfinite(self.gain_db):
            raise ConfigError(f"a level of {self.gain_db} dB is impossible; give a finite gain")

    def apply(
        self, samples: FloatArray, sample_rate_hz: int, rng: np.random.Generator
    ) -> FloatArray:
        """(T,) -> (T,), see `Condition.apply`."""
        amplified = check_samples(samples, sample_rate_hz) * np.float32(10 ** (self.gain_db / 20))
        return np.clip(amplified, -1.0, 1.0)


CONDITIONS: dict[str, Condition] = {
    "level_-12": Level(gain_db=-12.0),
    "level_-6": Level(gain_db=-6.0),
    "level_+6": Level(gain_db=6.0),
}
