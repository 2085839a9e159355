"""Two memory banks, one of the source and one of the target domain, each with a scale of its own.

Of a target domain (another speed, load or noise) there are few normal clips, so that everything is
far from them. Distances to each bank are therefore told in deviations of the training scores of
that bank (each clip left out of it), and the smaller of the two counts (Saengthong and Shinozaki,
"Deep generic representations for domain-generalized anomalous sound detection", 2024). That work
takes mean and deviation from the test clips; here they come from training clips only.

Axes: Q queries, R rows, S source rows, T target rows, M rows of the target bank, D size of a row.
"""

from abc import abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from kikimimi.errors import AnomalyError
from kikimimi.tasks.anomaly.contract import ScoreArray
from kikimimi.tasks.anomaly.detectors.base import BaseAnomalyDetector, TrainingRows
from kikimimi.tasks.anomaly.detectors.checks import require_whole
from kikimimi.tasks.anomaly.detectors.distances import (
    distances,
    in_blocks,
    mean_of_nearest,
    prepared,
)
from kikimimi.tasks.anomaly.detectors.standard_scores import StandardScore
from kikimimi.types import FloatArray

MIN_TARGETS = 2
"""One clip of the target domain has nothing to be compared with when it is left out."""

Array = NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class MadeRows:
    """Rows (M, D) made of training rows; `parents` (M, P) are the numbers of those."""

    rows: Array
    parents: NDArray[np.int64]


class DomainBanks(BaseAnomalyDetector):
    """Nearest neighbours in two banks; without target rows it is nearest neighbours in one.

    Subclasses give `_enlarged`, what is put beside the few target rows.
    """

    n_neighbors: int
    metric: str
    fitted_names: ClassVar[tuple[str, ...]] = ("source_", "target_", "scales_")
    source_: FloatArray
    target_: FloatArray
    scales_: Array
    _bank: FloatArray | None

    @abstractmethod
    def _enlarged(self, source: Array, target: Array) -> MadeRows:
        """Further rows for the target bank, of `prepared` rows.

        `parents` count the source rows from 0, and the target rows from S on.
        """

    @abstractmethod
    def _check_settings(self) -> None:
        """See that the settings are possible.

        Raises:
            AnomalyError: they are not.
        """

    def _learn(self, rows: TrainingRows) -> None:
        require_whole("n_neighbors", self.n_neighbors)
        self._check_settings()
        _check_domains(rows)
        compared = prepared(rows.features, self.metric)
        self.source_ = compared[~rows.is_target].astype(np.float32)
        self.target_ = compared[rows.is_target].astype(np.float32)
        self._bank = None
        self._held_out = self._learn_scales(rows)

    def restore_learned(self, state: Mapping[str, NDArray[Any]]) -> None:
        """Take over what `learned_state` gave. Raises as every detector's."""
        super().restore_learned(state)
        self._bank = None

    def _score(self, features: Array) -> ScoreArray:
        queries, scores = prepared(features, self.metric), np.empty(len(features))
        source, target = self._scales()
        for block in in_blocks(len(queries)):
            scores[block] = source(self._nearest(queries[block], self.source_))
            if len(self.target_):
                other = target(self._nearest(queries[block], self._target_bank()))
                scores[block] = np.minimum(scores[block], other)
        return scores

    def _held_out_scores(self, rows: TrainingRows) -> ScoreArray:
        return self._held_out

    def _learn_scales(self, rows: TrainingRows) -> ScoreArray:
        """Set the scales, and give the scores (R,) of the training rows, clips left out.

        Of the target bank also those rows are left out that were made with a part of the clip.
        """
        is_target = rows.is_target
        owners = np.concatenate([rows.groups[~is_target], rows.groups[is_target]])
        queries = np.empty((len(owners), rows.features.shape[1]))
        queries[~is_target], queries[is_target] = self.source_, self.target_
        to_source = self._left_out(
            queries, rows.groups, self.source_, rows.groups[~is_target][:, None]
        )
        source = StandardScore.of(to_source[~is_target])
        if not is_target.any():
            self.scales_ = np.stack([source.as_array(), source.as_array()])
            return source(to_source)
        made = self._made()
        parents = [rows.groups[is_target][:, None].repeat(made.parents.shape[1], axis=1)]
        parents.append(owners[made.parents])
        to_target = self._left_out(
            queries, rows.groups, self._target_bank(), np.concatenate(parents)
        )
        target = StandardScore.of(to_target[is_target])
        self.scales_ = np.stack([source.as_array(), target.as_array()])
        return np.minimum(source(to_source), target(to_target))

    def _left_out(
        self,
        queries: Array,
        clips: NDArray[np.int64],
        bank: FloatArray,
        parents: NDArray[np.int64],
    ) -> Array:
        """Mean nearest distance (Q,) to rows of a bank that no part of the query's clip is in."""
        found = np.empty(len(queries))
        for block in in_blocks(len(queries)):
            every = distances(queries[block], bank, self.metric)
            own = (clips[block, None, None] == parents).any(axis=2)
            every[own] = np.inf
            found[block] = mean_of_nearest(every, self.n_neighbors)
        return found

    def _nearest(self, queries: Array, bank: FloatArray) -> Array:
        return mean_of_nearest(distances(queries, bank, self.metric), self.n_neighbors)

    def _made(self) -> MadeRows:
        return self._enlarged(self.source_.astype(np.float64), self.target_.astype(np.float64))

    def _target_bank(self) -> FloatArray:
        """Target rows and what was made of them (T + M, D); only the former are saved."""
        if self._bank is None:
            made = prepared(self._made().rows, self.metric)
            self._bank = np.concatenate([self.target_, made]).astype(np.float32)
        return self._bank

    def _scales(self) -> tuple[StandardScore, StandardScore]:
        source, target = self.scales_
        return StandardScore.from_array(source), StandardScore.from_array(target)


def _check_domains(rows: TrainingRows) -> None:
    targets = len(np.unique(rows.groups[rows.is_target]))
    sources = len(np.unique(rows.groups[~rows.is_target]))
    if 0 < targets < MIN_TARGETS:
        raise AnomalyError(
            f"{targets} clip of the target domain is too few; give {MIN_TARGETS} or more, or take "
            "it for one of the source domain"
        )
    if sources < MIN_TARGETS:
        raise AnomalyError(
            f"{sources} clips of the source domain are too few; give {MIN_TARGETS} or more, or "
            "take all clips for ones of the source domain"
        )
