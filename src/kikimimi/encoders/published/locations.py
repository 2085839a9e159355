"""The folders in which published weights are looked for."""

import os
from pathlib import Path

WEIGHTS_VARIABLE = "KIKIMIMI_WEIGHTS"

CONVERTED_NAME = "converted.safetensors"
"""What `kikimimi.encoders.published.convert` writes; preferred to the published file."""


def cache_folder(name: str) -> Path:
    """Where the weights of encoder `name` are fetched to: below `$XDG_CACHE_HOME` or `~/.cache`."""
    base = os.environ.get("XDG_CACHE_HOME")
    return (Path(base) if base else Path.home() / ".cache") / "kikimimi" / "weights" / name


def folder_to_write(name: str) -> Path:
    """Where weights that a user brings go: below `$KIKIMIMI_WEIGHTS`, else the cache."""
    base = os.environ.get(WEIGHTS_VARIABLE)
    return Path(base) / name if base else cache_folder(name)


def search_folders(name: str) -> tuple[Path, ...]:
    """The folders of encoder `name`, in the order in which they are searched."""
    return tuple(dict.fromkeys((folder_to_write(name), cache_folder(name))))


def find_file(folders: tuple[Path, ...], file_names: tuple[str, ...]) -> Path | None:
    """The first of `file_names` in the first of `folders` that has any of them."""
    candidates = (folder / name for folder in folders for name in file_names)
    return next((path for path in candidates if path.is_file()), None)
