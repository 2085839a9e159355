"""Scores in deviations from what training gave, so that those of several banks can be compared."""

from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.typing import NDArray

from kikimimi.errors import AnomalyError

_LEAST = 1e-12


@dataclass(frozen=True, slots=True)
class StandardScore:
    """`(score - mean) / deviation`, with both from held-out training scores."""

    mean: float
    deviation: float

    @classmethod
    def of(cls, scores: NDArray[np.float64]) -> Self:
        """Mean and deviation of scores of training rows that were left out one by one.

        Scores that do not vary, as of copies of one recording, are only shifted and not divided by
        nearly nothing.
        """
        mean, deviation = float(scores.mean()), float(scores.std())
        return cls(mean, deviation if deviation > _LEAST * max(1.0, abs(mean)) else 1.0)

    def __call__(self, scores: NDArray[np.float64]) -> NDArray[np.float64]:
        """Tell scores in deviations from the mean."""
        return (scores - self.mean) / self.deviation

    def as_array(self) -> NDArray[np.float64]:
        """Both numbers, for saving."""
        return np.array([self.mean, self.deviation])

    @classmethod
    def from_array(cls, array: NDArray[np.float64] | None) -> Self:
        """What `as_array` gave.

        Raises:
            AnomalyError: it is not there.
        """
        if array is None or np.shape(array) != (2,):
            raise AnomalyError("the fitted model lacks the scale of its scores; fit it again")
        return cls(float(array[0]), float(array[1]))
