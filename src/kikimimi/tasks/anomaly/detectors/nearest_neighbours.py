"""k nearest neighbours: far from everything normal is anomalous. Axes: R rows, D size of a row."""

from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from kikimimi.tasks.anomaly.contract import DEFAULT_FALSE_ALARM_RATE, ScoreArray
from kikimimi.tasks.anomaly.detectors.base import BaseAnomalyDetector, TrainingRows
from kikimimi.tasks.anomaly.detectors.checks import require_whole
from kikimimi.tasks.anomaly.detectors.distances import (
    distances,
    in_blocks,
    mean_of_nearest,
    prepared,
)
from kikimimi.tasks.anomaly.detectors.registry import register
from kikimimi.types import FloatArray


@register("knn")
class NearestNeighbours(BaseAnomalyDetector):
    """The mean distance to the nearest rows of normal sound.

    Args:
        n_neighbors: how many; 1 is what frozen representations are scored with (Saengthong and
            Shinozaki, "Deep generic representations for domain-generalized anomalous sound
            detection", 2024).
        metric: "cosine" or "euclidean".
        false_alarm_rate: share of normal rows above the threshold.
    """

    fitted_names: ClassVar[tuple[str, ...]] = ("bank_",)
    bank_: FloatArray

    def __init__(
        self,
        *,
        n_neighbors: int = 1,
        metric: str = "cosine",
        false_alarm_rate: float = DEFAULT_FALSE_ALARM_RATE,
    ) -> None:
        self.n_neighbors = n_neighbors
        self.metric = metric
        self.false_alarm_rate = false_alarm_rate

    def _learn(self, rows: TrainingRows) -> None:
        require_whole("n_neighbors", self.n_neighbors)
        self.bank_ = prepared(rows.features, self.metric).astype(np.float32)

    def _score(self, features: NDArray[np.float64]) -> ScoreArray:
        queries, scores = prepared(features, self.metric), np.empty(len(features))
        for block in in_blocks(len(queries)):
            found = distances(queries[block], self.bank_, self.metric)
            scores[block] = mean_of_nearest(found, self.n_neighbors)
        return scores

    def _held_out_scores(self, rows: TrainingRows) -> ScoreArray:
        scores = np.empty(len(self.bank_))
        for block in in_blocks(len(self.bank_)):
            found = distances(self.bank_[block], self.bank_, self.metric)
            found[rows.groups[block, None] == rows.groups] = np.inf
            scores[block] = mean_of_nearest(found, self.n_neighbors)
        return scores
