"""Data sets of machine sounds by name, each a module that keeps `MachineDatasetModule`."""

import os
from pathlib import Path
from typing import Protocol

from kikimimi.datasets.anomaly_sets import dcase_task2, mimii, toyadmos
from kikimimi.datasets.machine_records import MachineDataset
from kikimimi.errors import ConfigError, DatasetError
from kikimimi.names import suggestion
from kikimimi.paths import display_path


class MachineDatasetModule(Protocol):
    """What every module of `anomaly_sets` offers."""

    NAME: str
    LICENCE: str
    CITATION: str

    def holds(self, root: Path) -> bool:
        """Tell whether a folder has the layout of the data set, by what stands in it."""
        ...

    def load(self, root: Path) -> MachineDataset:
        """Open a copy of the data set; no audio is opened.

        Raises:
            DatasetError: the folder does not hold it.
        """
        ...


_DATASETS: dict[str, MachineDatasetModule] = {
    module.NAME: module for module in (dcase_task2, mimii, toyadmos)
}


def machine_dataset_names() -> tuple[str, ...]:
    """Return the names of all data sets of machine sounds."""
    return tuple(_DATASETS)


def find_machine_dataset(name: str) -> MachineDatasetModule:
    """Return a data set's module by name.

    Raises:
        ConfigError: there is none of that name; the message names the nearest.
    """
    if name not in _DATASETS:
        raise ConfigError(
            f"there is no data set of machine sounds '{name}'; {suggestion(name, _DATASETS)}"
        )
    return _DATASETS[name]


def load_machine_dataset(root: str | os.PathLike[str], name: str | None = None) -> MachineDataset:
    """Open the data set in a folder.

    Args:
        root: the folder.
        name: which it is; told by what stands in the folder if None.

    Raises:
        ConfigError: there is no data set of that name.
        DatasetError: the folder holds none, or a file is faulty.
    """
    root = Path(root)
    if name is not None:
        return find_machine_dataset(name).load(root)
    for module in _DATASETS.values():
        if module.holds(root):
            return module.load(root)
    raise DatasetError(
        f"{display_path(root)}: holds no data set of machine sounds that is known by its layout "
        f"({', '.join(_DATASETS)}); give the folder of one"
    )
