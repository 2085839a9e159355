"""A centrifugal pump with a motor on its shaft. V vanes, T samples."""

from dataclasses import dataclass
from typing import ClassVar, Self

import numpy as np

from kikimimi.audio.synthesis.filters import resonate
from kikimimi.audio.synthesis.machinery.machine import Machine
from kikimimi.audio.synthesis.machinery.operation import Operation
from kikimimi.audio.synthesis.machinery.parts.bearing import Bearing
from kikimimi.audio.synthesis.machinery.parts.jet import jet_noise
from kikimimi.audio.synthesis.machinery.parts.motor import motor_hum
from kikimimi.audio.synthesis.machinery.parts.shaft import (
    imbalance_force,
    orders,
    per_revolution,
    shaft_angle,
)
from kikimimi.audio.synthesis.machinery.parts.structure import Structure
from kikimimi.audio.synthesis.machinery.parts.unrest import unrest
from kikimimi.audio.synthesis.noise import shaped
from kikimimi.audio.synthesis.timebase import Samples

_ROTOR_KG = 0.3
_HIGHEST_ORDER = 48
_BEST_LOAD = 0.7
"""Delivery of best efficiency; away from it the flow meets the vanes at a wrong angle."""
_HUM_LEVEL = 0.08
_LEAK_LEVEL = 0.35


@dataclass(frozen=True, slots=True)
class Pump(Machine):
    """Vanes past the tongue of the casing, turbulent water in a pipe, bearings, a shaft seal.

    Attributes:
        vanes: number of vanes V.
        thrust: relative thrust of each vane (V,).
        pipe_hz: lowest resonances of the pipe.
    """

    vanes: int
    thrust: tuple[float, ...]
    pipe_hz: tuple[float, ...]
    structure: Structure
    bearing: Bearing

    name: ClassVar[str] = "pump"
    faults: ClassVar[tuple[str, ...]] = ("imbalance", "bearing", "leak")
    nominal_hz: ClassVar[float] = 48.0

    @classmethod
    def build(cls, rng: np.random.Generator) -> Self:
        """Build a pump of 5 to 7 vanes."""
        vanes = int(rng.integers(5, 8))
        lowest_hz = float(rng.uniform(230, 330))
        return cls(
            vanes=vanes,
            thrust=tuple(map(float, rng.normal(1.0, 0.04, vanes))),
            pipe_hz=(lowest_hz, 2 * lowest_hz, 3 * lowest_hz, 5 * lowest_hz),
            structure=Structure.build(rng, mount_hz=16.0, low_hz=320, high_hz=5200),
            bearing=Bearing.build(rng, balls=8, ball_mm=8.7, pitch_mm=39.0),
        )

    def _sound(self, rng: np.random.Generator, operation: Operation) -> Samples:
        duration_s, load = operation.duration_s, operation.load
        speed_hz = self.nominal_hz * operation.speed
        angle = shaft_angle(rng, speed_hz, duration_s, spread=0.001)
        force = imbalance_force(operation.measure("imbalance"), speed_hz, angle, mass_kg=_ROTOR_KG)
        force += self._vane_force(angle, operation)
        sound = self.structure.radiate(force) + self._water(rng, operation)
        sound += self.bearing.sound(rng, angle, spall_mm=operation.measure("bearing"), load=load)
        flutter = 0.8 + 0.4 * unrest(rng, duration_s, 12)
        sound += (
            _LEAK_LEVEL * flutter * jet_noise(rng, duration_s, hole_mm=operation.measure("leak"))
        )
        return sound + _HUM_LEVEL * motor_hum(rng, duration_s, load=load, pole_pairs=1)

    def _vane_force(self, angle: Samples, operation: Operation) -> Samples:
        """Pulses in N as the vanes pass the tongue, weakest at best efficiency; (T,)."""
        places = np.arange(_HIGHEST_ORDER)
        spacing = 2 * np.pi * np.arange(self.vanes) / self.vanes
        around = np.exp(-1j * np.outer(places, spacing)) @ np.array(self.thrust) / self.vanes
        fall = np.exp(-places / (2.0 * self.vanes))
        fall[0] = 0.0
        pulses = per_revolution(orders(np.abs(around) * fall, np.angle(around)), angle)
        return operation.speed**2 * (0.5 + 2.5 * (operation.load - _BEST_LOAD) ** 2) * pulses

    def _water(self, rng: np.random.Generator, operation: Operation) -> Samples:
        spectrum = ((60, -10.0), (300, 0.0), (1200, -8.0), (4000, -20.0), (12000, -40.0))
        flow = shaped(rng, operation.duration_s, spectrum)
        pipe = resonate(flow, *((hz, 0.12 * hz, 0.6) for hz in self.pipe_hz))
        return operation.speed**3 * (0.3 + 0.4 * operation.load) * (0.6 * flow + pipe)
