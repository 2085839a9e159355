"""Turning: the angle of a shaft, what repeats with it, and the force of an imbalance.

T samples, P points around a revolution.
"""

from collections.abc import Sequence

import numpy as np

from kikimimi.audio.synthesis.machinery.parts.unrest import unrest
from kikimimi.audio.synthesis.oscillators import phase
from kikimimi.audio.synthesis.timebase import Samples, time_axis

_POINTS = 2048


def shaft_angle(
    rng: np.random.Generator, speed_hz: float | Samples, duration_s: float, *, spread: float = 0.002
) -> Samples:
    """The angle (T,) in radians of a shaft, from a random start.

    Args:
        rng: source of chance.
        speed_hz: revolutions in a second, constant or (T,).
        duration_s: how long.
        spread: greatest relative departure of the speed from it, as slow random wander.
    """
    speed = np.broadcast_to(np.asarray(speed_hz, float), time_axis(duration_s).shape)
    moved = speed * (1 + spread * (2 * unrest(rng, duration_s, 1.5) - 1))
    return rng.uniform(0, 2 * np.pi) + phase(moved)


def per_revolution(waveform: Samples, angle: Samples) -> Samples:
    """What repeats each revolution: `waveform` (P,) around the shaft, read at `angle` (T,)."""
    turns = angle / (2 * np.pi)
    around = np.append(waveform, waveform[0])
    return np.interp(turns % 1.0, np.arange(around.size) / waveform.size, around)


def orders(amplitudes: Samples, phases: Samples) -> Samples:
    """One revolution (P,) of a sum of shaft orders 0 to K - 1: amplitudes and phases (K,)."""
    spectrum = np.zeros(_POINTS // 2 + 1, complex)
    spectrum[: amplitudes.size] = amplitudes * np.exp(1j * phases) * (_POINTS / 2)
    return np.fft.irfft(spectrum, _POINTS)


def tone(frequency_hz: Samples, amplitudes: Sequence[float] | Samples) -> Samples:
    """Harmonics 1 to K (T,) of a pitch (T,) with the given amplitudes (K,), all below 16 kHz.

    Read from a table of one period, at a tenth of the cost of `oscillators.harmonics`; K may be 64.
    """
    around = np.concatenate([[0.0], np.asarray(amplitudes, float)])
    return per_revolution(orders(around, np.full(around.size, -np.pi / 2)), phase(frequency_hz))


def imbalance_force(
    grade_mm_s: float, speed_hz: float | Samples, angle: Samples, *, mass_kg: float
) -> Samples:
    """The centrifugal force (T,) in N across the bearing: m e w^2 cos(angle), with e w the grade.

    ISO 21940-11 grades rotors by e w at service speed, so the force is m G w.

    Args:
        grade_mm_s: balance quality grade G.
        speed_hz: revolutions in a second.
        angle: of the shaft, (T,) in radians.
        mass_kg: of the rotor.
    """
    force = mass_kg * grade_mm_s * 1e-3 * 2 * np.pi * np.asarray(speed_hz)
    return force * np.cos(angle)
