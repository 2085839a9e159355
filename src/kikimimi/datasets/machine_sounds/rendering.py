"""Recordings from plans: the machine, the place, the microphone's level. T samples."""

from functools import lru_cache

import numpy as np

from kikimimi.audio.resampling import resample
from kikimimi.audio.synthesis.machinery import Machine, Operation, find_machine
from kikimimi.audio.synthesis.machinery.surroundings import surroundings
from kikimimi.audio.synthesis.timebase import SAMPLE_RATE_HZ
from kikimimi.datasets.machine_sounds.planning import PlannedClip, seeds
from kikimimi.datasets.machine_sounds.recipe import MachineRecipe
from kikimimi.types import FloatArray

_CALIBRATION_S = 5.0
_SPECIMENS = 64


class Renderer:
    """Makes the recordings of one recipe; specimens are built once."""

    def __init__(self, recipe: MachineRecipe) -> None:
        self._recipe = recipe
        self._specimen = lru_cache(_SPECIMENS)(self._calibrated)

    def render(self, clip: PlannedClip) -> FloatArray:
        """The samples (T,) float32 in [-1, 1] at the recipe's rate; equal plans, equal samples."""
        recipe = self._recipe
        machine, gain = self._specimen(clip.machine, clip.section)
        take = np.random.default_rng(seeds(recipe, "take", clip.path))
        sound = gain * machine.sound(take, clip.operation)
        place = np.random.default_rng(seeds(recipe, "place", clip.section, clip.surroundings))
        noise = surroundings(clip.surroundings, place, take, recipe.length_s)
        level = _amplitude(recipe.level_dbfs - clip.snr_db)
        mix = (sound + level * noise).astype(np.float32)
        heard = resample(mix, SAMPLE_RATE_HZ, recipe.sample_rate_hz)
        return np.clip(heard, -1.0, 1.0)

    def _calibrated(self, name: str, section: int) -> tuple[Machine, float]:
        """A specimen, and the gain at which it has the recipe's level when it runs as usual."""
        recipe, usual = self._recipe, self._recipe.source
        machine = find_machine(name).build(
            np.random.default_rng(seeds(recipe, "specimen", name, section))
        )
        middle = Operation(
            _CALIBRATION_S, speed=sum(usual.speed) / 2, load=sum(usual.load) / 2, fault=None
        )
        rng = np.random.default_rng(seeds(recipe, "calibration", name, section))
        samples = machine.sound(rng, middle)
        return machine, _amplitude(recipe.level_dbfs) / float(np.sqrt(np.mean(samples**2)))


def _amplitude(level_db: float) -> float:
    return float(10 ** (level_db / 20))
