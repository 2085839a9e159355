"""The target bank enlarged by rows that lie between two of its own.

SMOTE (Chawla et al., Journal of Artificial Intelligence Research 16, 2002): t + u (t' - t) with t'
one of the nearest neighbours of the target row t and u uniform in [0, 1], until there are as many
target rows as source rows. Axes: S source rows, T target rows, M made rows, D size of a row.
"""

import numpy as np
from numpy.typing import NDArray

from kikimimi.tasks.anomaly.contract import DEFAULT_FALSE_ALARM_RATE
from kikimimi.tasks.anomaly.detectors.checks import require_whole
from kikimimi.tasks.anomaly.detectors.distances import distances
from kikimimi.tasks.anomaly.detectors.domain_banks import DomainBanks, MadeRows
from kikimimi.tasks.anomaly.detectors.registry import register

Array = NDArray[np.float64]


@register("smote")
class Smote(DomainBanks):
    """Nearest neighbours in a source bank and in a target bank that interpolation has enlarged.

    Args:
        k_neighbors: nearest target rows that a row may be joined with; all others where there are
            fewer.
        n_neighbors: how many nearest rows of a bank the distance is the mean of.
        metric: "cosine" or "euclidean".
        random_state: seed of the draws.
        false_alarm_rate: share of normal rows above the threshold.
    """

    def __init__(
        self,
        *,
        k_neighbors: int = 5,
        n_neighbors: int = 1,
        metric: str = "cosine",
        random_state: int = 0,
        false_alarm_rate: float = DEFAULT_FALSE_ALARM_RATE,
    ) -> None:
        self.k_neighbors = k_neighbors
        self.n_neighbors = n_neighbors
        self.metric = metric
        self.random_state = random_state
        self.false_alarm_rate = false_alarm_rate

    def _enlarged(self, source: Array, target: Array) -> MadeRows:
        generator = np.random.default_rng(self.random_state)
        missing = max(0, len(source) - len(target))
        between = distances(target, target, self.metric)
        np.fill_diagonal(between, np.inf)
        count = min(self.k_neighbors, len(target) - 1)
        nearest = np.argsort(between, axis=1, kind="stable")[:, :count]
        first = np.arange(missing) % len(target)  # every row as often as any other
        second = nearest[first, generator.integers(count, size=missing)]
        step = generator.random((missing, 1))
        made = target[first] + step * (target[second] - target[first])
        return MadeRows(made, len(source) + np.stack([first, second], axis=1))

    def _check_settings(self) -> None:
        require_whole("k_neighbors", self.k_neighbors)
        require_whole("random_state", self.random_state, least=0)
