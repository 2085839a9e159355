"""What is heard beside a machine: the noise of the place it stands in. T samples."""

from collections.abc import Callable, Mapping

import numpy as np

from kikimimi.audio.synthesis.machinery.parts.shaft import tone
from kikimimi.audio.synthesis.machinery.parts.unrest import unrest
from kikimimi.audio.synthesis.mixing import add
from kikimimi.audio.synthesis.modal import random_modes
from kikimimi.audio.synthesis.noise import random_times, shaped
from kikimimi.audio.synthesis.oscillators import falling_series, steady
from kikimimi.audio.synthesis.timebase import Samples
from kikimimi.errors import ConfigError
from kikimimi.names import suggestion

Place = np.random.Generator
Take = np.random.Generator


def plant_room(place: Place, take: Take, duration_s: float) -> Samples:
    """Ventilation through ducts, steady, and a transformer that hums."""
    corner_hz = place.uniform(150, 300)
    spectrum = ((30, 2.0), (corner_hz, 0.0), (4 * corner_hz, -12.0), (8000, -36.0))
    air = shaped(take, duration_s, spectrum) * (0.9 + 0.2 * unrest(take, duration_s, 0.7))
    return air + 0.1 * tone(steady(100.0, duration_s), falling_series(6))


def hall(place: Place, take: Take, duration_s: float) -> Samples:
    """A factory hall: many machines far off, of which some can be told by their tone."""
    spectrum = ((30, -3.0), (120, 0.0), (600, -4.0), (2500, -13.0), (8000, -27.0))
    sound = shaped(take, duration_s, spectrum) * (0.8 + 0.4 * unrest(take, duration_s, 1.5))
    for _ in range(4):
        pitch_hz = np.exp(place.uniform(np.log(45), np.log(700)))
        drift = 1 + 0.004 * (2 * unrest(take, duration_s, 0.8) - 1)
        far = place.uniform(0.05, 0.15) * unrest(take, duration_s, 0.5)
        sound += far * tone(pitch_hz * drift, falling_series(10, 0.8))
    return sound


def workshop(place: Place, take: Take, duration_s: float) -> Samples:
    """People at work: metal that is struck now and then, and a compressor that comes and goes."""
    spectrum = ((40, -4.0), (200, 0.0), (1000, -3.0), (4000, -10.0), (12000, -24.0))
    sound = 0.6 * shaped(take, duration_s, spectrum)
    firing_hz = steady(place.uniform(16, 24), duration_s)
    on = 0.5 + 0.5 * np.tanh(12 * (unrest(take, duration_s, 0.15) - 0.5))
    sound += 0.25 * on * tone(firing_hz, falling_series(40, 0.5))
    for at_s in random_times(take, duration_s, 1.2):
        clang = random_modes(take, 12, 700, 7000, t60_s=0.25, duration_s=0.4)
        add(sound, clang, at_s, take.uniform(0.2, 1.0) / np.abs(clang).max() * 3)
    return sound


SURROUNDINGS: Mapping[str, Callable[[Place, Take, float], Samples]] = {
    "plant_room": plant_room,
    "hall": hall,
    "workshop": workshop,
}


def surroundings(name: str, place: Place, take: Take, duration_s: float) -> Samples:
    """The noise (T,) of a place, of unit r.m.s.

    Args:
        name: a key of `SURROUNDINGS`.
        place: chance of what stays as it is in all recordings there.
        take: chance of this recording.
        duration_s: how long.

    Raises:
        ConfigError: there is no such place.
    """
    if name not in SURROUNDINGS:
        raise ConfigError(f"no surroundings '{name}'; {suggestion(name, SURROUNDINGS)}")
    sound = SURROUNDINGS[name](place, take, duration_s)
    return sound / np.sqrt(np.mean(sound**2))
