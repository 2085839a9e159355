"""Making the loud parts of a sound less loud. Axes: C channels, T sample frames."""

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from kikimimi.cleaning.checks import require_within
from kikimimi.cleaning.contract import Figures, Processor, Samples, SoundFormat, StreamingStage
from kikimimi.cleaning.decibels import amplitude
from kikimimi.cleaning.envelopes import Attack, Release, Values, smoothing_factor
from kikimimi.cleaning.registry import register

_TINY = 1e-10
_DB_PER_NEPER = 20 / np.log(10)


@register
@dataclass(frozen=True, slots=True)
class Compressor(StreamingStage):
    """A feed-forward compressor with a soft knee and a decoupled peak detector in dB.

    Giannoulis, Massberg & Reiss, "Digital dynamic range compressor design", J. Audio Eng. Soc. 60
    (2012): gain computer of equation 4, level detection of equation 15 behind it, where it leaves
    no artefacts of the knee. The level is that of the loudest channel.

    Args:
        threshold_db: level from which on the sound is compressed, relative to full scale.
        ratio: dB at the input for each dB at the output above the threshold.
        attack_ms: time constant of a growing reduction.
        release_ms: time constant of a falling reduction.
        knee_db: width of the range around the threshold over which the ratio comes in.
        makeup_db: gain of the whole sound afterwards.
    """

    name: ClassVar[str] = "compressor"

    threshold_db: float = -24.0
    ratio: float = 3.0
    attack_ms: float = 10.0
    release_ms: float = 150.0
    knee_db: float = 6.0
    makeup_db: float = 0.0

    def __post_init__(self) -> None:
        require_within("threshold_db", self.threshold_db, -100, 20)
        require_within("ratio", self.ratio, 1, 1000)
        require_within("attack_ms", self.attack_ms, 0, 1000)
        require_within("release_ms", self.release_ms, 0, 10000)
        require_within("knee_db", self.knee_db, 0, 60)
        require_within("makeup_db", self.makeup_db, -60, 60)

    def start(self, sound: SoundFormat) -> Processor:
        """Begin with a sound."""
        return _Compressor(self, sound)

    def reductions(self, levels_db: Values) -> Values:
        """What the gain computer takes off levels in dB, any shape."""
        over = np.maximum(levels_db - (self.threshold_db - self.knee_db / 2), 0)
        slope = 1 - 1 / self.ratio
        if not self.knee_db:
            return slope * over
        return slope * np.where(
            over < self.knee_db, over**2 / (2 * self.knee_db), over - self.knee_db / 2
        )


class _Compressor(Processor):
    def __init__(self, stage: Compressor, sound: SoundFormat) -> None:
        rate_hz = sound.sample_rate_hz
        self._stage = stage
        self._channels = sound.channels
        self._release = Release(smoothing_factor(stage.release_ms / 1000, rate_hz))
        self._attack = Attack(smoothing_factor(stage.attack_ms / 1000, rate_hz))
        self._makeup = amplitude(stage.makeup_db)
        self._greatest_db = 0.0
        self._sum_db = 0.0
        self._frames = 0

    def push(self, block: Samples) -> Samples:
        if not block.shape[1]:
            return block
        levels_db = _DB_PER_NEPER * np.log(np.abs(block).max(axis=0) + _TINY)
        reductions = self._attack.push(self._release.push(self._stage.reductions(levels_db)))
        self._greatest_db = max(self._greatest_db, float(reductions.max()))
        self._sum_db += float(reductions.sum())
        self._frames += len(reductions)
        return block * (self._makeup * np.exp(reductions / -_DB_PER_NEPER))

    def finish(self) -> Samples:
        return np.zeros((self._channels, 0))

    def figures(self) -> Figures:
        return {
            "greatest_reduction_db": self._greatest_db,
            "mean_reduction_db": self._sum_db / max(1, self._frames),
        }
