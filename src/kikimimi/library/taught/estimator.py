"""The few-shot head as a scikit-learn classifier, for work outside of a library.

Axes: n rows, d features.
"""

from typing import Any, Self

import numpy as np
from numpy.typing import ArrayLike, NDArray
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.utils.multiclass import check_classification_targets
from sklearn.utils.validation import check_is_fitted, validate_data

from kikimimi.library.taught.background import Background
from kikimimi.library.taught.fitting import fit_head
from kikimimi.library.taught.logistic import Array


class FewShotClassifier(ClassifierMixin, BaseEstimator):
    """Two classes from a handful of rows, beside unlabelled ones (see `fitting`).

    The larger label is the wanted class. Without a background the rows themselves are it.

    Args:
        background: unlabelled rows (m, d) like those that will be predicted.

    Attributes:
        classes_: the labels, ascending: two, or one if all rows given have the tag.
        head_: the fitted `Head`.
    """

    def __init__(self, *, background: ArrayLike | None = None) -> None:
        self.background = background

    def fit(self, X: ArrayLike, y: ArrayLike) -> Self:
        """Learn from rows X (n, d) with labels y (n,).

        Raises:
            ValueError: there are more than two labels, or one and no background.
        """
        rows, labels = validate_data(self, X, y, dtype=np.float64)
        check_classification_targets(labels)
        self.classes_ = np.unique(labels)
        self._check_classes()
        wanted = labels == self.classes_[-1]
        background = rows
        if self.background is not None:
            background = validate_data(self, self.background, reset=False, dtype=np.float64)
        self.head_ = fit_head(
            [row[None] for row in rows[wanted]],
            [row[None] for row in rows[~wanted]],
            Background(background, np.arange(len(background))),
        )
        return self

    def score_samples(self, X: ArrayLike) -> Array:
        """Log-odds (n,) up to a constant, higher for the wanted class."""
        check_is_fitted(self)
        rows = validate_data(self, X, reset=False, dtype=np.float64)
        return self.head_.scores(rows)

    def decision_function(self, X: ArrayLike) -> Array:
        """Scores (n,), above 0 for the wanted class."""
        scores = self.score_samples(X)
        return scores - self.head_.threshold

    def predict_proba(self, X: ArrayLike) -> Array:
        """Probabilities (n, 2), of the wanted class last."""
        scores = self.score_samples(X)
        chances = self.head_.probabilities(scores)
        return np.stack([1 - chances, chances], axis=1)

    def predict(self, X: ArrayLike) -> NDArray[Any]:
        """Labels (n,); with a single class, whether (True) a row has it."""
        above = self.decision_function(X) > 0
        return self.classes_[above.astype(np.int64)] if len(self.classes_) == 2 else above

    def _check_classes(self) -> None:
        if len(self.classes_) > 2:
            raise ValueError(
                "Only binary classification is supported. The type of the target is multiclass: "
                f"{len(self.classes_)} classes."
            )
        if len(self.classes_) == 1 and self.background is None:
            raise ValueError("Classifier can't train when only one class is present.")

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.classifier_tags.multi_class = False
        return tags
