"""Keeping a sound under a ceiling, between its samples too."""

from dataclasses import dataclass
from typing import ClassVar

from kikimimi.cleaning.checks import require_within
from kikimimi.cleaning.contract import Processor, SoundFormat, StreamingStage
from kikimimi.cleaning.decibels import amplitude
from kikimimi.cleaning.registry import register
from kikimimi.cleaning.true_peak_limiting import TruePeakLimiting


@register
@dataclass(frozen=True, slots=True)
class Limiter(StreamingStage):
    """A look-ahead limiter for the true peak of ITU-R BS.1770-4, annex 2.

    Args:
        ceiling_dbtp: the greatest true peak, relative to full scale.
        lookahead_ms: how long before a peak the gain begins to fall.
        release_ms: time constant with which it rises again.
        gain_db: gain before the limiter.
    """

    name: ClassVar[str] = "limiter"

    ceiling_dbtp: float = -1.0
    lookahead_ms: float = 5.0
    release_ms: float = 100.0
    gain_db: float = 0.0

    def __post_init__(self) -> None:
        require_within("ceiling_dbtp", self.ceiling_dbtp, -60, 20)
        require_within("lookahead_ms", self.lookahead_ms, 0.5, 100)
        require_within("release_ms", self.release_ms, 1, 10000)
        require_within("gain_db", self.gain_db, -60, 60)

    def start(self, sound: SoundFormat) -> Processor:
        """Begin with a sound."""
        return TruePeakLimiting(
            ceiling_dbtp=self.ceiling_dbtp,
            lookahead_ms=self.lookahead_ms,
            release_ms=self.release_ms,
            gain=amplitude(self.gain_db),
        ).start(sound)
