"""The windows that a taught tag is learned against and given to.

Axes: n windows, D size of a vector.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from kikimimi.types import FloatArray

Ids = NDArray[np.int64]


@dataclass(frozen=True, slots=True, eq=False)
class Background:
    """The windows of a library: vectors (n, D) and the sounds (n,) that they belong to."""

    vectors: FloatArray
    sound_ids: Ids

    def highest(self, scores: NDArray[np.float64]) -> tuple[Ids, NDArray[np.float64]]:
        """The sounds, ascending, and the highest of the scores (n,) of the windows of each."""
        sounds, places = np.unique(self.sound_ids, return_inverse=True)
        best = np.full(len(sounds), -np.inf)
        np.maximum.at(best, places, scores)
        return sounds, best
