"""Files beside the library that spare reading every vector out of it.

A cache is one folder: `header` names the other files with their sizes and CRC-32 and says which
state of the library they were made from. Files are never changed once written; a new header takes
the place of the old one in one step. Whatever is damaged or missing counts as absent, because all
of it can be made again from the library.
"""

import json
import secrets
import time
import zlib
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import DTypeLike, NDArray

VECTORS = "vectors"
"""The file that all others are made from."""

_FORMAT = 1
_HEADER = "header"
_BLOCK_BYTES = 1 << 22
_ORPHAN_AGE_S = 3600.0


@dataclass(frozen=True, slots=True)
class LibraryState:
    """What tells one state of the vectors of a library from another."""

    encoder_identity: str
    created_at: str
    revision: int
    count: int
    max_window_id: int


@dataclass(frozen=True, slots=True)
class StoredFile:
    """One file of the cache; `facts` are numbers that its reader needs."""

    name: str
    size_bytes: int
    crc: int
    facts: dict[str, float] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Header:
    """The table of contents: `files` by what they hold."""

    state: LibraryState
    dimension: int
    files: dict[str, StoredFile] = field(default_factory=dict)

    def with_file(self, content: str, file: StoredFile) -> "Header":
        """A copy that lists one more file."""
        return replace(self, files={**self.files, content: file})


class CacheFolder:
    """Reads and writes the files of one cache; `OSError` from writing is left to the caller."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def read_header(self) -> Header | None:
        """The present table of contents, None if there is none that can be trusted."""
        try:
            crc, _, body = (self.path / _HEADER).read_bytes().partition(b"\n")
            return _parse_header(body) if crc == _crc_line(body) else None
        except OSError:
            return None

    def write_header(self, header: Header) -> None:
        """Make `header` the present one, then remove the files that only the last one named."""
        last = self.read_header()
        body = json.dumps({"format": _FORMAT, **asdict(header)}).encode()
        draft = self.path / f"{_HEADER}-{secrets.token_hex(4)}"
        draft.write_bytes(_crc_line(body) + b"\n" + body)
        draft.replace(self.path / _HEADER)
        self._clean(header, last)

    def newest(self, header: Header) -> Header:
        """The header on disk, which may list more files, if it is of the same vectors."""
        present = self.read_header()
        return present if present is not None and _same_vectors(present, header) else header

    def keep(self, header: Header | None, content: str, write: Callable[[], StoredFile]) -> None:
        """List one more file beside those of `header`, if it is still of the present vectors.

        A file that cannot be written is made again when it is next needed.
        """
        present = self.read_header()
        if header is None or present is None or not _same_vectors(present, header):
            return
        try:
            self.write_header(present.with_file(content, write()))
        except OSError:
            return

    def write_blocks(self, content: str, blocks: Iterator[NDArray[Any]]) -> StoredFile:
        """Write arrays one after the other into a new file."""
        name, crc, size = self._new_name(content), 0, 0
        with (self.path / name).open("wb") as file:
            for block in blocks:
                data = np.ascontiguousarray(block).data.cast("B") if block.size else b""
                file.write(data)
                crc, size = zlib.crc32(data, crc), size + len(data)
        return StoredFile(name, size, crc)

    def write_with(
        self, content: str, write: Callable[[str], None], facts: dict[str, float]
    ) -> StoredFile:
        """Let `write` make a new file at the path that it is given."""
        name = self._new_name(content)
        write(str(self.path / name))
        size, crc = self._measure(name)
        return StoredFile(name, size, crc, facts)

    def intact(self, header: Header, content: str) -> Path | None:
        """The path of a file that is there as it was written, else None."""
        file = header.files.get(content)
        if file is None:
            return None
        try:
            same = self._measure(file.name) == (file.size_bytes, file.crc)
        except OSError:
            return None
        return self.path / file.name if same else None

    def read_array(
        self, header: Header, content: str, *, dtype: DTypeLike, columns: int
    ) -> NDArray[Any] | None:
        """Map a file of rows (n, columns) into memory, None if it is not intact."""
        path = self.intact(header, content)
        rows, rest = divmod(
            header.files[content].size_bytes if path else 1, np.dtype(dtype).itemsize * columns
        )
        if path is None or rest:
            return None
        try:
            return np.memmap(path, dtype=dtype, mode="r", shape=(rows, columns))
        except (OSError, ValueError):
            return None

    def _new_name(self, content: str) -> str:
        self.path.mkdir(parents=True, exist_ok=True)
        return f"{content}-{secrets.token_hex(4)}"

    def _measure(self, name: str) -> tuple[int, int]:
        size, crc = 0, 0
        with (self.path / name).open("rb", buffering=0) as file:
            while block := file.read(_BLOCK_BYTES):
                size, crc = size + len(block), zlib.crc32(block, crc)
        return size, crc

    def _clean(self, header: Header, last: Header | None) -> None:
        """Remove what the last header named, and what a killed process left long ago."""
        kept = {_HEADER, *(file.name for file in header.files.values())}
        named = {file.name for file in last.files.values()} if last else set()
        for path in self.path.iterdir():
            try:
                old = path.stat().st_mtime < time.time() - _ORPHAN_AGE_S
                if path.name not in kept and (old or path.name in named):
                    path.unlink()
            except OSError:
                continue


def _same_vectors(one: Header, other: Header) -> bool:
    return one.files.get(VECTORS) == other.files.get(VECTORS)


def _crc_line(body: bytes) -> bytes:
    return f"{zlib.crc32(body):08x}".encode()


def _parse_header(body: bytes) -> Header | None:
    """The header in JSON text whose checksum is right, None for another format's."""
    values = json.loads(body)
    if values.pop("format", None) != _FORMAT:
        return None
    files = {content: StoredFile(**file) for content, file in values["files"].items()}
    return Header(LibraryState(**values["state"]), values["dimension"], files)
