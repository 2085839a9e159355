"""Keeping the true peak of a sound under a ceiling. Axes: C channels, T sample frames.

A first pass over the sound takes off what stands above the ceiling, at the samples and between
them; as its gain moves, what lies between the samples afterwards is not quite what was foreseen, so
a second pass, alike, takes off the rest, a few hundredths of a dB.
"""

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from kikimimi.cleaning.between_samples import PeakFinder
from kikimimi.cleaning.contract import Figures, Processor, Samples, SoundFormat, Treatment
from kikimimi.cleaning.decibels import amplitude
from kikimimi.cleaning.envelopes import LookAhead, Values, smoothing_factor

_DB_PER_NEPER = 20 / np.log(10)
MARGIN_DB = 0.25
"""Covers the error of the interpolation, measured on real sounds with much right under half their
rate (0.18 dB at most), and what the second pass leaves."""


@dataclass(frozen=True, slots=True)
class TruePeakLimiting(Treatment):
    """Multiplies by `gain`, then limits.

    Args:
        ceiling_dbtp: the greatest true peak, relative to full scale.
        lookahead_ms: how long before a peak the gain begins to fall.
        release_ms: time constant with which it rises again.
        gain: factor before that.
    """

    is_light: ClassVar[bool] = False

    ceiling_dbtp: float
    lookahead_ms: float
    release_ms: float
    gain: float = 1.0

    def start(self, sound: SoundFormat) -> Processor:
        """Begin with a sound."""
        return _TwoPasses(self, sound)


class _TwoPasses(Processor):
    def __init__(self, settings: TruePeakLimiting, sound: SoundFormat) -> None:
        self._gain = settings.gain
        self._passes = [_Limiter(settings, sound) for _ in range(2)]

    def push(self, block: Samples) -> Samples:
        if self._gain != 1:
            block = block * self._gain
        for limiter in self._passes:
            block = limiter.push(block)
        return block

    def finish(self) -> Samples:
        first, second = self._passes
        return np.concatenate([second.push(first.finish()), second.finish()], axis=1)

    def figures(self) -> Figures:
        return {"greatest_reduction_db": sum(limiter.greatest_db for limiter in self._passes)}


class _Limiter:
    """One pass; what comes out is as long as what went in."""

    def __init__(self, settings: TruePeakLimiting, sound: SoundFormat) -> None:
        rate_hz = sound.sample_rate_hz
        self._ceiling = amplitude(settings.ceiling_dbtp - MARGIN_DB)
        self._finder = PeakFinder(
            sample_rate_hz=rate_hz, channels=sound.channels, ceiling=self._ceiling
        )
        lookahead = max(1, round(settings.lookahead_ms / 1000 * rate_hz))
        release = smoothing_factor(settings.release_ms / 1000, rate_hz)
        self._envelope = LookAhead(frames=lookahead, release_factor=release)
        self._channels = sound.channels
        self._last_between = 0.0
        self._delayed = np.zeros((sound.channels, 0))
        self._frames_in = self._frames_out = 0
        self._skip = lookahead
        self.greatest_db = 0.0

    def push(self, block: Samples) -> Samples:
        """Take the next frames (C, T) and give what is ready."""
        self._frames_in += block.shape[1]
        return self._limited(block)

    def finish(self) -> Samples:
        """Give the rest."""
        padding = self._finder.delay + self._envelope.frames
        rest = self._limited(np.zeros((self._channels, padding)))
        return rest[:, : rest.shape[1] - max(0, self._frames_out - self._frames_in)]

    def _limited(self, block: Samples) -> Samples:
        reductions = self._envelope.push(self._reductions(block))
        self._delayed = np.concatenate([self._delayed, block], axis=1)
        # The first values stand for what lies before the sound.
        skipped = min(self._skip, len(reductions))
        self._skip -= skipped
        reductions = reductions[skipped:]
        ready, self._delayed = np.split(self._delayed, [len(reductions)], axis=1)
        self._frames_out += len(reductions)
        if not reductions.any():
            return ready
        self.greatest_db = max(self.greatest_db, float(reductions.max()))
        return ready * np.exp(reductions / -_DB_PER_NEPER)

    def _reductions(self, block: Samples) -> Values:
        """What must come off each sample whose neighbours have come, in dB."""
        between = self._finder.push(block)
        if not between.size or not (self._last_between or between.any()):
            return between
        # A peak between two samples is taken off both.
        peaks = np.maximum(between, np.concatenate([[self._last_between], between[:-1]]))
        self._last_between = float(between[-1])
        return _DB_PER_NEPER * np.log(np.maximum(peaks / self._ceiling, 1))
