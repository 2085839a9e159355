"""Noise of five colours, added at a signal-to-noise ratio. T samples."""

from dataclasses import dataclass
from typing import ClassVar

import numpy as np
from scipy import fft

from kikimimi.audio.augment.level import amplitude
from kikimimi.audio.augment.recipe import require, require_range
from kikimimi.names import suggestion
from kikimimi.types import FloatArray

SPECTRAL_SLOPES = {"white": 0.0, "pink": -1.0, "brown": -2.0, "blue": 1.0, "violet": 2.0}
"""Exponent of the frequency in the power density of each colour."""


@dataclass(frozen=True, slots=True)
class AddNoise:
    """Adds noise of a random colour at a random signal-to-noise ratio.

    The ratio is that of the mean powers over the whole clip; a silent clip stays as it is.
    """

    name: ClassVar[str] = "noise"

    low_snr_db: float = 10.0
    high_snr_db: float = 40.0
    colours: tuple[str, ...] = tuple(SPECTRAL_SLOPES)

    def __post_init__(self) -> None:
        require_range("noise: SNR", self.low_snr_db, self.high_snr_db, least=-120, most=120)
        require(bool(self.colours), "noise: colours is empty; name at least one")
        for colour in self.colours:
            require(
                colour in SPECTRAL_SLOPES,
                f"noise: there is no colour '{colour}'; {suggestion(colour, SPECTRAL_SLOPES)}",
            )

    def __call__(self, samples: FloatArray, generator: np.random.Generator) -> FloatArray:
        """Return (T,) with noise."""
        colour = self.colours[int(generator.integers(len(self.colours)))]
        snr_db = generator.uniform(self.low_snr_db, self.high_snr_db)
        level = np.sqrt(np.mean(np.square(samples, dtype=np.float64)))
        noise = coloured_noise(generator, samples.size, colour)
        return samples + noise * np.float32(level * amplitude(-snr_db))


def coloured_noise(generator: np.random.Generator, count: int, colour: str) -> FloatArray:
    """Return Gaussian noise (count,) without offset and of unit r.m.s. (zeros if count is 1).

    Its power density rises with frequency by the exponent in `SPECTRAL_SLOPES`.
    """
    size = fft.next_fast_len(max(count, 4), real=True)
    shape = np.arange(size // 2 + 1, dtype=np.float32)
    shape[0] = 1
    shape **= np.float32(SPECTRAL_SLOPES[colour] / 2)
    parts = generator.standard_normal((size // 2 + 1, 2), dtype=np.float32)
    spectrum = parts.view(np.complex64)[:, 0] * shape
    noise = fft.irfft(spectrum, size)[:count]
    noise -= noise.mean(dtype=np.float64)
    level = np.sqrt(np.mean(np.square(noise, dtype=np.float64)))
    return (noise / level if level > 0 else noise).astype(np.float32)
