"""The folder of a training: what was run, how it went, and the weights it gave."""

import os
import shutil
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from kikimimi.errors import ConfigError, KikimimiError
from kikimimi.files import draft_of
from kikimimi.training.config import read_yaml, recipe_text, resolved
from kikimimi.training.revision import record_start

if sys.platform == "win32":
    import msvcrt

    def _lock(descriptor: int) -> None:
        msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)
else:
    import fcntl

    def _lock(descriptor: int) -> None:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)


class RunFolder:
    """Names and rules of a run folder; nothing is written before `opened`.

    Args:
        path: the folder; it need not exist.
        config: the recipe (a dataclass, or a mapping of plain values) that the folder belongs to.
    """

    def __init__(self, path: str | os.PathLike[str], config: Any = None) -> None:
        self.path = Path(path)
        self._config: dict[str, Any] = {} if config is None else resolved(config)

    @property
    def config(self) -> Path:
        """The recipe, resolved: with its base and with all defaults."""
        return self.path / "config.yaml"

    @property
    def revision(self) -> Path:
        """Where the code, the libraries and the machine of each start are written."""
        return self.path / "revision.json"

    @property
    def metrics(self) -> Path:
        """A row an epoch."""
        return self.path / "metrics.csv"

    @property
    def curves(self) -> Path:
        """The learning curves as a picture."""
        return self.path / "curves.png"

    @property
    def events(self) -> Path:
        """Folder of TensorBoard events."""
        return self.path / "tensorboard"

    @property
    def checkpoint(self) -> Path:
        """All that a resumed training needs."""
        return self.path / "checkpoint.pt"

    @property
    def last_weights(self) -> Path:
        """Weights after the last epoch."""
        return self.path / "last.safetensors"

    @property
    def ema_weights(self) -> Path:
        """Moving average of the weights."""
        return self.path / "ema.safetensors"

    def check(self) -> None:
        """Refuse a folder that was begun with another recipe.

        Raises:
            ConfigError: it was; the message names the keys that differ.
        """
        if not self.config.exists():
            return
        differences = _differences(read_yaml(self.config), self._config)
        if differences:
            shown = "; ".join(differences[:4])
            more = f"; and {len(differences) - 4} more" if len(differences) > 4 else ""
            raise ConfigError(
                f"{self.path}: the folder was begun with another recipe: {shown}{more}; give "
                "another run folder, or the same recipe"
            )

    @contextmanager
    def opened(self) -> Iterator[None]:
        """Hold the folder for one training and write what is run into it.

        Raises:
            ConfigError: as `check`, or another process trains in the folder.
            KikimimiError: the folder cannot be written.
        """
        with self.writing(self.path):
            self.path.mkdir(parents=True, exist_ok=True)
            flags = os.O_RDWR | os.O_CREAT | getattr(os, "O_CLOEXEC", 0)
            descriptor = os.open(self.path / ".lock", flags, 0o666)
        try:
            self._take(descriptor)
            self.check()
            with self.writing(self.config):
                self._delete_drafts()
                if not self.config.exists():
                    _write_text(self.config, recipe_text(self._config))
                record_start(self.revision)
            yield
        finally:
            os.close(descriptor)

    @contextmanager
    def writing(self, path: Path) -> Iterator[None]:
        """Say in one line what went wrong when `path` could not be written.

        Raises:
            KikimimiError: for an OSError in the block.
        """
        try:
            yield
        except OSError as error:
            raise KikimimiError(
                f"{path}: cannot be written ({error.strerror or error}; {_free(self.path)} free); "
                f"{self._state()}; make room or mend permissions, then start the same again"
            ) from error

    def _delete_drafts(self) -> None:
        """Delete what a killed training was writing; nobody else writes in a held folder."""
        for draft in self.path.glob(".kikimimi-*.tmp"):
            draft.unlink()

    def _state(self) -> str:
        if self.checkpoint.exists():
            return "the last checkpoint is kept"
        return "there is no checkpoint yet"

    def _take(self, descriptor: int) -> None:
        try:
            _lock(descriptor)
        except OSError as error:
            raise ConfigError(
                f"{self.path}: another process trains in this folder; wait until it has ended, or "
                "give another run folder"
            ) from error


def _write_text(path: Path, text: str) -> None:
    with draft_of(path) as draft:
        draft.write_text(text, encoding="utf-8")


def _free(path: Path) -> str:
    existing = next(place for place in (path, *path.absolute().parents) if place.exists())
    return f"{shutil.disk_usage(existing).free / 1e6:.1f} MB"


def _differences(old: Mapping[str, Any], new: Mapping[str, Any]) -> list[str]:
    """Keys with other values, as `a.b is 1 there, 2 now`."""
    before, now = _flat(old), _flat(new)
    return [
        f"{key} is {_shown(before, key)} there, {_shown(now, key)} now"
        for key in dict.fromkeys((*before, *now))
        if key not in before or key not in now or before[key] != now[key]
    ]


def _shown(values: Mapping[str, Any], key: str) -> str:
    return repr(values[key]) if key in values else "absent"


def _flat(values: Mapping[str, Any], prefix: str = "") -> dict[str, Any]:
    flat: dict[str, Any] = {}
    for key, value in values.items():
        if isinstance(value, Mapping) and value:
            flat.update(_flat(value, f"{prefix}{key}."))
        else:
            flat[f"{prefix}{key}"] = value
    return flat
