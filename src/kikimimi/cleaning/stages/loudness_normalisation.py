"""Bringing a sound to a loudness, with its true peak under a ceiling.

Axes: C channels, T sample frames.
"""

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from kikimimi.audio.measures.loudness import LoudnessMeter
from kikimimi.audio.measures.true_peak import TruePeakMeter
from kikimimi.cleaning.checks import require_within
from kikimimi.cleaning.contract import (
    Figures,
    Processor,
    Samples,
    SoundFormat,
    Survey,
    SurveyingStage,
    Treatment,
)
from kikimimi.cleaning.decibels import amplitude, level_db
from kikimimi.cleaning.gain import Gain
from kikimimi.cleaning.registry import register
from kikimimi.cleaning.true_peak_limiting import MARGIN_DB, TruePeakLimiting

_NEAR_ENOUGH_LU = 0.06
_MOST_TRIALS = 5
_LEAST_SLOPE = 0.2


@register
@dataclass(frozen=True, slots=True)
class LoudnessNormalisation(SurveyingStage):
    """One gain for the whole sound, so that its integrated loudness is `target_lufs`.

    The loudness is that of ITU-R BS.1770-4 with both gates. Where the gain would lift the true peak
    over `ceiling_dbtp`, a limiter takes the peaks off, and the gain is corrected for what that
    takes off the loudness; the sound is heard once more for each attempt, six times at most.

    Args:
        target_lufs: the loudness.
        ceiling_dbtp: the greatest true peak, relative to full scale.
        most_limiting_db: peaks are lowered by no more; a sound with greater ones stays quieter than
            the target.
        most_gain_db: the sound is not raised by more, however quiet it is.
    """

    name: ClassVar[str] = "loudness_normalisation"

    target_lufs: float = -23.0
    ceiling_dbtp: float = -1.0
    most_limiting_db: float = 12.0
    most_gain_db: float = 40.0

    def __post_init__(self) -> None:
        require_within("target_lufs", self.target_lufs, -70, 0)
        require_within("ceiling_dbtp", self.ceiling_dbtp, -60, 20)
        require_within("most_limiting_db", self.most_limiting_db, 0, 60)
        require_within("most_gain_db", self.most_gain_db, 0, 200)

    def survey(self, sound: SoundFormat) -> Survey:
        """Begin to listen."""
        return _LoudnessSurvey(self, sound)


class _LoudnessSurvey(Survey):
    """First pass: loudness and true peak. Later ones: the loudness behind the limiter."""

    def __init__(self, stage: LoudnessNormalisation, sound: SoundFormat) -> None:
        self._stage, self._sound = stage, sound
        self._meter = self._new_meter()
        self._peak_meter: TruePeakMeter | None = TruePeakMeter(
            sample_rate_hz=sound.sample_rate_hz, channels=sound.channels
        )
        self._limiter: Processor | None = None
        self._before_lufs: float | None = None
        self._gain_db = self._most_gain_db = self._room_db = 0.0
        self._trials: list[tuple[float, float]] = []  # gain in dB, loudness in LUFS

    def push(self, block: Samples) -> None:
        if self._limiter is not None:
            block = self._limiter.push(block)
        self._hear(block)

    def end_pass(self) -> bool:
        if self._peak_meter is not None:
            return self._end_first_pass(self._peak_meter)
        assert self._limiter is not None
        self._hear(self._limiter.finish())
        loudness = self._meter.result()
        self._trials.append((self._gain_db, -np.inf if loudness is None else loudness))
        if len(self._trials) == _MOST_TRIALS or not self._correct():
            return False
        self._begin_trial()
        return True

    def settle(self) -> Treatment:
        if self._limiter is not None:
            return self._limiting()
        return Gain(amplitude(self._gain_db))

    def figures(self) -> Figures:
        if self._before_lufs is None:
            return {"loudness": "none: the sound is silent"}
        after_lufs = self._trials[-1][1] if self._trials else self._before_lufs + self._gain_db
        return {
            "loudness_before_lufs": self._before_lufs,
            "gain_db": self._gain_db,
            "loudness_after_lufs": float(after_lufs),
        }

    def _end_first_pass(self, peak_meter: TruePeakMeter) -> bool:
        self._before_lufs = self._meter.result()
        peak_db = level_db(peak_meter.result())
        self._peak_meter = None
        if self._before_lufs is None or peak_db is None:
            self._before_lufs = None
            return False
        self._room_db = room_db = self._stage.ceiling_dbtp - MARGIN_DB - peak_db
        self._most_gain_db = min(self._stage.most_gain_db, room_db + self._stage.most_limiting_db)
        self._gain_db = min(self._stage.target_lufs - self._before_lufs, self._most_gain_db)
        if self._gain_db <= room_db:
            return False
        self._begin_trial()
        return True

    def _begin_trial(self) -> None:
        self._meter = self._new_meter()
        self._limiter = self._limiting().start(self._sound)

    def _correct(self) -> bool:
        """Change the gain by a step of the secant method; tell whether to try again."""
        gain_db, loudness = self._trials[-1]
        missing = self._stage.target_lufs - loudness
        if abs(missing) < _NEAR_ENOUGH_LU or not np.isfinite(missing):
            return False
        if len(self._trials) > 1:
            before_db, before_lufs = self._trials[-2]
            slope = (loudness - before_lufs) / (gain_db - before_db)
        else:  # what the limiter takes off grows about as the square of what is over
            slope = 1 - 2 * missing / (gain_db - self._room_db)
        self._gain_db = min(
            gain_db + missing / float(np.clip(slope, _LEAST_SLOPE, 1)), self._most_gain_db
        )
        return abs(self._gain_db - gain_db) > _NEAR_ENOUGH_LU / 10

    def _limiting(self) -> TruePeakLimiting:
        return TruePeakLimiting(
            ceiling_dbtp=self._stage.ceiling_dbtp,
            lookahead_ms=5.0,
            release_ms=100.0,
            gain=amplitude(self._gain_db),
        )

    def _hear(self, block: Samples) -> None:
        if not block.size:
            return
        frames = block.T.astype(np.float32)
        self._meter.push(frames)
        if self._peak_meter is not None:
            self._peak_meter.push(frames)

    def _new_meter(self) -> LoudnessMeter:
        return LoudnessMeter(
            sample_rate_hz=self._sound.sample_rate_hz, channels=self._sound.channels
        )
