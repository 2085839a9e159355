"""A pneumatic valve that a solenoid opens and shuts again and again. T samples."""

from dataclasses import dataclass
from typing import ClassVar, Self

import numpy as np

from kikimimi.audio.synthesis.machinery.machine import Machine
from kikimimi.audio.synthesis.machinery.operation import Operation
from kikimimi.audio.synthesis.machinery.parts.jet import jet_noise
from kikimimi.audio.synthesis.machinery.parts.shaft import tone
from kikimimi.audio.synthesis.machinery.parts.unrest import unrest
from kikimimi.audio.synthesis.mixing import add
from kikimimi.audio.synthesis.modal import struck
from kikimimi.audio.synthesis.oscillators import steady
from kikimimi.audio.synthesis.timebase import Samples, time_axis

_CLICK_S = 0.08
_EXHAUST_MM = 3.0
_EXHAUST_LEVEL = 0.02
_EMPTYING_TIMES = 8.0
_LEAK_LEVEL = 0.12
_BUZZ_LEVEL = 0.02
_CHOKED = 0.53
"""Outside over inside pressure below which the gas leaves at the speed of sound (air: 0.528)."""
_UNREST = 0.03


@dataclass(frozen=True, slots=True)
class Valve(Machine):
    """A plunger that strikes its stops, a chamber that empties, a coil that buzzes, and a seat.

    Attributes:
        modes_hz, t60_s: (M,) modes of the body that the plunger strikes, and how long they ring.
        open_gain, shut_gain: (M,) how strongly each is struck on opening and on shutting.
        open_share: part of a cycle that the valve is open.
        emptying_s: time constant of the chamber behind it, at load 0.5.
    """

    modes_hz: tuple[float, ...]
    t60_s: tuple[float, ...]
    open_gain: tuple[float, ...]
    shut_gain: tuple[float, ...]
    open_share: float
    emptying_s: float

    name: ClassVar[str] = "valve"
    faults: ClassVar[tuple[str, ...]] = ("leak",)
    nominal_hz: ClassVar[float] = 1.2

    @classmethod
    def build(cls, rng: np.random.Generator) -> Self:
        """Build a valve whose body and timing are drawn."""
        modes_hz = np.sort(np.exp(rng.uniform(np.log(700), np.log(7500), 9)))
        return cls(
            modes_hz=tuple(map(float, modes_hz)),
            t60_s=tuple(map(float, 0.05 * (700 / modes_hz) ** 0.4 * rng.uniform(0.7, 1.3, 9))),
            open_gain=tuple(map(float, rng.uniform(0.2, 1.0, 9))),
            shut_gain=tuple(map(float, rng.uniform(0.2, 1.0, 9))),
            open_share=float(rng.uniform(0.35, 0.5)),
            emptying_s=float(rng.uniform(0.035, 0.06)),
        )

    def _sound(self, rng: np.random.Generator, operation: Operation) -> Samples:
        duration_s = operation.duration_s
        opens_s, shuts_s = self.strokes(rng, operation)
        sound = np.zeros_like(time_axis(duration_s))
        force = 0.7 + 0.6 * operation.load
        for times_s, gains in ((opens_s, self.open_gain), (shuts_s, self.shut_gain)):
            click = struck(self.modes_hz, self.t60_s, gains, _CLICK_S)
            for at_s in times_s[(times_s >= 0) & (times_s < duration_s)]:
                add(sound, click, at_s, force * rng.uniform(0.9, 1.1))
        sound += self._exhaust(rng, opens_s, operation)
        sound += self._buzz(rng, opens_s, shuts_s, duration_s)
        pressure = 0.6 + 0.8 * operation.load
        breath = 0.9 + 0.2 * unrest(rng, duration_s, 5)
        leak = jet_noise(rng, duration_s, hole_mm=operation.measure("leak"))
        shut = 1 - _between(opens_s, shuts_s, duration_s)
        return sound + _LEAK_LEVEL * pressure * breath * shut * leak

    def strokes(self, rng: np.random.Generator, operation: Operation) -> tuple[Samples, Samples]:
        """The moments of opening and of shutting in seconds, those before the beginning too."""
        period_s = 1 / (self.nominal_hz * operation.speed)
        count = int(operation.duration_s / period_s) + 3
        jitter = _UNREST * period_s * rng.standard_normal((2, count))
        grid = period_s * (np.arange(count) - 1 - rng.uniform(0, 1))
        return grid + jitter[0] / 2, grid + self.open_share * period_s + jitter[1] / 2

    def _exhaust(self, rng: np.random.Generator, opens_s: Samples, operation: Operation) -> Samples:
        """The chamber empties: choked at first, then ever slower, with the eighth power of it."""
        duration_s = operation.duration_s
        start_bar = 2.0 + 4.0 * operation.load
        tau_s = self.emptying_s * (0.75 + 0.5 * operation.load)
        gauge = start_bar * np.exp(-time_axis(_EMPTYING_TIMES * tau_s) / tau_s)
        level = np.zeros_like(time_axis(duration_s))
        for at_s in opens_s[(opens_s >= 0) & (opens_s < duration_s)]:
            add(level, gauge * _flow_speed(gauge) ** 4, at_s)
        noise = jet_noise(rng, duration_s, hole_mm=_EXHAUST_MM)
        return _EXHAUST_LEVEL * level * noise

    def _buzz(
        self, rng: np.random.Generator, opens_s: Samples, shuts_s: Samples, duration_s: float
    ) -> Samples:
        coil = tone(steady(100.0, duration_s), (1.0, 0.6, 0.5, 0.3, 0.3, 0.2, 0.2, 0.1))
        return _BUZZ_LEVEL * _between(opens_s, shuts_s, duration_s) * coil


def _flow_speed(gauge_bar: Samples) -> Samples:
    """Speed of the gas relative to that of sound, 1 while choked: from the pressure over 1 bar."""
    ratio = 1 / (1 + gauge_bar)
    free = np.sqrt(np.maximum(1 - ratio, 0) / (1 - _CHOKED))
    return np.minimum(free, 1.0)


def _between(starts_s: Samples, ends_s: Samples, duration_s: float) -> Samples:
    """1 (T,) from each start to its end, 0 elsewhere."""
    time_s = time_axis(duration_s)
    begun = np.searchsorted(np.sort(starts_s), time_s, side="right")
    ended = np.searchsorted(np.sort(ends_s), time_s, side="right")
    return np.clip(begun - ended, 0, 1).astype(float)
