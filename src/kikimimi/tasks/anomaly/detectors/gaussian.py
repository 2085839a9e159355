"""One Gaussian around normal sound, with a covariance that is shrunk towards a sphere.

The score is Mahalanobis' distance under (1 - a) S + a m I, with S the covariance of the training
rows and m the mean of its eigenvalues. S has at most R - 1 directions however many features there
are, so that everything is computed in these. Axes: R rows, D size of a row, E directions.
"""

from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from kikimimi.errors import AnomalyError
from kikimimi.names import suggestion
from kikimimi.tasks.anomaly.contract import DEFAULT_FALSE_ALARM_RATE, ScoreArray
from kikimimi.tasks.anomaly.detectors.base import BaseAnomalyDetector, TrainingRows
from kikimimi.tasks.anomaly.detectors.checks import require_share
from kikimimi.tasks.anomaly.detectors.registry import register
from kikimimi.tasks.anomaly.detectors.shrinkage import SHRINKAGES, ShrunkCovariance

Array = NDArray[np.float64]


@register("gaussian")
class Gaussian(BaseAnomalyDetector):
    """Mahalanobis' distance to the mean of normal sound.

    Args:
        shrinkage: "ledoit_wolf" (Ledoit and Wolf, Journal of Multivariate Analysis 88, 2004),
            "oas" (Chen et al., IEEE Transactions on Signal Processing 58, 2010), or the share a of
            the sphere, from 0 to 1; 0 needs more clips than features.
        false_alarm_rate: share of normal rows above the threshold.
    """

    fitted_names: ClassVar[tuple[str, ...]] = ("mean_", "directions_", "variances_", "rest_")
    mean_: Array
    directions_: Array
    variances_: Array
    rest_: float

    def __init__(
        self,
        *,
        shrinkage: str | float = "ledoit_wolf",
        false_alarm_rate: float = DEFAULT_FALSE_ALARM_RATE,
    ) -> None:
        self.shrinkage = shrinkage
        self.false_alarm_rate = false_alarm_rate

    def _learn(self, rows: TrainingRows) -> None:
        self.mean_ = rows.features.mean(axis=0)
        found = ShrunkCovariance.of(rows.features - self.mean_, self._share(rows))
        self.directions_, self.variances_ = found.directions, found.variances
        self.rest_ = found.rest
        self._fitted_share = found.share

    def _score(self, features: NDArray[np.float64]) -> ScoreArray:
        return np.sqrt(self._covariance().quadratic(features - self.mean_))

    def _held_out_scores(self, rows: TrainingRows) -> ScoreArray:
        """In closed form where each row is a clip, with the shrinkage and the sphere held.

        With d the deviation of a row from the mean of all n, the mean without it is n / (n - 1) d
        away, and S without it is n / (n - 1) (S - d d' / (n - 1)); Sherman and Morrison invert it.
        """
        if rows.clip_count < len(rows.features):
            return super()._held_out_scores(rows)
        n, share = len(rows.features), self._fitted_share
        grown = (self.variances_ - self.rest_) * n / (n - 1) + self.rest_
        covariance = ShrunkCovariance(self.directions_, grown, self.rest_, share)
        squares = covariance.quadratic(rows.features - self.mean_)
        factor = (1 - share) * n / (n - 1) ** 2
        return n / (n - 1) * np.sqrt(squares / np.maximum(1 - factor * squares, 1e-12))

    def _covariance(self) -> ShrunkCovariance:
        return ShrunkCovariance(self.directions_, self.variances_, self.rest_, 0.0)

    def _share(self, rows: TrainingRows) -> float:
        if isinstance(self.shrinkage, str):
            if self.shrinkage not in SHRINKAGES:
                raise AnomalyError(
                    f"there is no shrinkage '{self.shrinkage}'; "
                    f"{suggestion(self.shrinkage, SHRINKAGES)}"
                )
            return SHRINKAGES[self.shrinkage](rows.features - rows.features.mean(axis=0))
        require_share("shrinkage", self.shrinkage)
        clips, size = rows.features.shape
        if self.shrinkage == 0 and clips <= size:
            raise AnomalyError(
                f"{clips} rows cannot tell the covariance of {size} features without shrinkage; "
                "give a shrinkage above 0, or 'ledoit_wolf'"
            )
        return float(self.shrinkage)
