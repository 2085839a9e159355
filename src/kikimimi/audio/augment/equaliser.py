"""Random frequency responses, applied without delay. T samples, K bins."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import ClassVar

import numpy as np
from scipy import fft

from kikimimi.audio.augment.recipe import require, require_range
from kikimimi.types import FloatArray

_LOWEST_HZ = 31.25
_CENTRE_HZ = 1000.0
_MOST_DB = 60.0


@dataclass(frozen=True, slots=True)
class RandomEqualiser:
    """Amplifies `bands` frequencies, equally spaced in octaves, by up to `max_db` either way.

    Gains in dB are joined by lines over log frequency, from 31.25 Hz to half the sample rate.
    """

    name: ClassVar[str] = "equaliser"

    sample_rate_hz: int
    max_db: float = 6.0
    bands: int = 8

    def __post_init__(self) -> None:
        require_range("equaliser: max_db", 0.0, self.max_db, most=_MOST_DB)
        _require_rate(self.name, self.sample_rate_hz)
        require(self.bands >= 2, f"equaliser: bands {self.bands} is less than 2")

    def __call__(self, samples: FloatArray, generator: np.random.Generator) -> FloatArray:
        """Equalise (T,)."""
        highest = np.log2(self.sample_rate_hz / 2)
        corners = np.linspace(np.log2(_LOWEST_HZ), highest, self.bands)
        levels_db = generator.uniform(-self.max_db, self.max_db, self.bands)
        return apply_response(
            samples, self.sample_rate_hz, lambda octaves: np.interp(octaves, corners, levels_db)
        )


@dataclass(frozen=True, slots=True)
class RandomTilt:
    """Raises the level by up to `max_db_per_octave` either way; 1 kHz keeps its level.

    Below 31.25 Hz the response is flat.
    """

    name: ClassVar[str] = "tilt"

    sample_rate_hz: int
    max_db_per_octave: float = 2.0

    def __post_init__(self) -> None:
        require_range("tilt: max_db_per_octave", 0.0, self.max_db_per_octave, most=12)
        _require_rate(self.name, self.sample_rate_hz)

    def __call__(self, samples: FloatArray, generator: np.random.Generator) -> FloatArray:
        """Tilt the spectrum of (T,)."""
        slope = generator.uniform(-self.max_db_per_octave, self.max_db_per_octave)
        return apply_response(
            samples, self.sample_rate_hz, lambda octaves: slope * (octaves - np.log2(_CENTRE_HZ))
        )


def apply_response(
    samples: FloatArray, sample_rate_hz: int, level_db: Callable[[np.ndarray], np.ndarray]
) -> FloatArray:
    """Filter (T,) with zero phase.

    Args:
        samples: the sound.
        sample_rate_hz: its rate.
        level_db: gain (K,) in dB at frequencies (K,) given as log2 of Hz, from 31.25 Hz up.
    """
    # The padding keeps the response of the end of a clip from coming in at its start.
    size = fft.next_fast_len(samples.size + sample_rate_hz // 20, real=True)
    frequency_hz = fft.rfftfreq(size, 1 / sample_rate_hz)
    octaves = np.log2(np.maximum(frequency_hz, _LOWEST_HZ))
    gain = (10 ** (level_db(octaves) / 20)).astype(np.float32)
    return fft.irfft(fft.rfft(samples, size) * gain, size)[: samples.size]


def _require_rate(name: str, sample_rate_hz: int) -> None:
    require(
        sample_rate_hz > 4 * _LOWEST_HZ,
        f"{name}: a sample rate of {sample_rate_hz} Hz is too low; give more than 125",
    )
