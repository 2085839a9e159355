"""A carriage that a motor pulls to and fro on a rail. T samples."""

from dataclasses import dataclass
from typing import ClassVar, Self

import numpy as np

from kikimimi.audio.synthesis.filters import bandpass
from kikimimi.audio.synthesis.machinery.machine import Machine
from kikimimi.audio.synthesis.machinery.operation import Operation
from kikimimi.audio.synthesis.machinery.parts.bearing import Bearing
from kikimimi.audio.synthesis.machinery.parts.belt import Belt
from kikimimi.audio.synthesis.machinery.parts.shaft import orders, per_revolution
from kikimimi.audio.synthesis.machinery.parts.structure import Structure
from kikimimi.audio.synthesis.noise import shaped
from kikimimi.audio.synthesis.timebase import SAMPLE_RATE_HZ, Samples, time_axis

_PULLEY_HZ = 18.0
"""Revolutions of the pulley in a second at full speed of the carriage."""
_RAMP_SHARE = 0.18
_REST_SHARE = 0.08
_HIGHEST_ORDER = 90
_RAIL_LEVEL = 0.35
_TEETH_LEVEL = 0.5
_JERK_N = 3.0
_CRUISING = 0.45
_HURRYING = 0.7
"""Shares of the torque that moving and accelerating the carriage need."""


@dataclass(frozen=True, slots=True)
class Slider(Machine):
    """A toothed belt on a pulley, balls that run round in a rail, jerks where the carriage turns.

    The motor turns the pulley through a friction belt, which is the one that may slip.

    Attributes:
        teeth: of the pulley.
        tooth_gain: (3,) levels of the first orders of the teeth.
    """

    teeth: int
    tooth_gain: tuple[float, ...]
    structure: Structure
    bearing: Bearing
    belt: Belt

    name: ClassVar[str] = "slider"
    faults: ClassVar[tuple[str, ...]] = ("bearing", "belt_slip")
    nominal_hz: ClassVar[float] = 0.6

    @classmethod
    def build(cls, rng: np.random.Generator) -> Self:
        """Build a slider with a pulley of 18 to 24 teeth."""
        return cls(
            teeth=int(rng.integers(18, 25)),
            tooth_gain=tuple(map(float, rng.uniform(0.3, 1.0, 3) / np.array([1, 2, 3]))),
            structure=Structure.build(rng, mount_hz=22.0, low_hz=260, high_hz=4200),
            bearing=Bearing.build(rng, balls=7, ball_mm=4.0, pitch_mm=19.5),
            belt=Belt.build(rng),
        )

    def _sound(self, rng: np.random.Generator, operation: Operation) -> Samples:
        duration_s, load = operation.duration_s, operation.load
        pace = self.pace(rng, operation)
        hurries = np.abs(np.gradient(pace)) > 0
        friction = operation.measure("belt_slip")
        top_hz = _PULLEY_HZ * operation.speed
        needed = self.belt.demand(rng, duration_s, shaft_hz=top_hz, load=load)
        demand = needed * (_CRUISING * np.abs(pace) + _HURRYING * hurries)
        slip = self.belt.slip(demand, friction=friction)
        rolling_hz = top_hz * np.abs(pace) * (1 - slip)
        angle = rng.uniform(0, 2 * np.pi) + np.cumsum(rolling_hz) * 2 * np.pi / SAMPLE_RATE_HZ
        sound = self._teeth(angle, np.abs(pace)) + self._rail(rng, np.abs(pace), operation)
        sound += self.structure.radiate(_JERK_N * (0.6 + 0.8 * load) * _jerks(pace, operation))
        sound += self.bearing.sound(rng, angle, spall_mm=operation.measure("bearing"), load=load)
        return sound + self.belt.squeal(rng, demand, friction=friction)

    def pace(self, rng: np.random.Generator, operation: Operation) -> Samples:
        """The carriage's speed (T,), -1 to 1: up, along, down, a rest, and the same way back."""
        cycle = time_axis(operation.duration_s) * self.nominal_hz * operation.speed
        stroke = 2 * (cycle + rng.uniform(0, 1))
        inside = (stroke % 1.0) / (1 - _REST_SHARE)
        trapeze = np.clip(np.minimum(inside, 1 - inside) / _RAMP_SHARE, 0, 1)
        return np.where(np.floor(stroke) % 2 == 0, trapeze, -trapeze)

    def _teeth(self, angle: Samples, pace: Samples) -> Samples:
        amplitudes = np.zeros(_HIGHEST_ORDER)
        for number, gain in enumerate(self.tooth_gain, start=1):
            amplitudes[number * self.teeth] = gain
        mesh = per_revolution(orders(amplitudes, np.zeros(_HIGHEST_ORDER)), angle)
        return _TEETH_LEVEL * pace**1.5 * mesh

    def _rail(self, rng: np.random.Generator, pace: Samples, operation: Operation) -> Samples:
        roll = shaped(
            rng, operation.duration_s, ((150, -8.0), (900, 0.0), (3500, -6.0), (11000, -28.0))
        )
        scrape = bandpass(roll, 1800, 4200)
        force = 0.7 + 0.6 * operation.load
        moving = operation.speed * pace
        return _RAIL_LEVEL * force * moving * (roll + 0.5 * moving * scrape)


def _jerks(pace: Samples, operation: Operation) -> Samples:
    """Changes of acceleration (T,), of about 1 each at nominal speed: they shake the frame."""
    acceleration = np.gradient(pace)
    steps = np.diff(acceleration, prepend=acceleration[0])
    scale = np.abs(steps).max()
    return operation.speed**2 * steps / scale if scale > 0 else steps
