"""Any detector, once for each frequency band, and the mean of what the bands say.

A fault that sounds in one band only is a small part of a vector of all bands, but all of one
band's. The idea of memory banks by sub-band is that of BEAM (2026). Scores of bands are made
comparable by the mean and the deviation of their held-out training scores. Axes: R rows, D size of
a row, F bands.
"""

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.base import clone

from kikimimi.errors import AnomalyError
from kikimimi.names import suggestion
from kikimimi.tasks.anomaly.contract import DEFAULT_FALSE_ALARM_RATE, ScoreArray
from kikimimi.tasks.anomaly.detectors.base import BaseAnomalyDetector, TrainingRows
from kikimimi.tasks.anomaly.detectors.checks import require_whole
from kikimimi.tasks.anomaly.detectors.nearest_neighbours import NearestNeighbours
from kikimimi.tasks.anomaly.detectors.registry import register
from kikimimi.tasks.anomaly.detectors.standard_scores import StandardScore

ORDERS = ("channels_first", "bands_first")

Array = NDArray[np.float64]


@register("sub_bands")
class SubBands(BaseAnomalyDetector):
    """A detector for each band; the mean of their scores, each in its own deviations.

    Args:
        detector: what is cloned for each band; one nearest neighbour by the Euclidean distance if
            None (bands of few features have no direction to speak of, and bands of one feature
            none at all). Its own `false_alarm_rate` has no effect.
        bands: how many bands F the features have; 1 for features without frequency. A layer of the
            default encoder has C * F features: layer 7 has 512 channels and 4 bands.
        order: "channels_first" if the bands of a channel stand together, as in the layers of
            convolutional encoders; "bands_first" if the channels of a band do, as in mel frames.
        false_alarm_rate: share of normal rows above the threshold.
    """

    detectors_: list[BaseAnomalyDetector]
    standards_: list[StandardScore]

    def __init__(
        self,
        detector: BaseAnomalyDetector | None = None,
        *,
        bands: int = 1,
        order: str = "channels_first",
        false_alarm_rate: float = DEFAULT_FALSE_ALARM_RATE,
    ) -> None:
        self.detector = detector
        self.bands = bands
        self.order = order
        self.false_alarm_rate = false_alarm_rate

    def band_scores(self, X: Any) -> Array:
        """(R, D) -> (R, F): the score of each band, in deviations of its training scores.

        Raises:
            AnomalyError: rows of another size than those of `fit`, NaN or infinite values.
        """
        return self._band_scores(self._checked(X, reset=False))

    def _learn(self, rows: TrainingRows) -> None:
        self._check_bands(rows.features.shape[1])
        self.detectors_, self.standards_, self._held_out = [], [], np.empty(0)
        held_out = []
        for features in self._split(rows.features):
            band = clone(self._base())
            part = TrainingRows(features, rows.groups, rows.is_target)
            band._learn(part)
            scores = band._held_out_scores(part)
            self.detectors_.append(band)
            self.standards_.append(StandardScore.of(scores))
            held_out.append(self.standards_[-1](scores))
        self._held_out = np.mean(held_out, axis=0)

    def _score(self, features: Array) -> ScoreArray:
        return self._band_scores(features).mean(axis=1)

    def _held_out_scores(self, rows: TrainingRows) -> ScoreArray:
        return self._held_out

    def learned_state(self) -> dict[str, NDArray[Any]]:
        """The states of the bands' detectors, each under its number."""
        state: dict[str, NDArray[Any]] = {}
        for number, band in enumerate(self.detectors_):
            state |= {f"{number}.{name}": value for name, value in band.learned_state().items()}
            state[f"{number}.standard"] = self.standards_[number].as_array()
        return state

    def restore_learned(self, state: Mapping[str, NDArray[Any]]) -> None:
        """Take over what `learned_state` gave. Raises as every detector's."""
        self.detectors_, self.standards_ = [], []
        for number in range(self.bands):
            own = _under(state, f"{number}.")
            self.detectors_.append(clone(self._base()))
            self.detectors_[-1].restore_learned(own)
            self.standards_.append(StandardScore.from_array(own.get("standard")))

    def _band_scores(self, features: Array) -> Array:
        parts = zip(self._split(features), self.detectors_, self.standards_, strict=True)
        return np.stack([standard(band._score(own)) for own, band, standard in parts], axis=1)

    def _split(self, features: Array) -> list[Array]:
        """(R, D) -> F times (R, D / F)."""
        if self.order == "bands_first":
            return np.split(features, self.bands, axis=1)
        return [features[:, band :: self.bands] for band in range(self.bands)]

    def _base(self) -> BaseAnomalyDetector:
        return NearestNeighbours(metric="euclidean") if self.detector is None else self.detector

    def _check_bands(self, size: int) -> None:
        require_whole("bands", self.bands)
        if self.order not in ORDERS:
            raise AnomalyError(
                f"there is no order '{self.order}'; {suggestion(self.order, ORDERS)}"
            )
        if size % self.bands:
            raise AnomalyError(
                f"{size} features cannot be split into {self.bands} bands; give the number of "
                "bands of the layer"
            )


def _under(state: Mapping[str, NDArray[Any]], prefix: str) -> dict[str, NDArray[Any]]:
    return {k.removeprefix(prefix): v for k, v in state.items() if k.startswith(prefix)}
