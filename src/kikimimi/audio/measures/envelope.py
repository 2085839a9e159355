"""How the level of a sound goes over time: attack and centre of its energy.

Axes: T samples, E cells.
"""

import numpy as np
from numpy.typing import NDArray

from kikimimi.types import FloatArray

_CELL_S = 0.0025
_SMOOTHED_CELLS = 2
_MOST_CELLS = 1 << 16
_LOW, _HIGH = 0.1, 0.9
_NOTHING = np.zeros(0, np.float32)

Values = NDArray[np.float64]


class EnvelopeMeter:
    """Follows the power of a mono sound in cells of 2.5 ms.

    Above 65,536 cells (164 s) neighbours are joined and cells become twice as long, again and
    again, so that memory stays bounded; a rise in a long recording is measured that much coarser.
    """

    def __init__(self, *, sample_rate_hz: int) -> None:
        self._rate_hz = sample_rate_hz
        self._width = max(1, round(_CELL_S * sample_rate_hz))
        self._energies: list[Values] = []
        self._count = 0
        self._rest = _NOTHING

    def push(self, samples: FloatArray) -> None:
        """Take the next samples (T,)."""
        if len(self._rest):
            samples = np.concatenate([self._rest, samples])
        whole = len(samples) - len(samples) % self._width
        self._rest = samples[whole:].copy()
        if whole:
            self._append(samples[:whole])

    def result(self) -> tuple[float | None, float | None]:
        """Attack and temporal centroid in seconds; None for silence."""
        if len(self._rest):
            self._append(np.pad(self._rest, (0, self._width - len(self._rest))))
            self._rest = _NOTHING
        energies = np.concatenate(self._energies) if self._energies else np.zeros(0)
        total = float(energies.sum())
        if total <= 0:
            return None, None
        cell_s = self._width / self._rate_hz
        centres = (np.arange(len(energies)) + 0.5) * cell_s
        return attack(energies, cell_s), float(energies @ centres) / total

    def _append(self, samples: FloatArray) -> None:
        cells = samples.reshape(-1, self._width)
        self._energies.append(np.einsum("ij,ij->i", cells, cells, dtype=np.float64))
        self._count += len(cells)
        while self._count > _MOST_CELLS:
            self._join_cells()

    def _join_cells(self) -> None:
        energies = np.concatenate(self._energies)
        self._energies = [np.add.reduceat(energies, np.arange(0, len(energies), 2))]
        self._count = len(self._energies[0])
        self._width *= 2


def attack(energies: Values, cell_s: float) -> float:
    """Time in seconds from 10 to 90 % of the rise to the greatest level.

    The level is the root of the power over two cells. The rise begins at the least level before the
    greatest one is reached for the first time, so that steady noise under a sound does not hide it.

    Args:
        energies: powers (E,) of cells, E >= 1, not all 0.
        cell_s: length of a cell.
    """
    window = np.ones(min(_SMOOTHED_CELLS, len(energies)))
    level = np.sqrt(np.convolve(energies, window))[: len(energies)]
    top = int(np.argmax(level >= _HIGH * level.max()))
    floor = float(level[: top + 1].min())
    rise = float(level.max()) - floor
    end = _crossing(level, top, floor + _HIGH * rise)
    below = np.flatnonzero(level[: top + 1] <= floor + _LOW * rise)
    start = _crossing(level, int(below[-1]) + 1, floor + _LOW * rise) if len(below) else 0.0
    return max(0.0, end - start) * cell_s


def _crossing(level: Values, index: int, threshold: float) -> float:
    """Where, in cells, the level passes a threshold between `index` - 1 and `index`."""
    if index <= 0 or index >= len(level) or level[index] <= level[index - 1]:
        return float(index)
    share = (threshold - level[index - 1]) / (level[index] - level[index - 1])
    return index - 1 + float(np.clip(share, 0, 1))
