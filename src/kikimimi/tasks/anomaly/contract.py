"""What detectors of anomalies and fitted models keep, whoever wrote them.

Axes: R rows of features, D size of a row, B clips, T samples.

A detector works on rows of features and knows nothing of sound. A model is a fitted detector with
the features that it was fitted on, a threshold, and the identity of its encoder: it takes samples
and tells whether they are anomalous. This module is cheap to import.
"""

from dataclasses import dataclass
from typing import Any, Protocol, Self

import numpy as np
from numpy.typing import ArrayLike, NDArray

from kikimimi.types import FloatArray

ScoreArray = NDArray[np.float64]

DEFAULT_FALSE_ALARM_RATE = 0.1
"""Share of normal clips that the threshold lets through as anomalous: that of DCASE task 2."""


@dataclass(frozen=True, slots=True, eq=False)
class AnomalyScores:
    """`scores` (B,), the higher the more anomalous, and the `threshold` above which one is."""

    scores: ScoreArray
    threshold: float

    @property
    def anomalous(self) -> NDArray[np.bool_]:
        """(B,) whether each clip is taken for anomalous."""
        return self.scores > self.threshold


class AnomalyDetector(Protocol):
    """An estimator in scikit-learn's sense; the constructor's arguments are its configuration.

    Signs are scikit-learn's, so that its tools can be used: `score_samples` is the *higher* the
    more *normal* a row is, `predict` gives +1 for normal and -1 for anomalous. `anomaly_score` has
    the sign of the field: the higher, the more anomalous.

    Fitted attributes:
        training_scores_: (R,) anomaly scores of the training rows, each found without its own
            group (leave-one-out), so that they are what new normal rows would get.
        threshold_: where the gamma distribution fitted to them leaves `false_alarm_rate` above it.
        offset_: `-threshold_`.
    """

    training_scores_: ScoreArray
    threshold_: float
    offset_: float

    def fit(
        self,
        X: ArrayLike,
        y: object = None,
        *,
        groups: ArrayLike | None = None,
        domains: ArrayLike | None = None,
    ) -> Self:
        """Learn what is normal.

        Args:
            X: (R, D) features of normal sound.
            y: ignored; it is there for scikit-learn's pipelines.
            groups: (R,) which clip each row was cut from; each row is a clip of its own if None.
            domains: (R,) 0 for rows of the source domain, 1 for the target domain; all of the
                source if None. Detectors that know no domains take all rows alike.

        Raises:
            AnomalyError: too few rows or clips, all rows the same, NaN or infinite values.
        """
        ...

    def anomaly_score(self, X: ArrayLike) -> ScoreArray:
        """(R, D) -> (R,), the higher the more anomalous.

        Raises:
            AnomalyError: rows of another size than those of `fit`, NaN or infinite values.
        """
        ...

    def score_samples(self, X: ArrayLike) -> ScoreArray:
        """(R, D) -> (R,), the opposite of `anomaly_score`. Raises as it does."""
        ...

    def decision_function(self, X: ArrayLike) -> ScoreArray:
        """(R, D) -> (R,), `score_samples - offset_`; negative for anomalous rows."""
        ...

    def predict(self, X: ArrayLike) -> NDArray[np.int64]:
        """(R, D) -> (R,), +1 for normal and -1 for anomalous."""
        ...

    def get_params(self, deep: bool = True) -> dict[str, Any]:
        """The constructor's arguments."""
        ...

    def set_params(self, **params: Any) -> Self:
        """Change the constructor's arguments."""
        ...


class AnomalyModel(Protocol):
    """A fitted model: samples in, scores out. `tasks.anomaly.storage.load_model` gives one."""

    @property
    def sample_rate_hz(self) -> int:
        """Rate of the samples that it takes."""
        ...

    @property
    def clip_s(self) -> float:
        """Seconds of the clips that it was fitted on (their median); best scored at once."""
        ...

    @property
    def threshold(self) -> float:
        """The score above which a clip is anomalous."""
        ...

    @property
    def identity(self) -> str:
        """Short name of exactly this model, `name@digest`."""
        ...

    def score_clips(
        self, samples: FloatArray, *, sample_rate_hz: int | None = None
    ) -> AnomalyScores:
        """Score clips of equal length.

        Args:
            samples: (B, T) float32 at the model's rate, nominally in [-1, 1]; B, T >= 1.
            sample_rate_hz: of the samples, if it is to be checked.

        Raises:
            AnomalyError: another shape or rate, NaN or infinite samples, or a clip that does not
                vary at all (digital silence: a dead microphone rather than a machine).
        """
        ...
