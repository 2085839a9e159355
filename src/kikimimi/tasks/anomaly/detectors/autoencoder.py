"""An auto-encoder that has learned to copy normal sound: what it copies badly is anomalous.

The baseline of DCASE task 2 (Koizumi et al., DCASE Workshop 2020; Harada et al., "First-shot
anomaly sound detection for machine condition monitoring", EUSIPCO 2023): dense layers
640-128-128-128-128-8-128-128-128-128-640 with batch normalisation and ReLU, on five frames of 128
mel bands. A row is such a stretch; the score of a clip is the mean of its rows (`groups`). The
score is the mean squared error, or selectively the smaller of the Mahalanobis distances of the
error under its covariance in the source and in the target domain.

Axes: R rows, D size of a row.
"""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from kikimimi.errors import AnomalyError
from kikimimi.names import suggestion
from kikimimi.tasks.anomaly.contract import DEFAULT_FALSE_ALARM_RATE, ScoreArray
from kikimimi.tasks.anomaly.detectors.base import (
    BaseAnomalyDetector,
    TrainingRows,
    folds_of,
    state_value,
)
from kikimimi.tasks.anomaly.detectors.checks import require_whole
from kikimimi.tasks.anomaly.detectors.registry import register
from kikimimi.tasks.anomaly.detectors.shrinkage import ShrunkCovariance, ledoit_wolf
from kikimimi.types import FloatArray

if TYPE_CHECKING:
    from kikimimi.tasks.anomaly.dense_autoencoder import DenseAutoencoder

DISTANCES = ("mse", "mahalanobis")

Array = NDArray[np.float64]

_AT_ONCE = 4096
_NETWORK = "network."


