"""Counts of a class at every threshold that makes a difference.

Axis letter: P operating points.
"""

from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, slots=True, eq=False)
class OperatingPoints:
    """What thresholds give, from the highest to the lowest.

    Attributes:
        levels: falling scores (P,), the first one infinite. Point p is that of every threshold
            below levels[p] and not below levels[p + 1].
        true_positives: (P,).
        false_positives: (P,).
        reference_count: how many there are to be found.
    """

    levels: NDArray[np.float64]
    true_positives: NDArray[np.float64]
    false_positives: NDArray[np.float64]
    reference_count: int

    @property
    def f1(self) -> NDArray[np.float64]:
        """F at each point (P,); NaN everywhere for a class without reference."""
        if not self.reference_count:
            return np.full(len(self.levels), np.nan)
        found = self.true_positives + self.false_positives
        return 2 * self.true_positives / (found + self.reference_count)

    def index(self, threshold: float) -> int:
        """The point that a threshold gives."""
        return int(np.searchsorted(-self.levels, -threshold, side="left")) - 1

    def threshold(self, index: int) -> float:
        """A threshold that gives a point: halfway to the next level."""
        level = float(self.levels[index])
        below = float(self.levels[index + 1]) if index + 1 < len(self.levels) else -np.inf
        if level == np.inf:
            return below if below > -np.inf else np.inf
        if below == -np.inf:
            return float(np.nextafter(level, -np.inf))
        middle = below + (level - below) / 2
        return middle if middle < level else below

    def best(self) -> tuple[float, float]:
        """Threshold with the highest F, and that F; of equals the highest threshold.

        Raises:
            ValueError: the class has no reference.
        """
        if not self.reference_count:
            raise ValueError("no threshold is best for a class without reference")
        index = int(np.argmax(self.f1))
        return self.threshold(index), float(self.f1[index])


@dataclass(slots=True)
class Changes:
    """Gathers changes of counts at scores, over many clips."""

    levels: list[NDArray[Any]] = field(default_factory=list)
    amounts: list[NDArray[np.float64]] = field(default_factory=list)

    def add(self, levels: NDArray[Any], amounts: NDArray[Any]) -> None:
        """Take amounts (M, Q) that Q quantities change by at levels (M,); nothing is left out."""
        matter = (amounts != 0).any(axis=1)
        self.levels.append(np.asarray(levels, dtype=np.float64)[matter])
        self.amounts.append(np.asarray(amounts, dtype=np.float64)[matter])

    def curves(self, quantities: int) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Levels (P,), the first one infinite, and the quantities (P, Q) down to each."""
        levels = np.concatenate([*self.levels, np.zeros(0)])
        amounts = np.concatenate([*self.amounts, np.zeros((0, quantities))])
        rising, place = np.unique(levels, return_inverse=True)
        sums = np.zeros((len(rising), quantities))
        for quantity in range(quantities):
            weights = amounts[:, quantity]
            sums[:, quantity] = np.bincount(place, weights=weights, minlength=len(rising))
        start = np.zeros((1, quantities))
        totals = np.concatenate([start, np.cumsum(sums[::-1], axis=0)])
        return np.concatenate([[np.inf], rising[::-1]]), totals

    def operating_points(self, reference_count: int) -> OperatingPoints:
        """The points, if the quantities are true and false positives."""
        levels, totals = self.curves(2)
        return OperatingPoints(levels, totals[:, 0], totals[:, 1], reference_count)
