"""A data set as an evaluation of encoders sees it: clips of one length, targets, official parts.

Axes: V clips, K classes.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from kikimimi.datasets.registry import Dataset, find_dataset
from kikimimi.errors import ConfigError

UNIT_SECONDS = {
    "esc50": 5.0,
    "urbansound8k": 4.0,
    "fsd50k": 7.6358,
    "speech-commands-v2": 1.0,
    "voxceleb1": 8.2,
    "voxforge": 5.8,
    "crema-d": 2.5,
    "gtzan": 30.0,
    "nsynth": 4.0,
}
"""Seconds of each clip that are embedded, as published figures have it: the averages of EVAR."""

DEFAULT_UNIT_S = 5.0
"""For data sets of which no figures are published."""

VALIDATION_SHARE = 0.1


@dataclass(frozen=True, slots=True, eq=False)
class ProbeData:
    """`targets` are (V,) numbers of classes or, where a clip may be of many, (V, K) zeros and ones.

    `test_folds` are those that a full evaluation tests, `validation_fold` is 0 where the data set
    has no part to choose on. `unit_s` is how much of each clip is embedded.
    """

    name: str
    paths: tuple[Path, ...]
    class_names: tuple[str, ...]
    targets: NDArray[np.int64] | NDArray[np.float32]
    folds: NDArray[np.int64]
    test_folds: tuple[int, ...]
    validation_fold: int
    unit_s: float

    @property
    def is_multi_label(self) -> bool:
        """Whether a clip may be of several classes."""
        return self.targets.ndim == 2


@dataclass(frozen=True, slots=True, eq=False)
class Parts:
    """Numbers of the clips that train, that are chosen on, and that test."""

    train: NDArray[np.int64]
    validation: NDArray[np.int64]
    test: NDArray[np.int64]


def load_probe_data(name: str, root: Path, *, unit_s: float | None = None) -> ProbeData:
    """Check a data set and read its table.

    Args:
        name: of the data set.
        root: its folder.
        unit_s: seconds of each clip to embed; those of published figures if None, or
            `DEFAULT_UNIT_S` where there are none.

    Raises:
        ConfigError: there is no data set of that name.
        DatasetError: the data set is incomplete or malformed.
    """
    data_set = find_dataset(name)
    data_set.validate(root)
    clips, class_names = data_set.clips(root), data_set.categories(root)
    folds = np.array([clip.fold for clip in clips], np.int64)
    return ProbeData(
        name=name,
        paths=tuple(clip.path for clip in clips),
        class_names=tuple(class_names),
        targets=_targets([clip.targets for clip in clips], len(class_names)),
        folds=folds,
        test_folds=_test_folds(data_set, folds),
        validation_fold=data_set.SPLITS.get("val", 0),
        unit_s=unit_s or UNIT_SECONDS.get(name, DEFAULT_UNIT_S),
    )


def _targets(
    targets: Sequence[Sequence[int]], classes: int
) -> NDArray[np.int64] | NDArray[np.float32]:
    if all(len(several) == 1 for several in targets):
        return np.array([one for (one,) in targets], np.int64)
    matrix = np.zeros((len(targets), classes), np.float32)
    for row, several in zip(matrix, targets, strict=True):
        row[list(several)] = 1
    return matrix


def _test_folds(data_set: Dataset, folds: NDArray[np.int64]) -> tuple[int, ...]:
    if data_set.SPLITS:
        return (data_set.SPLITS["test"],)
    return tuple(int(fold) for fold in np.unique(folds))


def parts_of(data: ProbeData, *, test_fold: int, seed: int) -> Parts:
    """The official parts; without an official validation part a tenth of the training clips.

    That tenth is drawn at random by `seed`, as EVAR does, also inside cross-validation.

    Raises:
        ConfigError: there is no such fold, or too little is left to train on.
    """
    known = sorted({int(fold) for fold in data.folds})
    if test_fold not in known or test_fold == data.validation_fold:
        raise ConfigError(f"the data set has no test fold {test_fold}; its folds are {known}")
    test = np.flatnonzero(data.folds == test_fold)
    rest = data.folds != test_fold
    if data.validation_fold in known:
        held = data.folds == data.validation_fold
        train, validation = np.flatnonzero(rest & ~held), np.flatnonzero(held)
    else:
        mixed = np.random.default_rng(seed).permutation(np.flatnonzero(rest))
        count = max(1, round(VALIDATION_SHARE * len(mixed)))
        validation, train = np.sort(mixed[:count]), np.sort(mixed[count:])
    if len(train) < 2:
        raise ConfigError(
            f"fold {test_fold}: {len(train)} clips are left to train on; give a larger data set"
        )
    return Parts(train, validation, test)
