"""How loud a band is beside the rest of a sound, and what is to be done about it.

Axes: N cells of a millisecond.
"""

import numpy as np
from numpy.typing import NDArray
from scipy import signal

from kikimimi.cleaning.envelopes import LookAhead, Values, smoothing_factor

LOOKAHEAD_CELLS = 6

_SHORT_CELLS = 4
_LONG_S = 1.0
_DOMINANCE_DB = -6.0
_ABOVE_USUAL_DB = 4.0
_SILENCE_DB = -100.0


class SideChain:
    """From the powers of cells to reductions in dB, `LOOKAHEAD_CELLS` later.

    Args:
        threshold_db: as in `DeEsser`.
        ratio: as there.
        range_db: as there.
        release_s: time constant of a falling reduction.
        cells_per_s: rate of the cells.
    """

    def __init__(
        self,
        *,
        threshold_db: float,
        ratio: float,
        range_db: float,
        release_s: float,
        cells_per_s: float,
    ) -> None:
        self._threshold_db, self._range_db = threshold_db, range_db
        self._slope = 1 - 1 / ratio
        self._band, self._rest = _ShortMean(), _ShortMean()
        factor = smoothing_factor(_LONG_S, cells_per_s)
        self._long_power, self._usual_db = _LongMean(factor), _LongMean(factor)
        self._envelope = LookAhead(
            frames=LOOKAHEAD_CELLS, release_factor=smoothing_factor(release_s, cells_per_s)
        )

    def push(self, band: Values, rest: Values) -> Values:
        """Take the mean powers (N,) of the band and of the rest in the next cells."""
        if not len(band):
            return band
        band_db, rest_db = _decibels(self._band.push(band)), _decibels(self._rest.push(rest))
        threshold_db = np.maximum.reduce([
            _decibels(self._long_power.push(band + rest)) + self._threshold_db,
            rest_db + _DOMINANCE_DB,
            self._usual_db.push(band_db) + _ABOVE_USUAL_DB,
        ])  # fmt: skip
        over_db = np.maximum(band_db - threshold_db, 0)
        reductions = self._slope * over_db
        return self._envelope.push(np.minimum(reductions, self._range_db))


class _ShortMean:
    """The mean of the last cells; before the sound there is silence."""

    def __init__(self) -> None:
        self._held = np.zeros(_SHORT_CELLS - 1)

    def push(self, powers: Values) -> Values:
        joined = np.concatenate([self._held, powers])
        self._held = joined[len(powers) :]
        return np.convolve(joined, np.full(_SHORT_CELLS, 1 / _SHORT_CELLS), mode="valid")


class _LongMean:
    """A one-pole mean that begins with the first value."""

    def __init__(self, factor: float) -> None:
        self._factor = factor
        self._state: NDArray[np.float64] | None = None

    def push(self, values: Values) -> Values:
        if self._state is None:
            self._state = self._factor * values[:1]
        means, self._state = signal.lfilter(
            [1 - self._factor], [1, -self._factor], values, zi=self._state
        )
        return means


def _decibels(powers: Values) -> Values:
    return 10 * np.log10(np.maximum(powers, 10 ** (_SILENCE_DB / 10)))
