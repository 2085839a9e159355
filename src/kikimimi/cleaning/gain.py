"""One gain for all of a sound. Axes: C channels, T sample frames."""

from dataclasses import dataclass
from typing import ClassVar

from kikimimi.cleaning.contract import Processor, Samples, SoundFormat, Treatment, Unchanged


@dataclass(frozen=True, slots=True)
class Gain(Treatment):
    """Multiplies by `factor`."""

    is_light: ClassVar[bool] = True

    factor: float

    def start(self, sound: SoundFormat) -> Processor:
        """Begin with a sound."""
        return Unchanged(sound) if self.factor == 1 else _Amplifier(sound, self.factor)


class _Amplifier(Unchanged):
    def __init__(self, sound: SoundFormat, factor: float) -> None:
        super().__init__(sound)
        self._factor = factor

    def push(self, block: Samples) -> Samples:
        """Amplify the next frames."""
        return block * self._factor
