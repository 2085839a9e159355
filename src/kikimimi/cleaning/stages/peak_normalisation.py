"""Bringing the peak of a sound to a level. Axes: C channels, T sample frames."""

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from kikimimi.audio.measures.true_peak import TruePeakMeter
from kikimimi.cleaning.checks import require_within
from kikimimi.cleaning.contract import (
    Figures,
    Samples,
    SoundFormat,
    Survey,
    SurveyingStage,
    Treatment,
)
from kikimimi.cleaning.decibels import amplitude, level_db
from kikimimi.cleaning.gain import Gain
from kikimimi.cleaning.registry import register


@register
@dataclass(frozen=True, slots=True)
class PeakNormalisation(SurveyingStage):
    """One gain for the whole sound, so that its peak is at `peak_db`.

    Args:
        peak_db: the peak, relative to full scale.
        true_peak: whether what lies between the samples counts (ITU-R BS.1770-4, annex 2).
        most_gain_db: the sound is not raised by more, however quiet it is.
    """

    name: ClassVar[str] = "peak_normalisation"

    peak_db: float = -1.0
    true_peak: bool = True
    most_gain_db: float = 60.0

    def __post_init__(self) -> None:
        require_within("peak_db", self.peak_db, -100, 20)
        require_within("most_gain_db", self.most_gain_db, 0, 200)

    def survey(self, sound: SoundFormat) -> Survey:
        """Begin to listen."""
        return _PeakSurvey(self, sound)


class _PeakSurvey(Survey):
    def __init__(self, stage: PeakNormalisation, sound: SoundFormat) -> None:
        self._stage = stage
        self._meter = TruePeakMeter(sample_rate_hz=sound.sample_rate_hz, channels=sound.channels)
        self._peak = 0.0

    def push(self, block: Samples) -> None:
        if not block.size:
            return
        if self._stage.true_peak:
            self._meter.push(block.T.astype(np.float32))
        else:
            self._peak = max(self._peak, float(np.abs(block).max()))

    def end_pass(self) -> bool:
        if self._stage.true_peak:
            self._peak = self._meter.result()
        return False

    def settle(self) -> Treatment:
        return Gain(amplitude(self._gain_db()))

    def figures(self) -> Figures:
        peak_db = level_db(self._peak)
        if peak_db is None:
            return {"peak": "none: the sound is silent"}
        return {"peak_db": peak_db, "gain_db": self._gain_db()}

    def _gain_db(self) -> float:
        peak_db = level_db(self._peak)
        if peak_db is None:
            return 0.0
        return min(self._stage.peak_db - peak_db, self._stage.most_gain_db)
