"""Rolling bearings: what geometry says about the rates of their defects, and how a spall sounds.

Randall and Antoni, "Rolling element bearing diagnostics - a tutorial", Mechanical Systems and
Signal Processing 25, 2011, section 2: the rates, and impacts whose spacing is not exact because
the balls slip. T samples.
"""

from dataclasses import dataclass

import numpy as np

from kikimimi.audio.synthesis.mixing import convolve
from kikimimi.audio.synthesis.modal import struck
from kikimimi.audio.synthesis.timebase import SAMPLE_RATE_HZ, Samples

_SLIP = 0.01
"""Random part of the spacing of two impacts; 1 to 2 % are usual."""
_REFERENCE_HZ = 25.0
_ROUGHNESS = 0.002
_IMPACT_PER_MM = 0.5
_RING_S = 0.04


@dataclass(frozen=True, slots=True)
class Bearing:
    """A ball bearing, in a housing that rings when it is struck.

    Attributes:
        balls: their number n.
        ball_mm, pitch_mm: diameters d of a ball and D of the circle that the centres run on.
        contact_deg: contact angle.
        ring_hz, ring_gain: resonances of the housing, and how strongly each is struck.
    """

    balls: int
    ball_mm: float
    pitch_mm: float
    contact_deg: float = 0.0
    ring_hz: tuple[float, ...] = (2900.0, 4300.0, 6100.0)
    ring_gain: tuple[float, ...] = (1.0, 0.8, 0.5)

    @classmethod
    def build(
        cls, rng: np.random.Generator, *, balls: int, ball_mm: float, pitch_mm: float
    ) -> "Bearing":
        """A bearing in a housing whose resonances are drawn."""
        ring_hz = np.array([2900.0, 4300.0, 6100.0]) * rng.uniform(0.85, 1.15, 3)
        gains = rng.uniform(0.5, 1.0, 3)
        return cls(
            balls, ball_mm, pitch_mm, 0.0, tuple(map(float, ring_hz)), tuple(map(float, gains))
        )

    @property
    def _ratio(self) -> float:
        return self.ball_mm / self.pitch_mm * float(np.cos(np.deg2rad(self.contact_deg)))

    @property
    def outer_race_order(self) -> float:
        """Balls that pass a point of the outer race in one revolution (BPFO / shaft speed)."""
        return self.balls / 2 * (1 - self._ratio)

    @property
    def inner_race_order(self) -> float:
        """Balls that pass a point of the inner race in one revolution (BPFI / shaft speed)."""
        return self.balls / 2 * (1 + self._ratio)

    @property
    def ball_order(self) -> float:
        """Spins of a ball in one revolution of the shaft (BSF / shaft speed)."""
        return self.pitch_mm / (2 * self.ball_mm) * (1 - self._ratio**2)

    @property
    def cage_order(self) -> float:
        """Revolutions of the cage in one of the shaft (FTF / shaft speed)."""
        return (1 - self._ratio) / 2

    def sound(
        self, rng: np.random.Generator, angle: Samples, *, spall_mm: float, load: float
    ) -> Samples:
        """What the housing radiates: rolling noise, impacts on a spall of the outer race; (T,).

        Surfaces that are never quite smooth make it ring a little all the time. A ball strikes the
        far edge of a spall at a speed that grows with the shaft's and with the width of the spall,
        and the harder the more the bearing is loaded.

        Args:
            rng: source of chance.
            angle: of the shaft, (T,) in radians, rising.
            spall_mm: width of the spall; 0 without one.
            load: of the machine, 0 to 1.
        """
        speed = _relative_speed(angle)
        blows = _ROUGHNESS * speed * rng.standard_normal(angle.size)
        if spall_mm > 0:
            strength = _IMPACT_PER_MM * spall_mm * (0.5 + load)
            blows += strength * speed * self.impacts(rng, angle)
        t60_s = np.full(len(self.ring_hz), 0.5 * _RING_S)
        return convolve(blows, struck(self.ring_hz, t60_s, self.ring_gain, _RING_S))

    def impacts(self, rng: np.random.Generator, angle: Samples) -> Samples:
        """Single samples (T,) of about 1 where a ball meets a spall of the outer race."""
        passages = (angle - angle[0]) / (2 * np.pi) * self.outer_race_order
        count = int(passages[-1]) + 1
        slipped = np.cumsum(1 + _SLIP * rng.standard_normal(count)) - rng.uniform(0, 1)
        inside = slipped[(slipped > 0) & (slipped < passages[-1])]
        places = np.searchsorted(passages, inside)
        hits = np.zeros(angle.size)
        np.add.at(hits, places, rng.normal(1.0, 0.15, places.size))
        return hits


def _relative_speed(angle: Samples) -> Samples:
    """Shaft speed (T,) relative to 25 revolutions in a second, never below 0."""
    turning_hz = np.gradient(angle) * SAMPLE_RATE_HZ / (2 * np.pi)
    return np.maximum(turning_hz, 0) / _REFERENCE_HZ
