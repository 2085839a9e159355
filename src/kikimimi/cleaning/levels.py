"""What a stage did to a sound, told from what went in and what came out.

Axes: C channels, T sample frames.
"""

import math
from collections import deque
from dataclasses import dataclass

import numpy as np

from kikimimi.cleaning.contract import Figures, Processor, Samples, SoundFormat, Treatment
from kikimimi.cleaning.decibels import level_db


@dataclass(frozen=True, slots=True)
class StageReport:
    """What one stage of a chain did.

    Levels are in dB relative to full scale; None for digital silence. `difference_db` is the level
    of what was taken away or added, None where nothing was or where the stage moves samples in
    time. `figures` are the stage's own: what it found in the sound and what it did.
    """

    name: str
    bypassed: bool = False
    frames_in: int = 0
    frames_out: int = 0
    rms_in_db: float | None = None
    rms_out_db: float | None = None
    peak_in_db: float | None = None
    peak_out_db: float | None = None
    difference_db: float | None = None
    figures: Figures | None = None

    @property
    def changed(self) -> bool:
        """Whether the stage changed anything of the sound."""
        moved = self.frames_in != self.frames_out
        return not self.bypassed and (moved or self.difference_db is not None)


class LevelMeter:
    """Peak and power of a sound."""

    def __init__(self) -> None:
        self.frames = 0
        self._values = 0
        self._peak = 0.0
        self._energy = 0.0

    def push(self, block: Samples) -> None:
        """Hear the next frames (C, T)."""
        if not block.size:
            return
        self.frames += block.shape[1]
        self._values += block.size
        self._peak = max(self._peak, float(block.max()), -float(block.min()))
        self._energy += float(np.vdot(block, block))

    @property
    def peak_db(self) -> float | None:
        """The greatest sample of any channel."""
        return level_db(self._peak)

    @property
    def rms_db(self) -> float | None:
        """Root of the mean power over all channels."""
        return level_db(math.sqrt(self._energy / self._values)) if self._values else None


class Monitor:
    """A stage at work, with meters before and behind it.

    Args:
        treatment: what the stage does.
        sound: the sound.
        before: the meter behind the stage before, which hears the same; None for the first one.
    """

    def __init__(
        self, treatment: Treatment, sound: SoundFormat, *, before: LevelMeter | None
    ) -> None:
        self._processor: Processor = treatment.start(sound)
        self._keeps_length = treatment.keeps_length
        self._is_first = before is None
        self._before = before or LevelMeter()
        self.behind = LevelMeter()
        self._difference = _DifferenceMeter()

    def push(self, block: Samples) -> Samples:
        """Hand a block on to the stage."""
        if self._is_first:
            self._before.push(block)
        if self._keeps_length:
            self._difference.push_before(block)
        return self._heard(self._processor.push(block))

    def finish(self) -> Samples:
        """Let the stage give out the rest."""
        return self._heard(self._processor.finish())

    def report(self, name: str, found: Figures) -> StageReport:
        """What happened, after `finish`."""
        return StageReport(
            name=name,
            frames_in=self._before.frames,
            frames_out=self.behind.frames,
            rms_in_db=self._before.rms_db,
            rms_out_db=self.behind.rms_db,
            peak_in_db=self._before.peak_db,
            peak_out_db=self.behind.peak_db,
            difference_db=self._difference.rms_db,
            figures={**found, **self._processor.figures()},
        )

    def _heard(self, block: Samples) -> Samples:
        self.behind.push(block)
        if self._keeps_length:
            self._difference.push_behind(block)
        return block


class _DifferenceMeter:
    """Power of what comes out of a stage less what went in, sample by sample."""

    def __init__(self) -> None:
        self._waiting: deque[Samples] = deque()
        self._energy = 0.0
        self._values = 0

    def push_before(self, block: Samples) -> None:
        """Remember the next frames (C, T) that go in."""
        if block.size:
            self._waiting.append(block)

    def push_behind(self, block: Samples) -> None:
        """Compare the next frames (C, T) that come out."""
        position = 0
        while self._waiting and position < block.shape[1]:
            before = self._waiting.popleft()
            count = min(before.shape[1], block.shape[1] - position)
            after = block[:, position : position + count]
            difference = after - before[:, :count]
            self._energy += float(np.vdot(difference, difference))
            self._values += after.size
            if count < before.shape[1]:
                self._waiting.appendleft(before[:, count:])
            position += count

    @property
    def rms_db(self) -> float | None:
        """Level over all channels, None for no difference."""
        return level_db(math.sqrt(self._energy / self._values)) if self._values else None
