"""Showing a file in the file manager of this machine."""

import shutil
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from kikimimi.errors import LibraryError
from kikimimi.paths import display_path
from kikimimi.web.errors import MissingFileError

_COMMANDS: Mapping[str, Callable[[Path], Sequence[str]]] = {
    "darwin": lambda path: ("open", "-R", str(path)),
    "win32": lambda path: ("explorer", f"/select,{path}"),
    "linux": lambda path: ("xdg-open", str(path.parent)),
}


def show_file(path: Path) -> None:
    """Open the folder of a file; the file is marked where the system can do that.

    Raises:
        MissingFileError: there is no such file.
        LibraryError: this system has no file manager that could be asked.
    """
    if not path.exists():
        raise MissingFileError(f"{display_path(path)} is not there any more; locate or forget it")
    command = _COMMANDS.get(sys.platform, _COMMANDS["linux"])(path.absolute())
    program = shutil.which(command[0])
    if program is None:
        raise LibraryError(
            f"this machine has no {command[0]} to show files with; open {display_path(path.parent)}"
        )
    subprocess.Popen(
        [program, *command[1:]],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
