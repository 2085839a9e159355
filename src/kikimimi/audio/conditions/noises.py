"""Background noise at a given signal-to-noise ratio. T samples."""

from dataclasses import dataclass

import numpy as np
from scipy import fft

from kikimimi.audio.conditions.contract import Condition, check_samples
from kikimimi.audio.synthesis.noise import Spectrum, spectrum_gain
from kikimimi.errors import ConfigError
from kikimimi.types import FloatArray

_SPECTRA: dict[str, Spectrum] = {
    "white": ((20, 0.0), (40000, 0.0)),
    "pink": ((20, 0.0), (40960, -33.11)),
    "street": (
        *((20, -6.0), (60, 0.0), (250, -5.0), (1000, -10.0)),
        *((2000, -16.0), (4000, -25.0), (8000, -35.0), (20000, -50.0)),
    ),
}
"""Levels in dB over frequency. Pink: power falls as 1 / f, 3.01 dB an octave. Street: the rumble
of engines and the broad hum of tyres that distant traffic leaves, without single events."""

_SWELL_DB: dict[str, float] = {"street": 4.0}
"""Standard deviation of the slow rise and fall of the level, where there is one."""

_SWELL_HZ = 0.5


@dataclass(frozen=True, slots=True)
class AddedNoise:
    """Add Gaussian noise of a colour, `snr_db` below the recording.

    The ratio is that of the mean powers over the whole recording. A recording that is silent
    throughout has no such ratio and stays silent.
    """

    snr_db: float
    colour: str = "white"

    def __post_init__(self) -> None:
        if self.colour not in _SPECTRA:
            raise ConfigError(
                f"there is no noise of colour '{self.colour}'; choose one of {', '.join(_SPECTRA)}"
            )
        if not np.isfinite(self.snr_db):
            raise ConfigError(f"an SNR of {self.snr_db} dB is impossible; give a finite ratio")

    def apply(
        self, samples: FloatArray, sample_rate_hz: int, rng: np.random.Generator
    ) -> FloatArray:
        """(T,) -> (T,), see `Condition.apply`; the sum is not clipped."""
        clean = check_samples(samples, sample_rate_hz).astype(np.float64)
        noise = coloured_noise(rng, clean.size, sample_rate_hz, self.colour)
        power = np.mean(clean**2) * 10 ** (-self.snr_db / 10)
        return (clean + np.sqrt(power) * noise).astype(np.float32)


def coloured_noise(
    rng: np.random.Generator, count: int, sample_rate_hz: int, colour: str
) -> np.ndarray:
    """Return noise (count,) float64 of mean power 1 in one of the colours."""
    # a whole second at least, so that a short stretch also holds the low frequencies
    size = fft.next_fast_len(max(count, sample_rate_hz), real=True)
    transform = fft.rfft(rng.standard_normal(size))
    transform *= spectrum_gain(fft.rfftfreq(size, 1 / sample_rate_hz), _SPECTRA[colour])
    noise = fft.irfft(transform, size)[:count]
    if colour in _SWELL_DB:
        noise *= _swell(rng, count, sample_rate_hz, _SWELL_DB[colour])
    return noise / np.sqrt(np.mean(noise**2))


def _swell(
    rng: np.random.Generator, count: int, sample_rate_hz: int, spread_db: float
) -> np.ndarray:
    """A gain that drifts: levels at random knots, joined by straight lines in dB."""
    duration_s = count / sample_rate_hz
    knots = int(np.ceil(duration_s * 2 * _SWELL_HZ)) + 2
    levels_db = spread_db * rng.standard_normal(knots)
    times_s = np.arange(count) / sample_rate_hz
    return 10 ** (np.interp(times_s, np.arange(knots) / (2 * _SWELL_HZ), levels_db) / 20)


CONDITIONS: dict[str, Condition] = {
    f"noise_{colour}_{snr_db}": AddedNoise(snr_db=float(snr_db), colour=colour)
    for colour in _SPECTRA
    for snr_db in (20, 10, 0)
}
