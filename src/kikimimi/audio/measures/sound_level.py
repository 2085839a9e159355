"""Sound levels as a sound level meter tells them, while the sound comes in.

IEC 61672-1:2013: frequency weighting A (annex E), time weightings F and S (3.8), time-averaged
level (3.9). Levels are in dB relative to a mean square of 1; with a calibrated microphone the level
of full scale is added.

Axes: C channels, T samples, N frames, S second-order sections.
"""

from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.typing import NDArray
from scipy import signal

from kikimimi.errors import AudioError
from kikimimi.types import FloatArray

FAST_S, SLOW_S = 0.125, 1.0
"""Time constants of the weightings F and S."""

FLOOR_DB = -200.0
"""The level that is given to digital silence."""

Values = NDArray[np.float64]

_POLES_HZ = (20.598997, 107.65265, 737.86223, 12194.217)
_REFERENCE_HZ = 1000.0
_TINY = 1e-20


@dataclass(frozen=True, slots=True, eq=False)
class LevelFrames:
    """For each of N frames: the greatest mean square with weighting F, with S, and the plain one.

    All A-weighted, (N,) each.
    """

    fast: Values
    slow: Values
    mean: Values


class SoundLevelMeter:
    """A-weighted levels of a sound that comes in blocks of any size.

    Several channels count as one microphone would: by the mean of their squares.

    Args:
        sample_rate_hz: of the sound.
        channels: C.
        hop_s: length of a frame, rounded to whole samples.

    Raises:
        AudioError: the rate or the hop is not positive.
    """

    def __init__(self, *, sample_rate_hz: int, channels: int, hop_s: float = 0.1) -> None:
        if sample_rate_hz <= 0 or channels < 1 or not hop_s > 0:
            raise AudioError(
                "a sound level needs a positive rate, channel count and hop, but got "
                f"{sample_rate_hz} Hz, {channels} channels, {hop_s} s"
            )
        self.hop_samples = max(1, round(hop_s * sample_rate_hz))
        self._sections = a_weighting_sections(sample_rate_hz)
        self._weighting = np.zeros((len(self._sections), channels, 2))
        self._rates = [-np.expm1(-1 / (sample_rate_hz * tau)) for tau in (FAST_S, SLOW_S)]
        self._averages = [np.zeros(1), np.zeros(1)]
        self._held = np.zeros((3, 0))

    def push(self, samples: FloatArray) -> LevelFrames:
        """Take the next samples (C, T), finite; give the frames that are complete, perhaps none."""
        if not samples.shape[1]:
            return LevelFrames(*np.zeros((3, 0)))
        weighted, self._weighting = signal.sosfilt(
            self._sections, samples.astype(np.float64), axis=1, zi=self._weighting
        )
        square = np.square(weighted).mean(axis=0)
        held = np.concatenate([self._held, np.stack([*self._averaged(square), square])], axis=1)
        whole = held.shape[1] - held.shape[1] % self.hop_samples
        self._held = held[:, whole:].copy()
        frames = held[:, :whole].reshape(3, -1, self.hop_samples)
        return LevelFrames(frames[0].max(axis=1), frames[1].max(axis=1), frames[2].mean(axis=1))

    def _averaged(self, square: Values) -> list[Values]:
        """Exponential averages of the squares (T,) with the time constants F and S."""
        averaged = []
        for number, rate in enumerate(self._rates):
            values, self._averages[number] = signal.lfilter(
                [rate], [1.0, rate - 1.0], square, zi=self._averages[number]
            )
            averaged.append(values)
        return averaged


def level_db(mean_square: Values | float) -> Values:
    """Mean squares as levels in dB, never under `FLOOR_DB`."""
    return 10 * np.log10(np.maximum(mean_square, _TINY))


@cache
def a_weighting_sections(sample_rate_hz: int) -> Values:
    """The A-weighting as second-order sections (S, 6) at any sample rate.

    The poles under 1 kHz go through the bilinear transform, which is exact enough where they act.
    It would bend the double pole at 12.2 kHz: there two first-order filters take the analogue gain
    at three frequencies each (the idea of Orfanidis, "Digital parametric equalizer design with
    prescribed Nyquist-frequency gain", JAES 45(6), 1997).
    """
    slow = [2 * np.pi * pole for pole in _POLES_HZ[:3]]
    poles = [-slow[0], -slow[0], -slow[1], -slow[2]]
    zeros, poles, gain = signal.bilinear_zpk([0.0] * 4, poles, 1.0, sample_rate_hz)
    low = signal.zpk2sos(zeros, poles, gain)
    numerator, denominator = _matched_low_pass(_POLES_HZ[3], sample_rate_hz)
    high = np.concatenate(
        [np.convolve(numerator, numerator), np.convolve(denominator, denominator)]
    )
    sections = np.concatenate([low, high[None]])
    at_hz = min(_REFERENCE_HZ, sample_rate_hz / 8)
    _, response = signal.sosfreqz(sections, worN=[at_hz], fs=sample_rate_hz)
    sections[0, :3] *= 10 ** (_analogue_db(at_hz) / 20) / np.abs(response[0])
    return sections


def _matched_low_pass(pole_hz: float, rate_hz: int) -> tuple[Values, Values]:
    """A first-order low pass with the analogue gain at 0 Hz, a quarter and half of the rate.

    With p = sin^2 of half the angle, its squared gain is (1 - p + b p) / (1 - p + a p).
    """
    quarter, half = (1 / (1 + (rate_hz / divisor / pole_hz) ** 2) for divisor in (4, 2))
    # At half the rate p = 1, so b = half a; at a quarter p = 1/2, which leaves a alone.
    at_top = (1 - quarter) / (quarter - half)
    ends = np.sqrt([1.0, half * at_top]), np.sqrt([1.0, at_top])
    numerator, denominator = (np.array([one + other, one - other]) / 2 for one, other in ends)
    return numerator / denominator[0], denominator / denominator[0]


def _analogue_db(frequency_hz: float) -> float:
    """IEC 61672-1, equation E.6, in dB relative to 1 kHz."""

    def gain(hz: float) -> float:
        square = hz**2
        low, middle, upper, high = (pole**2 for pole in _POLES_HZ)
        root = np.sqrt((square + middle) * (square + upper))
        return float(square**2 / ((square + low) * root * (square + high)))

    return 20 * float(np.log10(gain(frequency_hz) / gain(_REFERENCE_HZ)))
