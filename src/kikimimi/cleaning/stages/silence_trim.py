"""Cutting off what lies before and behind a sound. Axes: C channels, T sample frames."""

from dataclasses import dataclass
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from kikimimi.cleaning.checks import require_within
from kikimimi.cleaning.contract import (
    Figures,
    Processor,
    Samples,
    SoundFormat,
    Survey,
    SurveyingStage,
    Treatment,
    no_samples,
)
from kikimimi.cleaning.decibels import amplitude
from kikimimi.cleaning.registry import register

_CELL_S = 0.005


@register
@dataclass(frozen=True, slots=True)
class SilenceTrim(SurveyingStage):
    """Cuts a sound before its first and behind its last audible cell of 5 ms; pauses stay.

    A cell is audible when its root mean square, of the loudest channel, is no more than
    `threshold_db` (negative) under that of the loudest cell. Digital silence is left as it is.

    Args:
        threshold_db: what is audible, relative to the loudest cell.
        keep_before_s: what is kept before the first audible cell.
        keep_after_s: what is kept behind the last one.
    """

    name: ClassVar[str] = "silence_trim"

    threshold_db: float = -50.0
    keep_before_s: float = 0.05
    keep_after_s: float = 0.2

    def __post_init__(self) -> None:
        require_within("threshold_db", self.threshold_db, -150, 0)
        require_within("keep_before_s", self.keep_before_s, 0, 600)
        require_within("keep_after_s", self.keep_after_s, 0, 600)

    def survey(self, sound: SoundFormat) -> Survey:
        """Begin to listen."""
        return _TrimSurvey(self, sound)


class _TrimSurvey(Survey):
    """Memory: 800 bytes for each second of sound."""

    def __init__(self, stage: SilenceTrim, sound: SoundFormat) -> None:
        self._stage = stage
        self._rate_hz = sound.sample_rate_hz
        self._cell = max(1, round(_CELL_S * sound.sample_rate_hz))
        self._held = no_samples(sound.channels)
        self._frames = 0
        self._powers: list[NDArray[np.float32]] = []
        self._start = self._end = 0

    def push(self, block: Samples) -> None:
        self._frames += block.shape[1]
        samples = np.concatenate([self._held, block], axis=1)
        whole = samples.shape[1] - samples.shape[1] % self._cell
        self._hear(samples[:, :whole])
        self._held = samples[:, whole:].copy()

    def end_pass(self) -> bool:
        missing = -self._held.shape[1] % self._cell
        self._hear(np.pad(self._held, ((0, 0), (0, missing))))
        powers = np.concatenate(self._powers)
        threshold = powers.max(initial=0) * amplitude(self._stage.threshold_db) ** 2
        audible = np.flatnonzero((powers >= threshold) & (powers > 0))
        self._end = self._frames
        if len(audible):
            before = round(self._stage.keep_before_s * self._rate_hz)
            after = round(self._stage.keep_after_s * self._rate_hz)
            self._start = max(0, int(audible[0]) * self._cell - before)
            self._end = min(self._frames, int(audible[-1] + 1) * self._cell + after)
        return False

    def settle(self) -> Treatment:
        return _Cut(self._start, self._end)

    def figures(self) -> Figures:
        return {
            "cut_before_s": self._start / self._rate_hz,
            "cut_after_s": (self._frames - self._end) / self._rate_hz,
        }

    def _hear(self, samples: Samples) -> None:
        """Take whole cells."""
        cells = samples.reshape(len(samples), -1, self._cell)
        powers = np.einsum("cnt,cnt->cn", cells, cells).max(axis=0) / self._cell
        self._powers.append(powers.astype(np.float32))


@dataclass(frozen=True, slots=True)
class _Cut(Treatment):
    """Keeps the frames from `start` to before `end`."""

    is_light: ClassVar[bool] = True
    keeps_length: ClassVar[bool] = False

    start_frame: int
    end_frame: int

    def start(self, sound: SoundFormat) -> Processor:
        return _Cutter(self, sound)


class _Cutter(Processor):
    def __init__(self, cut: _Cut, sound: SoundFormat) -> None:
        self._cut, self._channels = cut, sound.channels
        self._position = 0

    def push(self, block: Samples) -> Samples:
        first = max(0, self._cut.start_frame - self._position)
        last = max(0, self._cut.end_frame - self._position)
        self._position += block.shape[1]
        return block[:, first:last]

    def finish(self) -> Samples:
        return no_samples(self._channels)
