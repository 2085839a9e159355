"""Keeping a made sound: a file beside the library, which is then indexed."""

import shutil
from itertools import count
from pathlib import Path

from kikimimi.errors import AudioError
from kikimimi.files import draft_of
from kikimimi.paths import display_path
from kikimimi.web.making.store import MadeFile


def kept_folder(library: Path) -> Path:
    """Where the made sounds of a library are kept: `library-made` beside `library.kikimimi`."""
    return library.absolute().with_name(f"{library.stem}-made")


def keep_file(made: MadeFile, folder: Path) -> Path:
    """Copy a sound into the folder under its name, or with a number where that is taken.

    Raises:
        AudioError: the folder cannot be written, or the disk is full.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for number in count(1):
            name = made.path.stem if number == 1 else f"{made.path.stem} {number}"
            target = folder / f"{name}.wav"
            if target.exists():
                continue
            try:
                with draft_of(target, replace=False) as draft:
                    shutil.copyfile(made.path, draft)
            except FileExistsError:
                continue
            return target
    except OSError as error:
        raise AudioError(
            f"{display_path(folder)}: cannot be written ({error.strerror}); make room, or choose "
            "another place for the library"
        ) from None
    raise AssertionError("numbers do not end")
