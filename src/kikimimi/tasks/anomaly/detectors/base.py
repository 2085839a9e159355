"""What all detectors have in common: checks, threshold, signs, and what is kept of a fit.

Axes: R rows, D size of a row, G clips (groups of rows).
"""

from abc import abstractmethod
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, ClassVar, Self

import numpy as np
from numpy.typing import ArrayLike, NDArray
from sklearn.base import BaseEstimator, OutlierMixin, clone
from sklearn.utils.validation import check_is_fitted, validate_data

from kikimimi.errors import AnomalyError
from kikimimi.tasks.anomaly.contract import ScoreArray
from kikimimi.tasks.anomaly.threshold import check_rate, gamma_threshold

MIN_CLIPS = 3
"""Fewer clips leave nothing to compare with when one of them is left out."""

_MOST_FOLDS = 10


@dataclass(frozen=True, slots=True, eq=False)
class TrainingRows:
    """`features` (R, D), `groups` (R,) numbers of clips from 0, `is_target` (R,)."""

    features: NDArray[np.float64]
    groups: NDArray[np.int64]
    is_target: NDArray[np.bool_]

    @property
    def clip_count(self) -> int:
        """How many clips G there are."""
        return int(self.groups.max()) + 1

    def at(self, rows: NDArray[np.bool_]) -> "TrainingRows":
        """Some of them, clips numbered anew."""
        groups = np.unique(self.groups[rows], return_inverse=True)[1]
        return TrainingRows(self.features[rows], groups, self.is_target[rows])


class BaseAnomalyDetector(OutlierMixin, BaseEstimator):
    """Keeps the contract `kikimimi.tasks.anomaly.contract.AnomalyDetector`.

    Subclasses give `_learn` and `_score`, the names of what a fit leaves in `fitted_names`, and
    `_held_out_scores` where leaving out is cheaper than learning again.
    """

    fitted_names: ClassVar[tuple[str, ...]] = ()
    """Attributes (arrays and numbers) that `_learn` sets and `_score` needs."""

    false_alarm_rate: float
    training_scores_: ScoreArray
    threshold_: float
    offset_: float

    @abstractmethod
    def _learn(self, rows: TrainingRows) -> None:
        """Set the attributes of `fitted_names`."""

    @abstractmethod
    def _score(self, features: NDArray[np.float64]) -> ScoreArray:
        """Checked rows (R, D) -> (R,), the higher the more anomalous."""

    def fit(
        self,
        X: ArrayLike,
        y: object = None,
        *,
        groups: ArrayLike | None = None,
        domains: ArrayLike | None = None,
    ) -> Self:
        """Learn what is normal from rows (R, D); see the contract.

        Raises:
            AnomalyError: too few rows or clips, all rows the same, NaN or infinite values, or an
                impossible setting.
        """
        check_rate(self.false_alarm_rate)
        rows = _training_rows(self._checked(X, reset=True), groups, domains)
        self._learn(rows)
        self.training_scores_ = self._held_out_scores(rows)
        self.threshold_ = gamma_threshold(
            self.training_scores_, false_alarm_rate=self.false_alarm_rate
        )
        self.offset_ = -self.threshold_
        return self

    def anomaly_score(self, X: ArrayLike) -> ScoreArray:
        """(R, D) -> (R,), the higher the more anomalous.

        Raises:
            AnomalyError: rows of another size than those of `fit`, NaN or infinite values.
        """
        check_is_fitted(self, "threshold_")
        return np.asarray(self._score(self._checked(X, reset=False)), np.float64)

    def score_samples(self, X: ArrayLike) -> ScoreArray:
        """(R, D) -> (R,), the higher the more normal. Raises as `anomaly_score`."""
        return -self.anomaly_score(X)

    def decision_function(self, X: ArrayLike) -> ScoreArray:
        """(R, D) -> (R,), negative for anomalous rows. Raises as `anomaly_score`."""
        return self.score_samples(X) - self.offset_

    def predict(self, X: ArrayLike) -> NDArray[np.int64]:
        """(R, D) -> (R,), +1 for normal, -1 for anomalous. Raises as `anomaly_score`."""
        return np.where(self.decision_function(X) < 0, -1, 1)

    def fitted_state(self) -> dict[str, NDArray[Any]]:
        """What a fit has left, as arrays; `restore` takes it."""
        check_is_fitted(self, "threshold_")
        return {name: np.asarray(getattr(self, name)) for name in _COMMON} | self.learned_state()

    def restore(self, state: Mapping[str, NDArray[Any]]) -> Self:
        """Take over what `fitted_state` of a detector of this kind and settings gave.

        Raises:
            AnomalyError: something is missing.
        """
        for name in _COMMON:
            setattr(self, name, state_value(state, name))
        self.restore_learned(state)
        return self

    def learned_state(self) -> dict[str, NDArray[Any]]:
        """The part of `fitted_state` that `_learn` has set."""
        return {name: np.asarray(getattr(self, name)) for name in self.fitted_names}

    def restore_learned(self, state: Mapping[str, NDArray[Any]]) -> None:
        """Take over what `learned_state` gave. Raises as `restore`."""
        for name in self.fitted_names:
            setattr(self, name, state_value(state, name))

    def _held_out_scores(self, rows: TrainingRows) -> ScoreArray:
        """(R,) scores of the training rows by detectors that have not heard their clips."""
        scores = np.empty(len(rows.features))
        for held in folds_of(rows.groups, _MOST_FOLDS):
            other = clone(self)
            other._learn(rows.at(~held))
            scores[held] = other._score(rows.features[held])
        return scores

    def _checked(self, X: ArrayLike, *, reset: bool) -> NDArray[np.float64]:
        least = MIN_CLIPS if reset else 1
        try:
            found = validate_data(self, X, reset=reset, dtype=np.float64, ensure_min_samples=least)
        except ValueError as error:
            raise AnomalyError(" ".join(str(error).split())) from None
        return np.asarray(found)


