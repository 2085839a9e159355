"""Loudness as ITU-R BS.1770-4 measures it, of a sound that arrives in blocks.

Axes: T sample frames, C channels, G steps of 100 ms.
"""

import math
from functools import cache

import numpy as np
from numpy.typing import NDArray

from kikimimi.types import FloatArray

_STEPS_PER_S = 10
_STEPS_PER_BLOCK = 4
_STEPS_PER_SHORT_TERM = 30
_FRAMES_AT_ONCE = 1 << 15
_SILENT = 1e-30
_ABSOLUTE_GATE_LUFS = -70.0
_RELATIVE_GATE_LU = -10.0
_RANGE_GATE_LU = -20.0
_RANGE_PERCENTILES = (10, 95)
_OFFSET_LUFS = -0.691
_SURROUND = 1.41

# Left, right, centre, low frequencies (not counted), the two surrounds, in the order of WAV files.
_CHANNEL_WEIGHTS = {5: (1, 1, 1, _SURROUND, _SURROUND), 6: (1, 1, 1, 0, _SURROUND, _SURROUND)}

Values = NDArray[np.float64]


class LoudnessMeter:
    """Adds blocks of a sound up to its integrated loudness.

    A mono sound counts as one channel. Memory: 80 bytes for each second of sound.
    """

    def __init__(self, *, sample_rate_hz: int, channels: int) -> None:
        self._rate_hz = sample_rate_hz
        self._weights = np.array(_CHANNEL_WEIGHTS.get(channels, (1,) * channels), np.float64)
        shelf, high_pass = _k_weighting(sample_rate_hz)
        # One filter of the fourth order takes a third less time than two of the second.
        self._numerator = np.convolve(shelf[:3], high_pass[:3])
        self._denominator = np.convolve(shelf[3:], high_pass[3:])
        self._state = np.zeros((channels, 4))
        self._frames = 0
        self._steps: list[Values] = []
        self._closed = 0
        self._open_step = 0.0

    def push(self, block: FloatArray) -> None:
        """Take the next frames (T, C)."""
        # Piece by piece: what is worked on stays in the cache, and no page is faulted in anew.
        size = min(_FRAMES_AT_ONCE, self._rate_hz)
        for start in range(0, len(block), size):
            self._take(block[start : start + size].T.astype(np.float64))

    def _take(self, piece: Values) -> None:
        """Add samples (C, T), T >= 1, up."""
        # In silence the filters would go on with numbers so small that they are slow to handle.
        self._state[np.abs(self._state) < _SILENT] = 0
        # Not loaded with the module: it takes most of a second, and few commands measure.
        from scipy.signal import lfilter

        weighted, self._state = lfilter(self._numerator, self._denominator, piece, zi=self._state)
        powers = self._weights @ np.square(weighted, out=weighted)
        count = len(powers)
        last_step = (self._frames + count - 1) * _STEPS_PER_S // self._rate_hz
        starts = self._start_of(np.arange(self._closed + 1, last_step + 1)) - self._frames
        sums = np.add.reduceat(powers, np.concatenate([[0], starts]))
        if len(starts) and starts[0] == 0:
            sums[0] = 0.0
        sums[0] += self._open_step
        self._open_step = float(sums[-1])
        self._steps.append(sums[:-1])
        self._closed += len(starts)
        self._frames += count

    def result(self) -> float | None:
        """Integrated loudness in LUFS; None for silence, or what the gates take for silence."""
        if not self._frames:
            return None
        blocks = self._block_powers(_STEPS_PER_BLOCK)
        if not len(blocks):
            total = float(self._step_energies().sum())
            return _lufs(total / self._frames)
        return gated_loudness(blocks)

    def loudness_range(self) -> float | None:
        """Loudness range in LU, as EBU Tech 3342 has it; None for silence, or under 3 s of sound.

        The short-term loudness is taken each 100 ms.
        """
        return gated_range(self._block_powers(_STEPS_PER_SHORT_TERM))

    def _block_powers(self, steps: int) -> Values:
        """Mean powers (G,) of all blocks of so many steps, one starting with each step."""
        energies = self._step_energies()
        bounds = self._start_of(np.arange(len(energies) + 1))
        whole = len(energies) - (self._frames < bounds[-1])
        if whole < steps:
            return np.zeros(0)
        blocks = np.convolve(energies[:whole], np.ones(steps), mode="valid")
        return blocks / (bounds[steps : whole + 1] - bounds[: whole + 1 - steps])

    def _step_energies(self) -> Values:
        return np.concatenate([*self._steps, [self._open_step]])

    def _start_of(self, step: NDArray[np.int64]) -> NDArray[np.int64]:
        """The first frame of a step."""
        return -(-step * self._rate_hz // _STEPS_PER_S)


def gated_loudness(powers: Values) -> float | None:
    """Loudness in LUFS of the powers (G,) of blocks of 400 ms, by the equations 4 to 7 of BS.1770.

    None where every block is under the absolute gate.
    """
    audible = powers[powers > _power(_ABSOLUTE_GATE_LUFS)]
    if not len(audible):
        return None
    relative = float(audible.mean()) * 10 ** (_RELATIVE_GATE_LU / 10)
    return _lufs(float(audible[audible > relative].mean()))


def gated_range(powers: Values) -> float | None:
    """Loudness range in LU of the powers (G,) of windows of 3 s, by EBU Tech 3342, section 3.

    None where every window is under the absolute gate.
    """
    audible = powers[powers > _power(_ABSOLUTE_GATE_LUFS)]
    if not len(audible):
        return None
    relative = float(audible.mean()) * 10 ** (_RANGE_GATE_LU / 10)
    low, high = np.percentile(audible[audible > relative], _RANGE_PERCENTILES)
    return 10 * math.log10(float(high) / float(low))


def _lufs(power: float) -> float | None:
    """Loudness of a power; None under the absolute gate."""
    if power <= _power(_ABSOLUTE_GATE_LUFS):
        return None
    return _OFFSET_LUFS + 10 * math.log10(power)


def _power(lufs: float) -> float:
    return 10 ** ((lufs - _OFFSET_LUFS) / 10)


@cache
def _k_weighting(rate_hz: int) -> Values:
    """The two filters of BS.1770 as second-order sections (2, 6) at any rate.

    The standard gives coefficients for 48 kHz only. They are the bilinear transforms of a shelf and
    a high pass whose analogue values follow from them; those are transformed again here.
    """
    return np.stack([_shelf(rate_hz), _high_pass(rate_hz)])


def _shelf(rate_hz: int) -> Values:
    """A rise of 4 dB above 1.7 kHz: what a head does to sound."""
    frequency_hz, gain_db, quality = 1681.974450955533, 3.999843853973347, 0.7071752369554196
    warped = np.tan(np.pi * min(frequency_hz / rate_hz, 0.499))
    high = 10 ** (gain_db / 20)
    middle = high**0.4996667741545416
    scale = 1 + warped / quality + warped**2
    return np.array([
        (high + middle * warped / quality + warped**2) / scale,
        2 * (warped**2 - high) / scale,
        (high - middle * warped / quality + warped**2) / scale,
        1.0,
        2 * (warped**2 - 1) / scale,
        (1 - warped / quality + warped**2) / scale,
    ])  # fmt: skip


def _high_pass(rate_hz: int) -> Values:
    """What lies under 38 Hz counts little (the RLB curve)."""
    frequency_hz, quality = 38.13547087602444, 0.5003270373238773
    warped = np.tan(np.pi * min(frequency_hz / rate_hz, 0.499))
    scale = 1 + warped / quality + warped**2
    return np.array([
        1.0, -2.0, 1.0,
        1.0, 2 * (warped**2 - 1) / scale, (1 - warped / quality + warped**2) / scale,
    ])  # fmt: skip
