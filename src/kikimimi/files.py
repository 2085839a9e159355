"""Writing files so that a reader, a crash or a full disk never meets half of one."""

import os
import secrets
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path


@contextmanager
def draft_of(target: str | os.PathLike[str], *, replace: bool = True) -> Iterator[Path]:
    """Give a new empty file beside `target`, which takes its name when the block ends well.

    The draft is brought to the disk before it is renamed; the permissions of a file that it
    replaces are kept, and a link stays a link. When the block raises, the draft is deleted and
    `target` stays as it was.

    Args:
        target: the file to write.
        replace: whether a file of that name may be replaced.

    Raises:
        FileExistsError: there is one, and `replace` is off.
        OSError: the folder is missing or cannot be written, or the disk is full.
    """
    place = Path(os.path.realpath(target))
    draft = place.parent / f".kikimimi-{secrets.token_hex(8)}.tmp"
    try:
        draft.touch(exist_ok=False)
        yield draft
        _sync(draft, os.O_RDWR)
        if place.exists():
            shutil.copymode(place, draft)
        place.touch(exist_ok=replace)  # claims the name, or fails
        draft.replace(place)
        _sync_folder(place.parent)
    finally:
        with suppress(OSError):
            draft.unlink(missing_ok=True)


def _sync(path: Path, flags: int) -> None:
    descriptor = os.open(path, flags)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _sync_folder(folder: Path) -> None:
    """Bring the new name to the disk, where the system can do that for folders."""
    if os.name != "nt":
        with suppress(OSError):
            _sync(folder, os.O_RDONLY)