_COMMON = ("n_features_in_", "training_scores_", "threshold_", "offset_")


def state_value(state: Mapping[str, NDArray[Any]], name: str) -> Any:
    """One array of a state, or the number if it is one.

    Raises:
        AnomalyError: it is missing.
    """
    if name not in state:
        raise AnomalyError(f"the fitted model lacks '{name}'; fit it again")
    array = np.asarray(state[name])
    return array if array.ndim else array.item()


def folds_of(groups: NDArray[np.int64], most: int) -> Iterator[NDArray[np.bool_]]:
    """Which rows (R,) each fold holds out: whole clips, each clip once, at most `most` folds."""
    clips = int(groups.max()) + 1
    count = min(clips, most)
    for fold in range(count):
        yield groups % count == fold


def _training_rows(
    features: NDArray[np.float64], groups: ArrayLike | None, domains: ArrayLike | None
) -> TrainingRows:
    count = len(features)
    numbers = _column(np.arange(count) if groups is None else groups, count, "groups")
    target = _column(np.zeros(count) if domains is None else domains, count, "domains")
    if not np.isin(target, (0, 1)).all():
        raise AnomalyError("domains must be 0 (source) or 1 (target) for each row")
    rows = TrainingRows(features, np.unique(numbers, return_inverse=True)[1], target == 1)
    if rows.clip_count < MIN_CLIPS:
        raise AnomalyError(
            f"{rows.clip_count} clips of normal sound are too few to learn from; give {MIN_CLIPS} "
            "or more"
        )
    if (features == features[0]).all():
        raise AnomalyError(
            f"all {count} rows of features are the same, as of silent or copied clips; give "
            "recordings that differ"
        )
    return rows


def _column(values: ArrayLike, count: int, name: str) -> NDArray[Any]:
    column = np.asarray(values)
    if column.shape != (count,):
        raise AnomalyError(
            f"{name} have the shape {column.shape}; give one for each of {count} rows"
        )
    return column
