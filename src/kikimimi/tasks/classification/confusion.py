"""Which classes are taken for which."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from kikimimi.tasks.classification.evaluation import ensemble
from kikimimi.tasks.classification.folds import saved_scores


def confusion_of(runs: Sequence[Path], *, class_count: int) -> NDArray[np.int64]:
    """Counts (K, K) of clips by true class (row) and predicted class, over all folds.

    Several runs predict together, by the mean of their probabilities.

    Raises:
        ConfigError: a run has no scores.
    """
    members = [saved_scores(run) for run in runs]
    counts = np.zeros((class_count, class_count), np.int64)
    for fold, table in members[0].items():
        probabilities = ensemble([member[fold]["probabilities"] for member in members])
        np.add.at(counts, (table["targets"].argmax(axis=1), probabilities.argmax(axis=1)), 1)
    return counts
