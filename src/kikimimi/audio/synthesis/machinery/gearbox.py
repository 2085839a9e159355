"""A pair of gear wheels between a motor and a load. T samples, Z teeth."""

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
    per_revolution,
    shaft_angle,
)
from kikimimi.audio.synthesis.machinery.parts.structure import Structure
from kikimimi.audio.synthesis.noise import shaped
from kikimimi.audio.synthesis.timebase import Samples

_ROTOR_KG = 0.3
_MESH_N = 1.0
_MESH_FALL = (1.0, 0.5, 0.3, 0.15, 0.1)
_POINTS = 2048
_CHURN_LEVEL = 0.12
_HUM_LEVEL = 0.08


@dataclass(frozen=True, slots=True)
class Gearbox(Machine):
    """Teeth that mesh, a runout that modulates them, errors of single teeth, oil that is churned.

    Attributes:
        teeth: of the pinion on the driven shaft, and of the wheel.
        runout: relative depth of modulation once in a turn of each.
        pinion_errors: (Z,) relative errors of the pinion's teeth.
        mesh_phases: (5,) of the harmonics of the mesh.
    """

    teeth: tuple[int, int]
    runout: tuple[float, float]
    pinion_errors: tuple[float, ...]
    mesh_phases: tuple[float, ...]
    structure: Structure
    bearing: Bearing
    belt: Belt

    name: ClassVar[str] = "gearbox"
    faults: ClassVar[tuple[str, ...]] = ("imbalance", "bearing", "belt_slip")
    nominal_hz: ClassVar[float] = 30.0

    @classmethod
    def build(cls, rng: np.random.Generator) -> Self:
        """Build a gearbox whose teeth have no common factor, so that wear is even."""
        pinion, wheel = ((17, 53), (19, 47), (21, 58), (23, 61))[int(rng.integers(4))]
        return cls(
            teeth=(pinion, wheel),
            runout=(float(rng.uniform(0.05, 0.15)), float(rng.uniform(0.05, 0.15))),
            pinion_errors=tuple(map(float, 0.04 * rng.standard_normal(pinion))),
            mesh_phases=tuple(map(float, rng.uniform(0, 2 * np.pi, len(_MESH_FALL)))),
            structure=Structure.build(rng, mount_hz=18.0, low_hz=280, high_hz=5000, count=18),
            bearing=Bearing.build(rng, balls=9, ball_mm=7.1, pitch_mm=35.0),
            belt=Belt.build(rng),
        )

    def _sound(self, rng: np.random.Generator, operation: Operation) -> Samples:
        duration_s, load = operation.duration_s, operation.load
        set_hz = self.nominal_hz * operation.speed
        friction = operation.measure("belt_slip")
        demand = self.belt.demand(rng, duration_s, shaft_hz=set_hz, load=load)
        speed_hz = set_hz * (1 - self.belt.slip(demand, friction=friction))
        angle = shaft_angle(rng, speed_hz, duration_s)
        force = self.mesh_force(angle, angle / self.ratio + rng.uniform(0, 2 * np.pi), operation)
        force += imbalance_force(operation.measure("imbalance"), set_hz, angle, mass_kg=_ROTOR_KG)
        churn = shaped(rng, duration_s, ((60, -4.0), (250, 0.0), (1200, -12.0), (8000, -36.0)))
        sound = self.structure.radiate(force) + _CHURN_LEVEL * operation.speed**2 * churn
        sound += self.bearing.sound(rng, angle, spall_mm=operation.measure("bearing"), load=load)
        sound += self.belt.squeal(rng, demand, friction=friction)
        return sound + _HUM_LEVEL * motor_hum(rng, duration_s, load=load)

    @property
    def ratio(self) -> float:
        """Turns of the pinion in one of the wheel."""
        return self.teeth[1] / self.teeth[0]

    def mesh_force(self, angle: Samples, wheel_angle: Samples, operation: Operation) -> Samples:
        """The force (T,) in N where the teeth meet: orders of Z with sidebands of both shafts.

        Teeth bend under the load, so that the stiffness changes as one or two pairs carry it, and
        the force of that goes with the torque.
        """
        meshing = self.teeth[0] * angle
        mesh = sum(
            fall * np.cos(number * meshing + start)
            for number, (fall, start) in enumerate(
                zip(_MESH_FALL, self.mesh_phases, strict=True), start=1
            )
        )
        uneven = (1 + self.runout[0] * np.cos(angle)) * (1 + self.runout[1] * np.cos(wheel_angle))
        errors = per_revolution(self._error_waveform(), angle)
        return _MESH_N * operation.speed * (0.2 + 0.8 * operation.load) * (uneven * mesh + errors)

    def _error_waveform(self) -> Samples:
        """Errors of single teeth over one revolution (P,), each as a half sine."""
        place = np.arange(_POINTS) / _POINTS * self.teeth[0]
        height = np.array(self.pinion_errors)[place.astype(int)]
        return height * np.sin(np.pi * (place % 1.0))
