"""A belt-driven ventilation fan. B blades, T samples."""

from dataclasses import dataclass
from typing import ClassVar, Self

import numpy as np

from kikimimi.audio.synthesis.machinery.machine import Machine
from kikimimi.audio.synthesis.machinery.operation import Operation
from kikimimi.audio.synthesis.machinery.parts.bearing import Bearing
from kikimimi.audio.synthesis.machinery.parts.belt import Belt
from kikimimi.audio.synthesis.machinery.parts.motor import motor_hum
from kikimimi.audio.synthesis.machinery.parts.shaft import (
    imbalance_force,
    orders,
    per_revolution,
    shaft_angle,
)
from kikimimi.audio.synthesis.machinery.parts.structure import Structure
from kikimimi.audio.synthesis.noise import shaped
from kikimimi.audio.synthesis.timebase import Samples

_ROTOR_KG = 1.2
_HIGHEST_ORDER = 80
_FLOW_EXPONENT = 2.5
"""Sound power of a fan goes with the fifth power of its speed: 50 dB for a tenfold speed."""
_HUM_LEVEL = 0.05


@dataclass(frozen=True, slots=True)
class Fan(Machine):
    """Blades that cut the air, the flow behind them, a belt, two bearings and a motor.

    Attributes:
        blades: number of blades B.
        lift: relative lift of each blade (B,); no two are alike.
        flow_corner_hz: where the spectrum of the flow begins to fall, at nominal speed.
    """

    blades: int
    lift: tuple[float, ...]
    flow_corner_hz: float
    structure: Structure
    bearing: Bearing
    belt: Belt

    name: ClassVar[str] = "fan"
    faults: ClassVar[tuple[str, ...]] = ("imbalance", "bearing", "belt_slip")
    nominal_hz: ClassVar[float] = 24.0

    @classmethod
    def build(cls, rng: np.random.Generator) -> Self:
        """Build a fan of 6 to 9 blades."""
        blades = int(rng.integers(6, 10))
        return cls(
            blades=blades,
            lift=tuple(map(float, rng.normal(1.0, 0.05, blades))),
            flow_corner_hz=float(rng.uniform(350, 600)),
            structure=Structure.build(rng, mount_hz=9.0, low_hz=160, high_hz=3500),
            bearing=Bearing.build(rng, balls=9, ball_mm=7.9, pitch_mm=38.5),
            belt=Belt.build(rng),
        )

    def _sound(self, rng: np.random.Generator, operation: Operation) -> Samples:
        duration_s, load = operation.duration_s, operation.load
        set_hz = self.nominal_hz * operation.speed
        friction = operation.measure("belt_slip")
        demand = self.belt.demand(rng, duration_s, shaft_hz=set_hz, load=load)
        speed_hz = set_hz * (1 - self.belt.slip(demand, friction=friction))
        angle = shaft_angle(rng, speed_hz, duration_s)
        pull = imbalance_force(operation.measure("imbalance"), set_hz, angle, mass_kg=_ROTOR_KG)
        sound = self._air(rng, angle, operation)
        sound += self.structure.radiate(pull)
        sound += self.bearing.sound(rng, angle, spall_mm=operation.measure("bearing"), load=load)
        sound += self.belt.squeal(rng, demand, friction=friction)
        return sound + _HUM_LEVEL * motor_hum(rng, duration_s, load=load)

    def blade_pass(self, angle: Samples, *, load: float) -> Samples:
        """The sound (T,) of the blades past the scroll's tongue: orders of B, and few others."""
        places = np.arange(_HIGHEST_ORDER)
        spacing = 2 * np.pi * np.arange(self.blades) / self.blades
        around = np.exp(-1j * np.outer(places, spacing)) @ np.array(self.lift)
        fall = np.exp(-places / (2.2 * self.blades))
        fall[0] = 0.0
        amplitudes = np.abs(around) / self.blades * fall * (0.4 + 0.6 * load)
        return per_revolution(orders(amplitudes, np.angle(around)), angle)

    def _air(self, rng: np.random.Generator, angle: Samples, operation: Operation) -> Samples:
        corner_hz = self.flow_corner_hz * operation.speed
        spectrum = (
            (40, -8.0), (corner_hz / 3, -1.0), (corner_hz, 0.0),
            (4 * corner_hz, -14.0), (16 * corner_hz, -34.0),
        )  # fmt: skip
        flow = shaped(rng, operation.duration_s, spectrum)
        cut = 1 + 0.25 * np.cos(self.blades * angle)
        tones = self.blade_pass(angle, load=operation.load)
        return operation.speed**_FLOW_EXPONENT * (0.5 * cut * flow + 0.8 * tones)
