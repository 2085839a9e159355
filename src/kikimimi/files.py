"""Writing files so that a reader, a crash or a full disk never meets half of one."""

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

_MODE = 0o666


@contextmanager
def draft_of(target: str | os.PathLike[str]) -> Iterator[Path]:
    """Give a new empty file beside `target`, which takes its place when the block ends well.

    The draft is on disk (fsync) before the rename. When the block raises, the draft is deleted and
    `target` stays as it was.

    Raises:
        OSError: the folder cannot be written, or the disk is full.
    """
    target = Path(target)
    handle, name = tempfile.mkstemp(prefix=".kikimimi-", suffix=target.suffix, dir=target.parent)
    draft = Path(name)
    os.close(handle)
    try:
        draft.chmod(_MODE & ~_umask())
        yield draft
        _sync(draft)
        draft.replace(target)
    except BaseException:
        draft.unlink(missing_ok=True)
        raise


def _sync(path: Path) -> None:
    with path.open("rb+") as file:
        os.fsync(file.fileno())


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask
