"""The target bank enlarged by mixing each of its rows with near rows of the source domain.

MemMixup (Saengthong and Shinozaki, "Deep generic representations for domain-generalized anomalous
sound detection", 2024): l t + (1 - l) s for each target row t and its nearest source rows s, with
l = 0.9. Axes: S source rows, T target rows, N neighbours, D size of a row.
"""

import numpy as np
from numpy.typing import NDArray

from kikimimi.tasks.anomaly.contract import DEFAULT_FALSE_ALARM_RATE
from kikimimi.tasks.anomaly.detectors.checks import require_share, require_whole
from kikimimi.tasks.anomaly.detectors.distances import distances
from kikimimi.tasks.anomaly.detectors.domain_banks import DomainBanks, MadeRows
from kikimimi.tasks.anomaly.detectors.registry import register

Array = NDArray[np.float64]


@register("mem_mixup")
class MemMixup(DomainBanks):
    """Nearest neighbours in a source bank and in a target bank that mixing has enlarged.

    Args:
        n_mixed: source rows that each target row is mixed with; all where there are fewer.
        mix: l, the part of the target row, from 0 to 1.
        n_neighbors: how many nearest rows of a bank the distance is the mean of.
        metric: "cosine" or "euclidean".
        false_alarm_rate: share of normal rows above the threshold.
    """

    def __init__(
        self,
        *,
        n_mixed: int = 990,
        mix: float = 0.9,
        n_neighbors: int = 1,
        metric: str = "cosine",
        false_alarm_rate: float = DEFAULT_FALSE_ALARM_RATE,
    ) -> None:
        self.n_mixed = n_mixed
        self.mix = mix
        self.n_neighbors = n_neighbors
        self.metric = metric
        self.false_alarm_rate = false_alarm_rate

    def _enlarged(self, source: Array, target: Array) -> MadeRows:
        count = min(self.n_mixed, len(source))
        order = np.argsort(distances(target, source, self.metric), axis=1, kind="stable")
        nearest = order[:, :count]  # (T, N)
        mixed = self.mix * target[:, None] + (1 - self.mix) * source[nearest]
        owners = np.repeat(len(source) + np.arange(len(target)), count)
        return MadeRows(mixed.reshape(-1, target.shape[1]), np.stack([nearest.ravel(), owners], 1))

    def _check_settings(self) -> None:
        require_whole("n_mixed", self.n_mixed)
        require_share("mix", self.mix)
