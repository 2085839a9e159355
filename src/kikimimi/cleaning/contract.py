"""What every stage of a cleaning chain keeps to.

Axes: C channels, T sample frames. Blocks are (C, T) float64, nominally in [-1, 1].

A stage is a frozen dataclass of its settings, so the same one may clean any number of sounds. Some
stages work as the sound comes (`StreamingStage`); others must hear all of it first, to find a noise
profile or a loudness (`SurveyingStage`), and then settle on a treatment that works as it comes.
"""

from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

Samples = NDArray[np.float64]
"""A block of sound, (C, T)."""

Figures = Mapping[str, float | str]
"""What a stage found or did: numbers with units in their names, or words."""


@dataclass(frozen=True, slots=True)
class SoundFormat:
    """What a stage knows of a sound before it hears it."""

    sample_rate_hz: int
    channels: int

    @property
    def nyquist_hz(self) -> float:
        """Half the sample rate."""
        return self.sample_rate_hz / 2


class Processor(ABC):
    """One sound on its way through one stage.

    What comes out, joined, does not depend on how the sound was cut into blocks, but for rounding,
    by less than 1e-6. All channels are treated alike: levels are those of the loudest channel or
    of all together, and one gain goes to all.
    """

    @abstractmethod
    def push(self, block: Samples) -> Samples:
        """Take the next frames (C, T), T >= 0, and give out what is ready (C, any).

        The block must not be changed, but may be given out again.
        """

    @abstractmethod
    def finish(self) -> Samples:
        """Give out what was held back, (C, any); nothing is pushed afterwards."""

    def figures(self) -> Figures:
        """What was done to the sound, after `finish`."""
        return {}


class Treatment(ABC):
    """Settings that are enough to begin with the first sample of a sound."""

    is_light: ClassVar[bool] = False
    """Whether doing it once more is cheaper than keeping what it gave on the disk."""
    keeps_length: ClassVar[bool] = True
    """Whether sample n of what comes out stands for sample n of what goes in."""

    @abstractmethod
    def start(self, sound: SoundFormat) -> Processor:
        """Begin with a sound.

        Raises:
            AudioError: a sound of that format cannot be treated.
        """


class Stage(ABC):
    """Base of all stages; a subclass is a frozen dataclass whose fields are the keys of a preset.

    Raises:
        ConfigError: on construction, if a value is impossible.
    """

    name: ClassVar[str]


class StreamingStage(Stage, Treatment):
    """A stage that needs no more than some look-ahead."""


class SurveyingStage(Stage):
    """A stage that hears the whole sound before it begins."""

    @abstractmethod
    def survey(self, sound: SoundFormat) -> "Survey":
        """Begin to listen.

        Raises:
            AudioError: a sound of that format cannot be treated.
        """


class Survey(ABC):
    """One sound on its way past a stage that makes up its mind."""

    @abstractmethod
    def push(self, block: Samples) -> None:
        """Hear the next frames (C, T); the block must not be changed."""

    def end_pass(self) -> bool:
        """The sound is over; tell whether it must be heard once more."""
        return False

    @abstractmethod
    def settle(self) -> Treatment:
        """What to do with this sound."""

    def figures(self) -> Figures:
        """What was found, after the last pass."""
        return {}


class Unchanged(Processor):
    """Gives out what comes in."""

    def __init__(self, sound: SoundFormat) -> None:
        self._channels = sound.channels

    def push(self, block: Samples) -> Samples:
        """Give the block back."""
        return block

    def finish(self) -> Samples:
        """Nothing was held back."""
        return no_samples(self._channels)


def no_samples(channels: int) -> Samples:
    """An empty block (C, 0)."""
    return np.zeros((channels, 0))
