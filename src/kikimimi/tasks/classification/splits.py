"""Which clips train and which test, for a data set and a fold."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from kikimimi.errors import ConfigError


@dataclass(frozen=True, slots=True, eq=False)
class Split:
    """Numbers of the clips that train, that are watched (`inner`, may be empty), and that test."""

    train: np.ndarray
    inner: np.ndarray
    test: np.ndarray


def fold_split(folds: Sequence[int] | np.ndarray, *, test_fold: int, inner_fold: int = 0) -> Split:
    """Test on `test_fold`, watch `inner_fold` (0: none), train on all other folds.

    Raises:
        ConfigError: the data set has no such fold, both are the same, or nothing is left to
            train on.
    """
    numbers = np.asarray(folds)
    known = sorted(set(numbers.tolist()))
    wanted = [test_fold, inner_fold] if inner_fold else [test_fold]
    for fold in wanted:
        if fold not in known:
            raise ConfigError(f"the data set has no fold {fold}; its folds are {known}")
    if test_fold == inner_fold:
        raise ConfigError(f"fold {test_fold} cannot be both the test fold and the inner fold")
    test = numbers == test_fold
    inner = numbers == inner_fold if inner_fold else np.zeros_like(test)
    train = ~(test | inner)
    if not train.any():
        raise ConfigError("no clips are left to train on; the data set needs another fold")
    return Split(np.flatnonzero(train), np.flatnonzero(inner), np.flatnonzero(test))