@register("autoencoder")
class Autoencoder(BaseAnomalyDetector):
    """The error of a dense auto-encoder, in deviations of the training rows.

    Args:
        distance: "mse" for the mean squared error, "mahalanobis" for the selective one; rows of the
            target domain get a covariance of their own.
        hidden: units of each of the 4 + 4 hidden layers.
        bottleneck: units of the narrowest layer.
        epochs: how often every row is trained on.
        batch_size: rows of a step.
        lr: Adam's learning rate.
        standardise: train on features less their mean, divided by their deviation; DCASE's
            baseline trains on decibels as they are, which takes more steps.
        folds: further trainings, each without a share of the clips, that give the held-out scores
            the threshold is fitted to; 0 takes the scores of the training rows themselves, as
            DCASE's baseline does, which are too low where there are few clips.
        random_state: seed of the first weights and the order.
        device: where it is trained, "cpu" or a device of torch.
        false_alarm_rate: share of normal rows above the threshold.
    """

    fitted_names: ClassVar[tuple[str, ...]] = ("mean_", "scale_")
    mean_: Array
    scale_: Array
    network_: "DenseAutoencoder"
    covariances_: list[ShrunkCovariance]

    def __init__(
        self,
        *,
        distance: str = "mse",
        hidden: int = 128,
        bottleneck: int = 8,
        epochs: int = 100,
        batch_size: int = 256,
        lr: float = 1e-3,
        standardise: bool = True,
        folds: int = 3,
        random_state: int = 0,
        device: str = "cpu",
        false_alarm_rate: float = DEFAULT_FALSE_ALARM_RATE,
    ) -> None:
        self.distance = distance
        self.hidden = hidden
        self.bottleneck = bottleneck
        self.epochs = epochs
        self.batch_size = batch_size
        self.lr = lr
        self.standardise = standardise
        self.folds = folds
        self.random_state = random_state
        self.device = device
        self.false_alarm_rate = false_alarm_rate

    def squared_errors(self, X: Any) -> Array:
        """(R, D) -> (R, D): how badly each feature is copied; where the anomaly lies.

        Raises:
            AnomalyError: rows of another size than those of `fit`, NaN or infinite values.
        """
        return self._errors(self._checked(X, reset=False)) ** 2

    def _learn(self, rows: TrainingRows) -> None:
        from kikimimi.tasks.anomaly.dense_autoencoder import trained_autoencoder

        self._check_settings()
        size = rows.features.shape[1]
        self.mean_, self.scale_ = np.zeros(size), np.ones(size)
        if self.standardise:
            self.mean_ = rows.features.mean(axis=0)
            deviations = rows.features.std(axis=0)
            self.scale_ = np.where(deviations > 1e-9 * np.abs(self.mean_) + 1e-12, deviations, 1)
        self.network_ = trained_autoencoder(
            self._standard(rows.features),
            self._network(size),
            epochs=self.epochs,
            batch_size=self.batch_size,
            lr=self.lr,
            seed=self.random_state,
            device=self.device,
        )
        self.covariances_ = []
        if self.distance == "mahalanobis":
            self.covariances_ = self._covariances(rows)

    def _score(self, features: Array) -> ScoreArray:
        scores = np.empty(len(features))
        for start in range(0, len(features), _AT_ONCE):
            block = slice(start, start + _AT_ONCE)
            scores[block] = self._scores_of(self._errors(features[block]))
        return scores

    def _held_out_scores(self, rows: TrainingRows) -> ScoreArray:
        if not self.folds:
            return self._score(rows.features)
        scores = np.empty(len(rows.features))
        for held in folds_of(rows.groups, self.folds):
            other = type(self)(**self.get_params())
            other._learn(rows.at(~held))
            scores[held] = other._score(rows.features[held])
        return scores

    def learned_state(self) -> dict[str, NDArray[Any]]:
        """Scale of the features, weights and covariances."""
        tensors = self.network_.state_dict()
        state = super().learned_state()
        state |= {_NETWORK + name: tensor.numpy() for name, tensor in tensors.items()}
        for number, each in enumerate(self.covariances_):
            state |= {f"{number}.{name}": np.asarray(getattr(each, name)) for name in _COVARIANCE}
        return state

    def restore_learned(self, state: Mapping[str, NDArray[Any]]) -> None:
        """Take over what `learned_state` gave. Raises as every detector's."""
        import torch

        super().restore_learned(state)
        names = [name for name in state if name.startswith(_NETWORK)]
        tensors = {n.removeprefix(_NETWORK): torch.from_numpy(np.array(state[n])) for n in names}
        self.network_ = self._network(len(self.mean_))
        try:
            self.network_.load_state_dict(tensors)
        except RuntimeError:
            raise AnomalyError(
                "the weights do not fit the auto-encoder's settings; fit the model again"
            ) from None
        self.network_.eval()
        self.covariances_ = []
        while f"{len(self.covariances_)}.rest" in state:
            prefix = f"{len(self.covariances_)}."
            values = [state_value(state, prefix + name) for name in _COVARIANCE]
            self.covariances_.append(ShrunkCovariance(*values))

    def _scores_of(self, errors: Array) -> ScoreArray:
        if not self.covariances_:
            return (errors**2).mean(axis=1)
        squares = [each.quadratic(errors) for each in self.covariances_]
        return np.sqrt(np.min(squares, axis=0) / errors.shape[1])

    def _covariances(self, rows: TrainingRows) -> list[ShrunkCovariance]:
        domains = [~rows.is_target, rows.is_target]
        errors = [self._errors(rows.features[domain]) for domain in domains if domain.any()]
        return [ShrunkCovariance.of(each, ledoit_wolf(each)) for each in errors]

    def _errors(self, features: Array) -> Array:
        import torch

        standard = self._standard(features)
        with torch.inference_mode():
            copied = self.network_(torch.from_numpy(standard)).numpy()
        return copied.astype(np.float64) - standard

    def _standard(self, features: Array) -> FloatArray:
        return ((features - self.mean_) / self.scale_).astype(np.float32)

    def _network(self, size: int) -> "DenseAutoencoder":
        from kikimimi.tasks.anomaly.dense_autoencoder import DenseAutoencoder

        return DenseAutoencoder(
            size, hidden=self.hidden, bottleneck=self.bottleneck, seed=self.random_state
        )

    def _check_settings(self) -> None:
        if self.distance not in DISTANCES:
            raise AnomalyError(
                f"there is no distance '{self.distance}'; {suggestion(self.distance, DISTANCES)}"
            )
        for name in ("hidden", "bottleneck", "epochs"):
            require_whole(name, getattr(self, name))
        require_whole("batch_size", self.batch_size, least=4)
        require_whole("random_state", self.random_state, least=0)
        require_whole("folds", self.folds, least=0)
        if self.folds == 1:
            raise AnomalyError("folds is 1, which leaves nothing to train on; give 0, or 2 or more")


_COVARIANCE = ("directions", "variances", "rest", "share")
