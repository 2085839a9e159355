"""The chunks of a WAV file that go over into a file that is made from it."""

import struct
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, Self

from kikimimi.audio.riff import MAX_CHUNKS, UNSET_SIZE, Chunk, copy_payload, iterate_chunks
from kikimimi.errors import AudioError
from kikimimi.paths import display_path

# These describe the samples that are written anew, or fill space.
_NOT_KEPT = frozenset({b"fmt ", b"data", b"fact", b"ds64", b"JUNK", b"PEAK", b"levl"})


@dataclass(frozen=True, slots=True)
class KeptChunks:
    """Chunks to copy from an open file, those before the samples and those behind."""

    source: BinaryIO | None = None
    before: tuple[Chunk, ...] = ()
    behind: tuple[Chunk, ...] = ()

    @property
    def size(self) -> int:
        """Bytes of all chunks with their heads and padding."""
        return sum(8 + chunk.size + chunk.size % 2 for chunk in (*self.before, *self.behind))

    def with_odd_ones_behind(self) -> Self:
        """The same, but with all chunks of odd length behind the samples."""
        odd = tuple(chunk for chunk in self.before if chunk.size % 2)
        even = tuple(chunk for chunk in self.before if chunk.size % 2 == 0)
        return type(self)(self.source, even, (*odd, *self.behind))

    def write_before(self, file: BinaryIO) -> None:
        """Copy what stands before the samples. Raises AudioError as `copy_payload`."""
        self._copy(self.before, file)

    def write_behind(self, file: BinaryIO) -> None:
        """Copy what stands behind the samples. Raises AudioError as `copy_payload`."""
        self._copy(self.behind, file)

    def _copy(self, chunks: tuple[Chunk, ...], file: BinaryIO) -> None:
        for chunk in chunks:
            if self.source is not None:
                file.write(chunk.identifier + struct.pack("<I", chunk.size))
                copy_payload(self.source, chunk, file)
                file.write(b"\0" * (chunk.size % 2))


def find_kept_chunks(path: Path, source: BinaryIO) -> KeptChunks:
    """The chunks of an open file that are worth keeping; none of a file that is not WAV.

    Raises:
        AudioError: there are over 10,000.
    """
    before: list[Chunk] = []
    behind: list[Chunk] = []
    side = before
    for number, chunk in enumerate(iterate_chunks(source)):
        if number == MAX_CHUNKS:
            raise AudioError(f"{display_path(path)}: has more than {MAX_CHUNKS} RIFF chunks")
        if chunk.identifier == b"data":
            side = behind
        elif chunk.identifier not in _NOT_KEPT and chunk.held == chunk.size < UNSET_SIZE:
            side.append(chunk)
    return KeptChunks(source, tuple(before), tuple(behind))
