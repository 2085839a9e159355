"""Taking mains hum out: narrow notches at the lines that stand out of the spectrum."""

from dataclasses import dataclass
from typing import ClassVar

import numpy as np
from scipy import signal

from kikimimi.audio.augment.recipe import require
from kikimimi.cleaning.analysis.hum import Hum, HumMeter
from kikimimi.cleaning.checks import require_within
from kikimimi.cleaning.contract import (
    Figures,
    Processor,
    Samples,
    SoundFormat,
    Survey,
    SurveyingStage,
    Treatment,
    Unchanged,
)
from kikimimi.cleaning.filtering import SectionFilter
from kikimimi.cleaning.registry import register


@register
@dataclass(frozen=True, slots=True)
class HumRemoval(SurveyingStage):
    """Notches of the second order at mains frequency and harmonics.

    Args:
        mains_hz: the mains frequency, whose first `harmonics` all get a notch; 0 to look for lines
            near multiples of 50 and 60 Hz that are there all the time, and take out those only. A
            sound under 2 s, or without such lines, is left as it is then.
        harmonics: how many at most.
        width_hz: of a notch, between the frequencies at which it is 3 dB deep.
    """

    name: ClassVar[str] = "hum_removal"

    mains_hz: float = 0.0
    harmonics: int = 24
    width_hz: float = 1.0

    def __post_init__(self) -> None:
        require(
            self.mains_hz == 0 or 10 <= self.mains_hz <= 1000,
            f"mains_hz must be 0 or from 10 to 1000, but is {self.mains_hz:g}",
        )
        require_within("harmonics", self.harmonics, 1, 100)
        require_within("width_hz", self.width_hz, 0.1, 10)

    def survey(self, sound: SoundFormat) -> Survey:
        """Begin to listen for lines."""
        return _HumSurvey(self, sound)


class _HumSurvey(Survey):
    def __init__(self, stage: HumRemoval, sound: SoundFormat) -> None:
        self._stage = stage
        self._meter = HumMeter(sample_rate_hz=sound.sample_rate_hz, channels=sound.channels)

    def push(self, block: Samples) -> None:
        self._meter.push(block.T.astype(np.float32))

    def settle(self) -> Treatment:
        stage = self._stage
        if stage.mains_hz:
            every = tuple(range(1, stage.harmonics + 1))
            return Notches(stage.mains_hz, every, stage.width_hz)
        hum = self._hum()
        if hum is None:
            return Notches(0.0, (), stage.width_hz)
        chosen = tuple(number for number in hum.harmonics if number <= stage.harmonics)
        return Notches(hum.mains_hz, chosen, stage.width_hz)

    def figures(self) -> Figures:
        hum = self._hum()
        if hum is None:
            return {"hum": "none"}
        return {
            "mains_hz": hum.mains_hz,
            "hum_db": hum.level_db,
            "lines": float(len(hum.harmonics)),
        }

    def _hum(self) -> Hum | None:
        return self._meter.result()


@dataclass(frozen=True, slots=True)
class Notches(Treatment):
    """A notch at each of the harmonics of `mains_hz` that the sound can hold."""

    is_light: ClassVar[bool] = True
    keeps_length: ClassVar[bool] = True

    mains_hz: float
    harmonics: tuple[int, ...]
    width_hz: float

    def start(self, sound: SoundFormat) -> Processor:
        """Begin with a sound."""
        rate_hz = sound.sample_rate_hz
        lines_hz = [number * self.mains_hz for number in self.harmonics]
        within_hz = [hz for hz in lines_hz if hz + self.width_hz < sound.nyquist_hz]
        if not within_hz:
            return Unchanged(sound)
        sections = [
            signal.tf2sos(*signal.iirnotch(hz, hz / self.width_hz, fs=rate_hz)) for hz in within_hz
        ]
        return SectionFilter(np.concatenate(sections), sound)
