"""How a machine runs, and what is wrong with it."""

from collections.abc import Mapping
from dataclasses import dataclass

from kikimimi.errors import ConfigError
from kikimimi.names import suggestion

SEVERITIES = (1, 2, 3, 4, 5)
"""Levels of a fault, from hardly begun to beyond repair."""

HEALTHY = 0

FAULTS: Mapping[str, tuple[float, ...]] = {
    "imbalance": (2.5, 6.3, 16.0, 40.0, 100.0, 250.0),
    "bearing": (0.0, 0.2, 0.4, 0.8, 1.6, 3.2),
    "leak": (0.0, 0.5, 0.7, 1.0, 1.4, 2.0),
    "belt_slip": (1.5, 0.50, 0.44, 0.38, 0.32, 0.26),
}
"""What can go wrong, and the measure of it when healthy and at each of the five severities.

imbalance: balance quality grade G of the rotor in mm/s, the product of eccentricity and angular
    velocity (ISO 21940-11); 2.5 and 6.3 are usual, each further level is a grade more.
bearing: width in mm of the spall in the outer race.
leak: diameter in mm of the hole that compressed air escapes through.
belt_slip: effective coefficient of friction between belt and pulley, as it wears and glazes.
"""


@dataclass(frozen=True, slots=True)
class Fault:
    """A fault of a kind in `FAULTS` at a severity from 1 to 5."""

    kind: str
    severity: int

    def __post_init__(self) -> None:
        if self.kind not in FAULTS:
            raise ConfigError(f"no fault '{self.kind}'; {suggestion(self.kind, FAULTS)}")
        if self.severity not in SEVERITIES:
            raise ConfigError(f"severity {self.severity} of {self.kind}; give 1 to 5")


@dataclass(frozen=True, slots=True)
class Operation:
    """How a machine runs while it is recorded.

    Attributes:
        duration_s: how long.
        speed: of shaft or stroke, relative to the machine's nominal speed.
        load: what it does, relative to the most that it can do.
        fault: what is wrong; None of a healthy machine.
    """

    duration_s: float
    speed: float = 1.0
    load: float = 0.5
    fault: Fault | None = None

    def __post_init__(self) -> None:
        if not self.duration_s > 0:
            raise ConfigError(f"a duration of {self.duration_s:g} s; give more than 0")
        if not 0.1 <= self.speed <= 3:
            raise ConfigError(f"speed {self.speed:g}; give 0.1 to 3 times the nominal speed")
        if not 0 <= self.load <= 1:
            raise ConfigError(f"load {self.load:g}; give 0 to 1")

    def measure(self, kind: str) -> float:
        """The measure of `FAULTS` that a part of the machine has now, in the unit given there."""
        found = self.fault is not None and self.fault.kind == kind
        return FAULTS[kind][self.fault.severity if found and self.fault else HEALTHY]
