"""Fading in and out, so that a sound begins and ends without a click.

Axes: C channels, T sample frames.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from kikimimi.audio.augment.recipe import require
from kikimimi.cleaning.checks import require_within
from kikimimi.cleaning.contract import (
    Processor,
    Samples,
    SoundFormat,
    StreamingStage,
    no_samples,
)
from kikimimi.cleaning.registry import register
from kikimimi.names import suggestion

_Curve = NDArray[np.float64]


def _linear(position: _Curve) -> _Curve:
    return position


def _cosine(position: _Curve) -> _Curve:
    return 0.5 - 0.5 * np.cos(np.pi * position)


def _equal_power(position: _Curve) -> _Curve:
    return np.sin(0.5 * np.pi * position)


_SHAPES: dict[str, Callable[[_Curve], _Curve]] = {
    "linear": _linear,
    "cosine": _cosine,
    "equal_power": _equal_power,
}


@register
@dataclass(frozen=True, slots=True)
class Fades(StreamingStage):
    """Gains that rise from 0 over `in_s` seconds and fall to 0 over `out_s`.

    Gain n of N of a fade-in is that of the position n / N; a fade-out is its mirror. Fades that are
    longer than the sound together become shorter in proportion. Shapes: linear, cosine (half a
    period, no corners), equal_power (a quarter of a sine).
    """

    name: ClassVar[str] = "fades"
    is_light: ClassVar[bool] = True

    in_s: float = 0.01
    out_s: float = 0.01
    shape: str = "cosine"

    def __post_init__(self) -> None:
        require_within("in_s", self.in_s, 0, 60)
        require_within("out_s", self.out_s, 0, 60)
        require(
            self.shape in _SHAPES,
            f"there is no shape '{self.shape}'; {suggestion(self.shape, _SHAPES)}",
        )

    def start(self, sound: SoundFormat) -> Processor:
        """Begin with a sound."""
        rate_hz = sound.sample_rate_hz
        lengths = round(self.in_s * rate_hz), round(self.out_s * rate_hz)
        return _Fader(sound, *lengths, _SHAPES[self.shape])


class _Fader(Processor):
    """Holds back as much as both fades are long, until it is known that the sound is longer."""

    def __init__(
        self, sound: SoundFormat, rising: int, falling: int, shape: Callable[[_Curve], _Curve]
    ) -> None:
        self._rising, self._falling, self._shape = rising, falling, shape
        self._held = no_samples(sound.channels)
        self._began = False

    def push(self, block: Samples) -> Samples:
        self._held = np.concatenate([self._held, block], axis=1)
        count = self._held.shape[1]
        if not self._began and count < self._rising + self._falling:
            return self._held[:, :0]
        self._fade_in()
        ready, self._held = np.split(self._held, [count - self._falling], axis=1)
        return ready

    def finish(self) -> Samples:
        if not self._began:
            share = self._held.shape[1] / max(1, self._rising + self._falling)
            self._rising = round(share * self._rising)
            self._falling = self._held.shape[1] - self._rising
            self._fade_in()
        if self._falling:
            self._held[:, -self._falling :] *= self._curve(self._falling)[::-1]
        return self._held

    def _fade_in(self) -> None:
        if not self._began:
            self._held[:, : self._rising] *= self._curve(self._rising)
            self._began = True

    def _curve(self, count: int) -> _Curve:
        return self._shape(np.arange(count) / max(1, count))
