"""How the gain reduction of a dynamics stage goes over time. One value a sample or a cell.

Axes: T values. Reductions are in dB, 0 or more.
"""

import math

import numpy as np
from numpy.typing import NDArray
from scipy import signal
from scipy.ndimage import maximum_filter1d

Values = NDArray[np.float64]

_IDLE_DB = 1e-7
"""Below, a reduction is 0, so that a stage at rest changes nothing."""


def smoothing_factor(time_s: float, rate_hz: float) -> float:
    """Of a one-pole filter that covers 1 - 1/e of a step in `time_s`; 0 for no time."""
    return math.exp(-1 / (time_s * rate_hz)) if time_s > 0 else 0.0


class Release:
    """A reduction that rises at once and falls exponentially to 0: y[n] = max(x[n], a y[n-1]).

    The first half of the decoupled peak detector of Giannoulis, Massberg & Reiss ("Digital dynamic
    range compressor design", J. Audio Eng. Soc. 60, 2012, equation 15). The logarithm makes of it
    the running maximum of x[n] / a^n.
    """

    def __init__(self, factor: float) -> None:
        self._factor = factor
        self._last = 0.0

    def push(self, reductions: Values) -> Values:
        """Take the next values (T,)."""
        if not len(reductions):
            return reductions
        if not self._factor or (self._last == 0 and not reductions.any()):
            self._last = float(reductions[-1])
            return reductions
        decay = math.log(self._factor) * np.arange(1, len(reductions) + 1)
        with np.errstate(divide="ignore"):
            logs = np.log(reductions) - decay
            logs[0] = max(logs[0], np.log(self._last))
        released = np.exp(np.maximum.accumulate(logs) + decay)
        released[released < _IDLE_DB] = 0
        self._last = float(released[-1])
        return released

    @property
    def is_idle(self) -> bool:
        """Whether zeros would come out if zeros were pushed."""
        return not self._last


class Attack:
    """A one-pole low pass: the second half of the decoupled peak detector (equation 15)."""

    def __init__(self, factor: float) -> None:
        self._factor = factor
        self._state = np.zeros(1)

    def push(self, reductions: Values) -> Values:
        """Take the next values (T,)."""
        if not self._factor or not len(reductions):
            return reductions
        if self._state[0] < _IDLE_DB and not reductions.any():
            self._state[:] = 0
            return reductions
        filtered, self._state = signal.lfilter(
            [1 - self._factor], [1, -self._factor], reductions, zi=self._state
        )
        return filtered


class LookAhead:
    """A reduction that is reached, on a smooth way, exactly when it is due, and then released.

    The greatest value of the next `frames` is held, released, and averaged over the last `frames`
    + 1 values, twice over half as many; so no value that comes out is less than what came in.

    What is pushed comes out `frames` values later.
    """

    def __init__(self, *, frames: int, release_factor: float) -> None:
        self.frames = frames
        self._release = Release(release_factor)
        self._waiting = np.zeros(frames)
        self._is_idle = True
        widths = (frames // 2 + 1, frames - frames // 2 + 1)
        self._averages = [_MovingAverage(width) for width in widths if width > 1]

    def push(self, reductions: Values) -> Values:
        """Take the next values (T,), and give those that were due `frames` before: (T,)."""
        if not len(reductions) or (self._is_idle and not reductions.any()):
            return reductions
        values = np.concatenate([self._waiting, reductions])
        self._waiting = values[len(reductions) :]
        held = _greatest_of_next(values, self.frames)
        released = self._release.push(held)
        for average in self._averages:
            released = average.push(released)
        self._is_idle = (
            not self._waiting.any()
            and self._release.is_idle
            and all(average.is_idle for average in self._averages)
        )
        return released


class _MovingAverage:
    """The mean of the last `width` values."""

    def __init__(self, width: int) -> None:
        self._held = np.zeros(width - 1)

    @property
    def is_idle(self) -> bool:
        return not self._held.any()

    def push(self, values: Values) -> Values:
        joined = np.concatenate([self._held, values])
        width = len(self._held) + 1
        self._held = joined[len(values) :]
        if not joined.any():
            return values
        sums = np.cumsum(np.concatenate([[0.0], joined]))
        return np.maximum(sums[width:] - sums[:-width], 0) / width


def _greatest_of_next(values: Values, frames: int) -> Values:
    """The maximum of each value and the `frames` after it, where there are so many."""
    count = len(values) - frames
    if not frames or not values.any():
        return values[:count]
    size = frames + 1
    return maximum_filter1d(values, size, mode="constant")[size // 2 :][:count]
