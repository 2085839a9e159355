"""Taking out a constant offset, which cheap recorders add. Axes: C channels, T sample frames."""

from dataclasses import dataclass
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

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
from kikimimi.cleaning.registry import register


@register
@dataclass(frozen=True, slots=True)
class DcRemoval(SurveyingStage):
    """Subtracts from each channel the mean of all its samples.

    An offset that drifts is a matter for the high pass.
    """

    name: ClassVar[str] = "dc_removal"

    def survey(self, sound: SoundFormat) -> Survey:
        """Begin to listen."""
        return _OffsetSurvey(sound)


class _OffsetSurvey(Survey):
    def __init__(self, sound: SoundFormat) -> None:
        self._sums = np.zeros(sound.channels)
        self._frames = 0

    def push(self, block: Samples) -> None:
        self._sums += block.sum(axis=1)
        self._frames += block.shape[1]

    def settle(self) -> Treatment:
        return _Offset(tuple(-self._means()))

    def figures(self) -> Figures:
        means = self._means()
        return {"offset": float(means[np.argmax(np.abs(means))])}

    def _means(self) -> NDArray[np.float64]:
        return self._sums / max(1, self._frames)


@dataclass(frozen=True, slots=True)
class _Offset(Treatment):
    """Adds one number to each channel."""

    is_light: ClassVar[bool] = True

    offsets: tuple[float, ...]

    def start(self, sound: SoundFormat) -> Processor:
        return _Adder(sound, np.array(self.offsets)) if any(self.offsets) else Unchanged(sound)


class _Adder(Unchanged):
    def __init__(self, sound: SoundFormat, offsets: NDArray[np.float64]) -> None:
        super().__init__(sound)
        self._offsets = offsets[:, None]

    def push(self, block: Samples) -> Samples:
        return block + self._offsets
