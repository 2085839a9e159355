"""What recordings are called in the files that are written of them."""

import os
from collections.abc import Sequence
from pathlib import Path, PurePosixPath

from kikimimi.cli.inputs import expand
from kikimimi.errors import QueryError
from kikimimi.paths import display_path


def named_recordings(places: Sequence[Path]) -> dict[Path, str]:
    """The sound files of places, each once, with its name: below a folder that was given the path
    from there, else the file's own.

    Raises:
        QueryError: two files would have one name.
    """
    names: dict[Path, str] = {}
    taken: dict[str, Path] = {}
    for place in places:
        for path in expand([place]):
            if path in names:
                continue
            name = _name(path, place.expanduser())
            if name in taken:
                raise QueryError(
                    f"{display_path(taken[name])} and {display_path(path)} would both be called "
                    f"'{name}'; give the folder that they lie in, or take them one by one"
                )
            names[path], taken[name] = name, path
    return names


def files_below(folder: Path, names: Sequence[str], *, extension: str) -> dict[str, Path]:
    """Where in `folder` the file of each recording goes; sub-folders are those of the names.

    Raises:
        QueryError: two recordings differ in their extensions only.
    """
    places: dict[str, Path] = {}
    taken: dict[Path, str] = {}
    for name in names:
        pure = PurePosixPath(name)
        place = folder.joinpath(*pure.parts[:-1], f"{pure.stem}{extension}")
        if place in taken:
            raise QueryError(
                f"'{taken[place]}' and '{name}' would both be written to {display_path(place)}; "
                "take them one by one"
            )
        places[name], taken[place] = place, name
    return places


def _name(path: Path, place: Path) -> str:
    below = path.relative_to(place) if path != place and path.is_relative_to(place) else None
    text = os.fspath(below or path.name)
    return display_path(text.replace(os.sep, "/"))
