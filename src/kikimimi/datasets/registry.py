"""Data sets by name. A data set is a module that keeps the contract `Dataset`."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Protocol

from kikimimi.datasets import (
    crema_d,
    esc50,
    folders,
    fsd50k,
    gtzan,
    label_table,
    nsynth,
    random_split,
    soundscape_scenes,
    speech_commands,
    tut_scenes,
    urbansound8k,
    voxceleb1,
    voxforge,
)
from kikimimi.datasets.records import DatasetClip
from kikimimi.errors import ConfigError
from kikimimi.names import suggestion


class Dataset(Protocol):
    """What every data set module offers."""

    NAME: str
    LICENCE: str
    CITATION: str
    FOLDS: tuple[int, ...]
    """The official folds; empty where they depend on the user's own data."""
    SPLITS: Mapping[str, int]
    """The folds by name where they are fixed splits (train, val, test); empty where each fold is
    tested in its turn."""

    def categories(self, root: Path | str) -> tuple[str, ...]:
        """Return the labels in the order of their targets.

        Raises:
            DatasetError: `root` does not hold the data set.
        """
        ...

    def clips(self, root: Path | str) -> Sequence[DatasetClip]:
        """Return all clips, always in the same order; no audio is opened.

        Raises:
            DatasetError: a table or an audio file is missing or malformed.
        """
        ...

    def validate(self, root: Path | str) -> None:
        """Check that a training on the data set can begin: nothing missing, every file readable.

        Raises:
            DatasetError: it cannot; the message names the fault.
        """
        ...


_DATASETS: dict[str, Dataset] = {
    dataset.NAME: dataset
    for dataset in (
        *(esc50, random_split, urbansound8k, fsd50k, folders, label_table),
        *(speech_commands, crema_d, gtzan, nsynth, voxforge, voxceleb1),
        *(soundscape_scenes, tut_scenes),
    )
}


def dataset_names() -> tuple[str, ...]:
    """Return the names of all data sets."""
    return tuple(_DATASETS)


def find_dataset(name: str) -> Dataset:
    """Return a data set by name.

    Raises:
        ConfigError: there is none of that name; the message names the nearest.
    """
    if name not in _DATASETS:
        raise ConfigError(f"there is no data set '{name}'; {suggestion(name, _DATASETS)}")
    return _DATASETS[name]
