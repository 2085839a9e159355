"""Which clips train and which test."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kikimimi.errors import ConfigError
from kikimimi.tasks.classification.splits import fold_split


@given(st.lists(st.integers(1, 5), min_size=5), st.data())
def test_every_clip_has_one_part(folds: list[int], data: st.DataObject) -> None:
    known = sorted(set(folds))
    if len(known) < 3:
        return
    test_fold, inner_fold = data.draw(st.permutations(known))[:2]
    split = fold_split(folds, test_fold=test_fold, inner_fold=inner_fold)
    together = np.concatenate([split.train, split.inner, split.test])
    assert sorted(together.tolist()) == list(range(len(folds)))
    assert {folds[n] for n in split.test} == {test_fold}
    assert {folds[n] for n in split.inner} == {inner_fold}


@pytest.mark.parametrize(
    ("test_fold", "inner_fold", "message"),
    [(7, 0, "no fold 7"), (1, 7, "no fold 7"), (1, 1, "both the test fold"), (1, 2, "no clips")],
)
def test_impossible_splits_are_refused(test_fold: int, inner_fold: int, message: str) -> None:
    with pytest.raises(ConfigError, match=message):
        fold_split([1, 1, 2, 2], test_fold=test_fold, inner_fold=inner_fold)
