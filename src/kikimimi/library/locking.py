"""One indexer at a time: a lock that the system lets go of when its process ends, however."""

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from kikimimi.errors import BusyError, LibraryError
from kikimimi.paths import display_path

if sys.platform == "win32":
    import msvcrt

    def _lock(descriptor: int) -> None:
        msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)
else:
    import fcntl

    def _lock(descriptor: int) -> None:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)


@contextmanager
def indexing_lock(library: Path) -> Iterator[None]:
    """Hold the right to index `library`; the empty file `<library>.lock` stays behind.

    Raises:
        BusyError: another process holds it.
        LibraryError: the file cannot be made.
    """
    path = Path(f"{library}.lock")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT | getattr(os, "O_CLOEXEC", 0), 0o666)
    except OSError as error:
        raise LibraryError(
            f"library {display_path(library)}: its folder cannot be written ({error.strerror}); "
            "change the permissions or choose another place"
        ) from error
    try:
        _take(descriptor, library)
        yield
    finally:
        os.close(descriptor)


def _take(descriptor: int, library: Path) -> None:
    try:
        _lock(descriptor)
    except OSError as error:
        raise BusyError(
            f"library {display_path(library)}: it is being indexed by another process; wait until "
            "that has ended"
        ) from error
