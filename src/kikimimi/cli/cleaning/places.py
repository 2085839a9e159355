"""Where cleaned recordings go: never where a recording is that was given."""

import os
from collections.abc import Mapping, Sequence
from pathlib import Path

from kikimimi.cli.recording_names import files_below, named_recordings
from kikimimi.errors import QueryError
from kikimimi.paths import display_path

_WAV = ".wav"


def find_recordings(places: Sequence[Path], output: Path | None) -> dict[Path, str]:
    """The recordings with their names; what lies below the folder `output` was cleaned before.

    Raises:
        QueryError: there are none, or two have one name.
    """
    names = named_recordings(places)
    if output is not None and output.is_dir():
        done = _real(output)
        if any(done != _real(place) and done.is_relative_to(_real(place)) for place in places):
            names = {path: name for path, name in names.items() if not _is_below(path, done)}
    if not names:
        raise QueryError("there are no sound files in what was given; give files or other folders")
    return names


def find_targets(names: Mapping[Path, str], output: Path) -> dict[Path, Path]:
    """The WAV file that each recording is cleaned into.

    `output` is that file if it ends in .wav and there is one recording, else a folder that mirrors
    the folders that were given.

    Raises:
        QueryError: one would be written over a recording that was given, two recordings would have
            one target, or `output` is no place to write to.
    """
    if output.suffix.lower() == _WAV and not output.is_dir():
        if len(names) > 1:
            raise QueryError(
                f"{display_path(output)}: is one file, but there are {len(names)} recordings; give "
                "a folder"
            )
        if not output.absolute().parent.is_dir():
            raise QueryError(f"{display_path(output)}: its folder does not exist; make it first")
        targets = dict.fromkeys(names, output)
    else:
        if output.exists() and not output.is_dir():
            raise QueryError(
                f"{display_path(output)}: is a file; give a folder, or a name that ends in .wav"
            )
        places = files_below(output, list(names.values()), extension=_WAV)
        targets = {path: places[name] for path, name in names.items()}
    _check_no_source(targets)
    return targets


def _real(place: Path) -> Path:
    return Path(os.path.realpath(place.expanduser()))


def _is_below(path: Path, folder: Path) -> bool:
    return _real(path.parent).is_relative_to(folder)


def _check_no_source(targets: Mapping[Path, Path]) -> None:
    sources = {_identity(path): path for path in targets}
    for target in targets.values():
        source = sources.get(_identity(target))
        if source is not None:
            raise QueryError(
                f"{display_path(target)}: is the recording {display_path(source)} itself, and "
                "recordings are never written over; choose another place with -o"
            )


def _identity(path: Path) -> tuple[int, int] | str:
    """The file that a name leads to, through links of either kind; the place if there is none."""
    try:
        status = path.stat()
    except (OSError, ValueError):
        return os.path.realpath(path)
    return status.st_dev, status.st_ino
