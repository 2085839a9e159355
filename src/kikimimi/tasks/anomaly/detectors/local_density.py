"""k nearest neighbours with local density normalisation.

Wilkinghoff et al., "Keeping the balance: anomaly score calculation for domain generalization",
ICASSP 2025: A(x) = min over y of D(x, y) / ((1 / K) * sum over k <= K of D(y, y_k)), where y_k is
the k-th nearest neighbour of y. Normal sound of a rare condition lies in a thin part of the space,
so that distances to it are large; dividing by how far it lies from its own neighbours makes the
scores of conditions comparable without knowing them. With weights r^(k-1) instead of 1 / K (global
weighted rank pooling of the densities) the choice of K matters less.

Axes: Q queries, R rows, D size of a row, K neighbours.
"""

from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from kikimimi.tasks.anomaly.contract import DEFAULT_FALSE_ALARM_RATE, ScoreArray
from kikimimi.tasks.anomaly.detectors.base import BaseAnomalyDetector, TrainingRows
from kikimimi.tasks.anomaly.detectors.checks import require_share, require_whole
from kikimimi.tasks.anomaly.detectors.distances import distances, in_blocks, prepared
from kikimimi.tasks.anomaly.detectors.registry import register
from kikimimi.types import FloatArray

_LEAST_DENSITY = 0.01
"""Of the mean one: copies of one recording lie at no distance from each other."""


@register("ldn")
class LocalDensityNeighbours(BaseAnomalyDetector):
    """Distance to the nearest normal row, in units of that row's distance to its own neighbours.

    Args:
        density_neighbors: K, the neighbours that tell the density around a row; fewer where there
            are fewer rows.
        rank_decay: r, the weight of each further neighbour over the one before; 1 for the plain
            mean.
        metric: "cosine" or "euclidean".
        false_alarm_rate: share of normal rows above the threshold.
    """

    fitted_names: ClassVar[tuple[str, ...]] = ("bank_", "densities_")
    bank_: FloatArray
    densities_: NDArray[np.float64]

    def __init__(
        self,
        *,
        density_neighbors: int = 4,
        rank_decay: float = 1.0,
        metric: str = "cosine",
        false_alarm_rate: float = DEFAULT_FALSE_ALARM_RATE,
    ) -> None:
        self.density_neighbors = density_neighbors
        self.rank_decay = rank_decay
        self.metric = metric
        self.false_alarm_rate = false_alarm_rate

    def _learn(self, rows: TrainingRows) -> None:
        require_whole("density_neighbors", self.density_neighbors)
        require_share("rank_decay", self.rank_decay)
        self.bank_ = prepared(rows.features, self.metric).astype(np.float32)
        every = distances(self.bank_, self.bank_, self.metric)
        every[rows.groups[:, None] == rows.groups] = np.inf
        self.densities_ = self._density(np.sort(every, axis=1))

    def _score(self, features: NDArray[np.float64]) -> ScoreArray:
        queries, scores = prepared(features, self.metric), np.empty(len(features))
        for block in in_blocks(len(queries)):
            found = distances(queries[block], self.bank_, self.metric)
            scores[block] = (found / self.densities_).min(axis=1)
        return scores

    def _held_out_scores(self, rows: TrainingRows) -> ScoreArray:
        """Exactly what a fit without a clip would give: densities, too, do without the clip."""
        every = distances(self.bank_, self.bank_, self.metric)
        every[rows.groups[:, None] == rows.groups] = np.inf
        most = self.density_neighbors + int(np.bincount(rows.groups).max())
        order = np.argsort(every, axis=1, kind="stable")[:, :most]
        nearest = np.take_along_axis(every, order, axis=1)
        owners = rows.groups[order]
        scores = np.empty(len(every))
        for clip in range(rows.clip_count):
            held = rows.groups == clip
            without = np.sort(np.where(owners == clip, np.inf, nearest), axis=1)
            scores[held] = (every[held] / self._density(without)).min(axis=1)
        return scores

    def _density(self, nearest: NDArray[np.float64]) -> NDArray[np.float64]:
        """Ascending distances (R, >= K), infinite where left out -> (R,) weighted means."""
        kept = nearest[:, : self.density_neighbors]
        there = np.isfinite(kept)
        weights = there * float(self.rank_decay) ** np.arange(kept.shape[1])
        total = np.where(there.any(axis=1), weights.sum(axis=1), 1)
        means = (np.where(there, kept, 0) * weights).sum(axis=1) / total
        return np.maximum(means, _LEAST_DENSITY * means.mean() or 1.0)
