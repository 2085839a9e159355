"""What can be sent in ranges: a known number of bytes, and a way to make any stretch of them."""

import os
import stat
from collections.abc import Iterator
from pathlib import Path
from typing import Protocol

from kikimimi.web.errors import MissingFileError

_CHUNK_BYTES = 256 << 10


class ByteSource(Protocol):
    """Bytes that are the same each time, for as long as `etag` is."""

    size: int
    etag: str

    def chunks(self, start: int, stop: int) -> Iterator[bytes]:
        """The bytes from `start` to before `stop`, in pieces."""


class FileSource:
    """A file as it is.

    Raises:
        MissingFileError: there is no such file, or it cannot be read.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self.size, self.etag = file_version(path)

    def chunks(self, start: int, stop: int) -> Iterator[bytes]:
        """The bytes from `start` to before `stop`; fewer if the file was cut meanwhile."""
        with self._path.open("rb") as file:
            file.seek(start)
            while start < stop and (chunk := file.read(min(_CHUNK_BYTES, stop - start))):
                start += len(chunk)
                yield chunk


def file_version(path: Path) -> tuple[int, str]:
    """Size of a file, and a tag that changes when its bytes do.

    Raises:
        MissingFileError: there is no such file, or it is none that can be read.
    """
    try:
        found = path.stat()
    except (OSError, ValueError):
        found = None
    if found is None or not stat.S_ISREG(found.st_mode) or not os.access(path, os.R_OK):
        raise MissingFileError(
            "the file of this sound is gone or cannot be read; index its folder again, or locate it"
        )
    return found.st_size, f'"{found.st_mtime_ns:x}-{found.st_size:x}"'
