"""What sounds all the time under the events. T samples, of r.m.s. 1."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np
from scipy import fft

from kikimimi.audio.conditions.noises import coloured_noise
from kikimimi.audio.synthesis.noise import Spectrum, spectrum_gain
from kikimimi.datasets.soundscape.looping import chained
from kikimimi.datasets.soundscape.recipe import BackgroundSettings
from kikimimi.datasets.soundscape.sources import SourcePool, source_place
from kikimimi.errors import DatasetError
from kikimimi.types import FloatArray

_SEAM_S = 0.5
_VENTILATION: Spectrum = ((40, -12.0), (90, 0.0), (400, -8.0), (2000, -24.0), (16000, -48.0))
_MAINS_HZ = (50.0, 60.0)
_HARMONICS = 12
_HUM_SHARE = 0.5


@dataclass(frozen=True, slots=True)
class Surroundings:
    """Where backgrounds take their sounds and their chance from."""

    pool: SourcePool
    folds: tuple[int, ...]
    rng: np.random.Generator
    sample_rate_hz: int


@dataclass(frozen=True, slots=True, eq=False)
class Background:
    """The samples (T,), of r.m.s. 1, and the files that they were made of."""

    samples: FloatArray
    files: tuple[str, ...] = ()


def make_background(
    settings: BackgroundSettings, count: int, surroundings: Surroundings
) -> Background:
    """Make `count` samples of a background.

    Raises:
        ConfigError: there is no noise of that colour.
        DatasetError: there is no sounding clip of that category.
    """
    made = _KINDS[settings.kind](settings.name, count, surroundings)
    return Background((made.samples / _rms(made.samples)).astype(np.float32), made.files)


def _noise(colour: str, count: int, around: Surroundings) -> Background:
    noise = coloured_noise(around.rng, count, around.sample_rate_hz, colour)
    return Background(noise.astype(np.float32))


def _ambience(category: str, count: int, around: Surroundings) -> Background:
    """Clips of a category, each at the same level, faded over into each other."""
    files: list[str] = []
    clips = around.pool.candidates((category,), around.folds)

    def pieces() -> Iterator[FloatArray]:
        for _ in range(count):
            clip = clips[around.rng.integers(len(clips))]
            source = around.pool.load(clip)
            if source.stretches:
                files.append(source_place(clip))
                piece = source.samples[source.stretches[0][0] : source.stretches[-1][1]]
                yield (piece / _rms(piece)).astype(np.float32)
        raise DatasetError(f"no clip of '{category}' sounds; choose another background")

    crossfade = round(_SEAM_S * around.sample_rate_hz)
    samples = chained(pieces(), count, crossfade=crossfade)
    return Background(samples, tuple(files))


def _ventilation(_: str, count: int, around: Surroundings) -> Background:
    """The rush of air from a duct."""
    size = fft.next_fast_len(max(count, around.sample_rate_hz), real=True)
    transform = fft.rfft(around.rng.standard_normal(size))
    frequencies_hz = fft.rfftfreq(size, 1 / around.sample_rate_hz)
    transform *= spectrum_gain(frequencies_hz, _VENTILATION)
    return Background(fft.irfft(transform, size)[:count].astype(np.float32))


def _hum(_: str, count: int, around: Surroundings) -> Background:
    """Harmonics of the mains, as from a refrigerator, in pink noise."""
    mains_hz = _MAINS_HZ[around.rng.integers(len(_MAINS_HZ))]
    time_s = np.arange(count) / around.sample_rate_hz
    hum = np.zeros(count)
    for harmonic in range(1, _HARMONICS + 1):
        level, phase = around.rng.uniform(0.2, 1.0) / harmonic, around.rng.uniform(0, 2 * np.pi)
        hum += level * np.sin(2 * np.pi * mains_hz * harmonic * time_s + phase)
    pink = coloured_noise(around.rng, count, around.sample_rate_hz, "pink")
    return Background((_HUM_SHARE * hum / _rms(hum) + pink).astype(np.float32))


def _rms(samples: np.ndarray) -> float:
    return float(np.sqrt(np.mean(np.square(samples, dtype=np.float64)))) or 1.0


_KINDS: dict[str, Callable[[str, int, Surroundings], Background]] = {
    "noise": _noise,
    "ambience": _ambience,
    "ventilation": _ventilation,
    "hum": _hum,
}
