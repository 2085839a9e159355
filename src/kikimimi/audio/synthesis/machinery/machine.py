"""What a machine is: a make, of which specimens are built, that run. T samples."""

from abc import ABC, abstractmethod
from typing import ClassVar, Self

import numpy as np

from kikimimi.audio.synthesis.machinery.operation import Operation
from kikimimi.audio.synthesis.timebase import SAMPLE_RATE_HZ, Samples
from kikimimi.errors import ConfigError

_WARM_UP_S = 0.5


class Machine(ABC):
    """One specimen of a make: frozen after `build`, so that it sounds the same in every recording.

    Subclasses give `name`, `faults`, `nominal_hz`, `build` and `_sound`.
    """

    name: ClassVar[str]
    faults: ClassVar[tuple[str, ...]]
    """The kinds of fault that this make can have."""
    nominal_hz: ClassVar[float]
    """Revolutions of the driven shaft, or cycles, in a second at speed 1."""

    @classmethod
    @abstractmethod
    def build(cls, rng: np.random.Generator) -> Self:
        """Build a specimen; what differs between two of the same make is drawn from `rng`."""

    @abstractmethod
    def _sound(self, rng: np.random.Generator, operation: Operation) -> Samples: ...

    def sound(self, rng: np.random.Generator, operation: Operation) -> Samples:
        """The sound pressure near the machine: (T,) at 32 kHz, in units common to all makes.

        The sound begins while the machine has long been running. Its level means something: it is
        not normalised.

        Args:
            rng: chance of this recording.
            operation: how it runs.

        Raises:
            ConfigError: this make cannot have the fault.
        """
        fault = operation.fault
        if fault is not None and fault.kind not in self.faults:
            raise ConfigError(
                f"a {self.name} has no {fault.kind}; its faults are {', '.join(self.faults)}"
            )
        longer = Operation(
            operation.duration_s + _WARM_UP_S, operation.speed, operation.load, fault
        )
        count = round(operation.duration_s * SAMPLE_RATE_HZ)
        return self._sound(rng, longer)[-count:]
