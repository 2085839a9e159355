"""Data sets of sound events by name, each a module that keeps the contract `EventDatasetModule`."""

import os
from pathlib import Path
from typing import Protocol

from kikimimi.datasets.event_records import EventDataset
from kikimimi.datasets.event_sets import (
    desed,
    maestro_real,
    soundscapes,
    tut_acoustic_scenes,
    tut_sound_events,
    urbansound_sed,
)
from kikimimi.errors import ConfigError, DatasetError
from kikimimi.names import suggestion
from kikimimi.paths import display_path


class EventDatasetModule(Protocol):
    """What every module of `event_sets` offers."""

    NAME: str
    LICENCE: str
    CITATION: str

    def holds(self, root: Path) -> bool:
        """Tell whether a folder has the layout of the data set, by what stands in it."""
        ...

    def load(self, root: Path) -> EventDataset:
        """Open a copy of the data set; tables are read, no audio.

        Raises:
            DatasetError: the folder does not hold it, or a table is faulty.
        """
        ...


_DATASETS: dict[str, EventDatasetModule] = {
    module.NAME: module
    for module in (
        *(soundscapes, desed, urbansound_sed),
        *(maestro_real, tut_sound_events, tut_acoustic_scenes),
    )
}


def event_dataset_names() -> tuple[str, ...]:
    """Return the names of all data sets of sound events."""
    return tuple(_DATASETS)


def find_event_dataset(name: str) -> EventDatasetModule:
    """Return a data set's module by name.

    Raises:
        ConfigError: there is none of that name; the message names the nearest.
    """
    if name not in _DATASETS:
        raise ConfigError(
            f"there is no data set of sound events '{name}'; {suggestion(name, _DATASETS)}"
        )
    return _DATASETS[name]


def load_event_dataset(root: str | os.PathLike[str], name: str | None = None) -> EventDataset:
    """Open the data set in a folder.

    Args:
        root: the folder.
        name: which it is; told by what stands in the folder if None.

    Raises:
        ConfigError: there is no data set of that name.
        DatasetError: the folder holds none, or a table is faulty.
    """
    root = Path(root)
    if name is not None:
        return find_event_dataset(name).load(root)
    for module in _DATASETS.values():
        if module.holds(root):
            return module.load(root)
    raise DatasetError(
        f"{display_path(root)}: holds no data set of sound events that is known by its layout "
        f"({', '.join(_DATASETS)}); give the folder of one"
    )
