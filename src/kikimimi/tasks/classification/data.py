"""A data set as a classification task sees it: clips, targets, folds, names.

Axes: V clips, K classes.
"""

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from kikimimi.datasets.registry import find_dataset
from kikimimi.types import FloatArray


@dataclass(frozen=True, slots=True, eq=False)
class ClassificationData:
    """`targets` (V, K), `folds` (V,), and for each clip its file and the recording it is of.

    `test_folds` are those that a full evaluation tests, one training for each.
    """

    paths: tuple[Path, ...]
    class_names: tuple[str, ...]
    targets: FloatArray
    folds: np.ndarray
    sources: tuple[str, ...]
    test_folds: tuple[int, ...]


def load_data(name: str, root: Path) -> ClassificationData:
    """Check a data set, so that no fault shows after hours of training, and read its table.

    Raises:
        ConfigError: there is no data set of that name.
        DatasetError: the data set is incomplete or malformed.
    """
    data_set = find_dataset(name)
    data_set.validate(root)
    clips = data_set.clips(root)
    class_names = data_set.categories(root)
    targets = np.zeros((len(clips), len(class_names)), np.float32)
    for row, clip in zip(targets, clips, strict=True):
        row[list(clip.targets)] = 1
    folds = np.array([clip.fold for clip in clips])
    fixed = data_set.SPLITS
    return ClassificationData(
        paths=tuple(clip.path for clip in clips),
        class_names=class_names,
        targets=targets,
        folds=folds,
        sources=tuple(clip.source_id for clip in clips),
        test_folds=(fixed["test"],) if fixed else tuple(int(fold) for fold in np.unique(folds)),
    )
