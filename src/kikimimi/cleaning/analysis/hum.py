"""Mains hum: steady lines at the harmonics of 50 or 60 Hz.

Axes: T sample frames, C channels, W samples of a frame, K bins, H harmonics.
"""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import fft

from kikimimi.types import FloatArray

_FRAME_S = 2.0
_MAINS_HZ = (50.0, 60.0)
_STRAY_HZ = 0.2
_STRAY_STEP_HZ = 0.05
_HARMONICS, _HARMONICS_THAT_TELL = 24, 12
_TOP_HZ = 1550.0
_LOBE_BINS = 2
_AROUND_HZ = 12.0
_STANDS_OUT_DB = 10.0
_STANDS_FAR_OUT_DB = 20.0
_FEWEST_HARMONICS = 3
_SAME_LINE_HZ = 0.25
_TINY = 1e-20

Values = NDArray[np.float64]
Numbers = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Hum:
    """What was found: the mains frequency, the level of all lines, and which harmonics they are."""

    mains_hz: float
    level_db: float
    harmonics: tuple[int, ...]


class HumMeter:
    """Looks for lines that are there all the time, in frames of 2 to 4 s, half overlapping.

    The frames' spectra are averaged as logarithms: what comes and goes counts little. Memory: one
    frame.
    """

    def __init__(self, *, sample_rate_hz: int, channels: int) -> None:
        self._frame = 2 ** math.ceil(math.log2(max(1, _FRAME_S * sample_rate_hz)))
        self._bin_hz = sample_rate_hz / self._frame
        window = np.hanning(self._frame + 1)[:-1].astype(np.float32)
        self._window = window
        self._scale = 2 / (self._frame * float(np.square(window, dtype=np.float64).sum()))
        top_hz = min(_TOP_HZ, sample_rate_hz / 2)
        self._logs = np.zeros(int(top_hz / self._bin_hz))
        self._count = 0
        self._held: list[FloatArray] = [np.zeros((0, channels), np.float32)]
        self._size = 0

    def push(self, block: FloatArray) -> None:
        """Take the next frames (T, C)."""
        self._held.append(block)
        self._size += len(block)
        if self._size < self._frame:
            return
        held = np.concatenate(self._held)
        hop = self._frame // 2
        count = (len(held) - self._frame) // hop + 1
        for start in range(0, count * hop, hop):
            self._add(held[start : start + self._frame])
        self._held = [held[count * hop :].copy()]
        self._size = len(self._held[0])

    def result(self) -> Hum | None:
        """The hum; None if there is none, or the sound is shorter than a frame."""
        if not self._count:
            return None
        return find_hum(np.exp(self._logs / self._count), self._bin_hz)

    def _add(self, samples: FloatArray) -> None:
        channels = np.ascontiguousarray(samples.T)
        channels -= channels.mean(axis=1, keepdims=True)
        lowest = fft.rfft(channels * self._window, axis=1)[:, : len(self._logs)]
        powers = (lowest.real**2 + lowest.imag**2).mean(axis=0, dtype=np.float64) * self._scale
        self._logs += np.log(powers + _TINY)
        self._count += 1


def find_hum(powers: Values, bin_hz: float) -> Hum | None:
    """The hum in a spectrum of powers (K,), each bin the mean square of what it holds.

    Three of the first twelve harmonics must stand out by 10 dB, or one of the first two by 20 dB.
    """
    found = []
    for mains_hz in _MAINS_HZ:
        for stray_hz in np.arange(-_STRAY_HZ, _STRAY_HZ + 1e-9, _STRAY_STEP_HZ):
            hum = _hum_near(powers, bin_hz, float(mains_hz + stray_hz))
            found.extend([] if hum is None else [hum])
    return max(found, key=_weight, default=None)


def _hum_near(powers: Values, bin_hz: float, base_hz: float) -> Hum | None:
    heights, levels = _lines(powers, bin_hz, base_hz)
    numbers = np.flatnonzero(heights >= _STANDS_OUT_DB) + 1
    if not len(numbers):
        return None
    exact_hz, of_one_base = _common_base(_peaks(powers, bin_hz, base_hz, numbers), numbers)
    numbers = numbers[of_one_base]
    level = float(levels[numbers - 1].sum())
    is_strong = bool((heights[numbers[numbers <= 2] - 1] >= _STANDS_FAR_OUT_DB).any())
    telling = int((numbers <= _HARMONICS_THAT_TELL).sum())
    if level <= 0 or not (telling >= _FEWEST_HARMONICS or is_strong):
        return None
    return Hum(exact_hz, 10 * math.log10(level), tuple(numbers.tolist()))


def _weight(hum: Hum) -> tuple[int, float]:
    return sum(number <= _HARMONICS_THAT_TELL for number in hum.harmonics), hum.level_db


def _lines(powers: Values, bin_hz: float, base_hz: float) -> tuple[Values, Values]:
    """For harmonics (H,): how far each stands out of what is around it, in dB, and its power."""
    heights, levels = np.full(_HARMONICS, -np.inf), np.zeros(_HARMONICS)
    reach = round(_AROUND_HZ / bin_hz)
    for number in range(1, _HARMONICS + 1):
        centre = round(number * base_hz / bin_hz)
        if centre + reach >= len(powers):
            break
        lobe = powers[centre - _LOBE_BINS : centre + _LOBE_BINS + 1]
        first = max(1, centre - reach)
        around = powers[first : centre + reach + 1]
        outside = np.ones(len(around), bool)
        middle = centre - first
        outside[middle - 2 * _LOBE_BINS : middle + 2 * _LOBE_BINS + 1] = False
        background = float(np.median(around[outside]))
        peak = powers[centre - 1 : centre + 2].max()
        heights[number - 1] = 10 * math.log10((peak + _TINY) / (background + _TINY))
        levels[number - 1] = max(0.0, float(lobe.sum()) - len(lobe) * background)
    return heights, levels


def _peaks(powers: Values, bin_hz: float, base_hz: float, numbers: Numbers) -> Values:
    """Where in Hz the lines of harmonics (H,) are.

    Between bins it is where a parabola through the logarithms of three bins has its top.
    """
    places = []
    for number in numbers.tolist():
        centre = round(number * base_hz / bin_hz)
        peak = centre - 1 + int(np.argmax(powers[centre - 1 : centre + 2]))
        below, middle, above = np.log(powers[peak - 1 : peak + 2] + _TINY)
        bend = 2 * middle - below - above
        shift = 0.5 * (above - below) / bend if bend > 0 else 0.0
        places.append((peak + min(max(shift, -0.5), 0.5)) * bin_hz)
    return np.array(places)


def _common_base(places_hz: Values, numbers: Numbers) -> tuple[float, NDArray[np.bool_]]:
    """The base that most of the lines (H,) agree on, and which of them do."""
    misses = np.abs(np.outer(places_hz / numbers, numbers) - places_hz)
    agree = misses <= _SAME_LINE_HZ
    best = int(np.argmax(agree.sum(axis=1)))
    chosen = agree[best]
    weights = numbers[chosen].astype(np.float64) ** 2
    return float(np.average(places_hz[chosen] / numbers[chosen], weights=weights)), chosen
