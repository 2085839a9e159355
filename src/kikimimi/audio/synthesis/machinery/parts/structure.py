"""Machine bodies: forces inside, sound outside. M modes, T samples."""

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from scipy import fft

from kikimimi.audio.synthesis.timebase import SAMPLE_RATE_HZ, Samples

_LARGE_HZ = 300.0
"""From here on a body of 40 cm is no longer small against the wavelength over pi."""


@dataclass(frozen=True, slots=True)
class Structure:
    """A body as a sum of its modes; the first one is the whole body, to and fro on its mounts.

    A force accelerates each mode by A(w) = g w^2 / (w^2 - w0^2 - 2i z w0 w), Ewins, "Modal
    testing", chapter 2: below its resonance it is stiff, above it it is a mass. Panels that breathe
    are sources whose pressure goes with the acceleration. A whole body, that pushes the air in
    front and sucks behind, is a dipole, weaker by the frequency over one at which it is large
    against the wavelength.

    Attributes:
        modes_hz, damping, gains: (M,) frequencies, ratios to critical damping, and weights that
            hold the shapes and masses; in pressure units for each N.
    """

    modes_hz: tuple[float, ...]
    damping: tuple[float, ...]
    gains: tuple[float, ...]

    @classmethod
    def build(
        cls,
        rng: np.random.Generator,
        *,
        mount_hz: float,
        low_hz: float,
        high_hz: float,
        count: int = 14,
        damping: float = 0.02,
    ) -> "Structure":
        """A body on mounts with `count` modes of its panels drawn between two frequencies."""
        panels = np.sort(np.exp(rng.uniform(np.log(low_hz), np.log(high_hz), count)))
        signs = rng.choice((-1.0, 1.0), count)
        gains = signs * rng.uniform(0.03, 0.25, count) * (low_hz / panels) ** 0.5
        return cls(
            (mount_hz * rng.uniform(0.9, 1.1), *map(float, panels)),
            (0.08, *map(float, damping * rng.uniform(0.5, 2.0, count))),
            (1.0, *map(float, gains)),
        )

    def response(self, frequencies_hz: Samples) -> Samples:
        """Pressure for each N, complex, at the frequencies given."""
        total = np.zeros(frequencies_hz.shape, complex)
        square = frequencies_hz**2
        for number, mode_hz in enumerate(self.modes_hz):
            lag = 2j * self.damping[number] * mode_hz * frequencies_hz
            accelerance = self.gains[number] * square / (square - mode_hz**2 - lag)
            if number == 0:
                accelerance *= 1j * frequencies_hz / (1j * frequencies_hz + _LARGE_HZ)
            total += accelerance
        return total

    def radiate(self, force: Samples) -> Samples:
        """The sound (T,) of a force (T,) in N that acts on the body; its first moments settle."""
        size = fft.next_fast_len(force.size + SAMPLE_RATE_HZ // 4, real=True)
        transform = fft.rfft(force, size)
        transform *= _response(self, size)
        return fft.irfft(transform, size)[: force.size]


@lru_cache(maxsize=4)
def _response(structure: Structure, size: int) -> Samples:
    """The response on the grid of a transform: a specimen makes many sounds of one length."""
    return structure.response(fft.rfftfreq(size, 1 / SAMPLE_RATE_HZ))
