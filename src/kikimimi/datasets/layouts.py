"""Kinds of data sets that are known by what stands in their folders, each a module by name."""

import os
from collections.abc import Iterable
from pathlib import Path
from typing import Generic, Protocol, TypeVar

from kikimimi.errors import ConfigError, DatasetError
from kikimimi.names import suggestion
from kikimimi.paths import display_path

Opened = TypeVar("Opened", covariant=True)


class LayoutModule(Protocol[Opened]):
    """What every module of such a data set offers."""

    NAME: str
    LICENCE: str
    CITATION: str

    def holds(self, root: Path) -> bool:
        """Tell whether a folder has the layout of the data set, by what stands in it."""
        ...

    def load(self, root: Path) -> Opened:
        """Open a copy of the data set; tables are read, no audio.

        Raises:
            DatasetError: the folder does not hold it, or a table is faulty.
        """
        ...


class LayoutRegistry(Generic[Opened]):
    """The data sets of one kind.

    Args:
        kind: what they are data sets of, as in "sound events".
        modules: in the order in which a folder is compared with their layouts.
    """

    def __init__(self, kind: str, modules: Iterable[LayoutModule[Opened]]) -> None:
        self._kind = kind
        self._modules = {module.NAME: module for module in modules}

    def names(self) -> tuple[str, ...]:
        """Return the names of all."""
        return tuple(self._modules)

    def find(self, name: str) -> LayoutModule[Opened]:
        """Return a module by name.

        Raises:
            ConfigError: there is none of that name; the message names the nearest.
        """
        if name not in self._modules:
            raise ConfigError(
                f"there is no data set of {self._kind} '{name}'; {suggestion(name, self._modules)}"
            )
        return self._modules[name]

    def load(self, root: str | os.PathLike[str], name: str | None = None) -> Opened:
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
            return self.find(name).load(root)
        for module in self._modules.values():
            if module.holds(root):
                return module.load(root)
        raise DatasetError(
            f"{display_path(root)}: holds no data set of {self._kind} that is known by its layout "
            f"({', '.join(self._modules)}); give the folder of one"
        )
