"""Training, validation and test parts for data that come without any."""

from collections.abc import Hashable, Sequence

from kikimimi.datasets.folds import stratified_folds

SPLITS = {"train": 1, "val": 2, "test": 3}

_TENTHS = (*("train",) * 7, "val", *("test",) * 2)


def hashed_split(labels: Sequence[Hashable], groups: Sequence[str]) -> tuple[int, ...]:
    """Give each clip a number of `SPLITS`: about 70, 10 and 20 % of each label.

    Clips of one group (a speaker, a recording) stay together. The result depends on the arguments
    alone (`stratified_folds` makes ten parts).
    """
    tenths = stratified_folds(labels, groups, count=len(_TENTHS))
    return tuple(SPLITS[_TENTHS[tenth - 1]] for tenth in tenths)
