"""Belt drives: how much torque friction carries, and what is heard when it is too little.

Euler and Eytelwein: the tensions of the two strands of a belt on a pulley differ at most by the
factor exp(mu a), mu the coefficient of friction and a the wrap angle. T samples.
"""

from dataclasses import dataclass

import numpy as np
from scipy import signal

from kikimimi.audio.synthesis.machinery.parts.shaft import tone
from kikimimi.audio.synthesis.machinery.parts.unrest import unrest
from kikimimi.audio.synthesis.oscillators import falling_series
from kikimimi.audio.synthesis.timebase import SAMPLE_RATE_HZ, Samples, time_axis

_CREEP = 0.01
"""Speed that a belt loses at full use of its friction without slipping, by being elastic."""
_SLIP_PER_EXCESS = 0.25
_SETTLING_HZ = 6.0
_SQUEAL_LEVEL = 1.6
_HARMONICS = 12


@dataclass(frozen=True, slots=True)
class Belt:
    """A belt from a motor to a shaft.

    Attributes:
        wrap_rad: angle over which it touches the smaller pulley.
        passes: revolutions of the belt in one of the driven shaft; its joint comes by so often.
        squeal_hz: pitch that a slipping belt squeals at, a resonance of the free strand.
    """

    wrap_rad: float
    passes: float
    squeal_hz: float

    @classmethod
    def build(cls, rng: np.random.Generator) -> "Belt":
        """A belt of usual size; pitch and length are drawn."""
        return cls(
            wrap_rad=float(rng.uniform(2.9, 3.1)),
            passes=float(rng.uniform(0.25, 0.4)),
            squeal_hz=float(rng.uniform(620, 1150)),
        )

    def capacity(self, friction: float) -> float:
        """The greatest difference of the strands' tensions over their sum: 0 to 1."""
        return float(np.tanh(friction * self.wrap_rad / 2))

    def demand(
        self, rng: np.random.Generator, duration_s: float, *, shaft_hz: float, load: float
    ) -> Samples:
        """The difference of tensions over their sum that the machine needs: (T,), above 0.

        It grows with the load, swings with the belt's joint, and wanders.
        """
        turn = 2 * np.pi * self.passes * shaft_hz * time_axis(duration_s)
        swing = 0.2 * np.sin(turn + rng.uniform(0, 2 * np.pi))
        slow = 0.6 * (unrest(rng, duration_s, 1.2) - 0.5)
        return (0.25 + 0.4 * load) * (1 + swing + slow)

    def slip(self, demand: Samples, *, friction: float) -> Samples:
        """How much slower than the motor's the driven pulley's rim moves, relative: (T,), from 0.

        Elastic creep as long as friction carries the demand, beyond it sliding in proportion to
        what is lacking, which the masses follow with a delay.
        """
        capacity = self.capacity(friction)
        sliding = _SLIP_PER_EXCESS * np.maximum(demand - capacity, 0)
        pole = np.exp(-2 * np.pi * _SETTLING_HZ / SAMPLE_RATE_HZ)
        slip = _CREEP * np.minimum(demand / capacity, 1) + sliding
        settled, _ = signal.lfilter([1 - pole], [1, -pole], slip, zi=[pole * slip[0]])
        return settled

    def squeal(self, rng: np.random.Generator, demand: Samples, *, friction: float) -> Samples:
        """The squeal (T,) while the belt slides: stick and slip in turn, a saw-tooth in force."""
        excess = np.maximum(demand - self.capacity(friction), 0)
        if not excess.any():
            return np.zeros_like(demand)
        duration_s = demand.size / SAMPLE_RATE_HZ
        pitch = self.squeal_hz * (1 + 0.15 * excess + 0.03 * (unrest(rng, duration_s, 9) - 0.5))
        gate = signal.sosfiltfilt(
            signal.butter(1, 30, fs=SAMPLE_RATE_HZ, output="sos"), np.sqrt(excess)
        )
        rough = 0.7 + 0.6 * unrest(rng, duration_s, 60)
        saw = tone(pitch, falling_series(_HARMONICS))
        return _SQUEAL_LEVEL * np.maximum(gate, 0) * rough * saw
