"""The chunks of RIFF, RF64, BW64 and AIFF files, whatever state the file is in.

Layout: EBU Tech 3306 (RF64), ITU-R BS.2088 (BW64), Apple's AIFF 1.3 for the big-endian FORM.
Nothing is trusted: sizes may lie, padding may be missing, and there may be millions of chunks.
"""

import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, Literal

from kikimimi.errors import AudioError
from kikimimi.paths import display_path

MAX_CHUNKS = 10_000
UNSET_SIZE = 0xFFFFFFFF
"""In RF64 the size stands in the ds64 chunk; in RIFF written to a pipe it was never known."""

_HEADER = 8
_FORM_HEADER = 12
_ByteOrder = Literal["little", "big"]
_LITTLE_ENDIAN_FORMS: dict[bytes, _ByteOrder] = dict.fromkeys((b"RIFF", b"RF64", b"BW64"), "little")
_BIG_ENDIAN_FORMS: dict[bytes, _ByteOrder] = dict.fromkeys((b"RIFX", b"FORM"), "big")
_FORM_TYPES = frozenset({b"WAVE", b"AIFF", b"AIFC"})
_DS64_ENTRY = 12
_MAX_DS64 = 28 + 1000 * _DS64_ENTRY


@dataclass(frozen=True, slots=True)
class Chunk:
    """One chunk: `size` bytes of payload are declared from `offset` on, `held` are in the file."""

    identifier: bytes
    offset: int
    size: int
    held: int


def read_chunks(path: str | os.PathLike[str]) -> list[Chunk]:
    """List the chunks of a WAV file (RIFF, RF64, BW64) in order, without reading the payloads.

    Raises:
        AudioError: the file cannot be read, is no WAV file, or has over 10,000 chunks.
    """
    path = Path(path)
    with open_binary(path) as file:
        chunks = list(iterate_chunks(file))
    if len(chunks) > MAX_CHUNKS:
        raise AudioError(f"{display_path(path)}: has more than {MAX_CHUNKS} RIFF chunks")
    if not chunks:
        raise AudioError(f"{display_path(path)}: is not a WAV file")
    return chunks


def open_binary(path: Path) -> BinaryIO:
    """Open a file to read its bytes.

    Raises:
        AudioError: it cannot be opened.
    """
    try:
        return path.open("rb")
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or "not a possible file name"
        raise AudioError(f"{display_path(path)}: cannot be opened ({reason})") from error


def iterate_chunks(file: BinaryIO, *, big_endian: bool = False) -> Iterator[Chunk]:
    """Yield the chunks of an open WAV file, at most `MAX_CHUNKS` + 1; none for another file.

    With `big_endian`, those of an AIFF or RIFX file instead.
    """
    file_size = file.seek(0, os.SEEK_END)
    file.seek(0)
    form = file.read(_FORM_HEADER)
    byte_order = (_BIG_ENDIAN_FORMS if big_endian else _LITTLE_ENDIAN_FORMS).get(form[:4])
    if byte_order is None or form[8:] not in _FORM_TYPES:
        return
    big_sizes: dict[bytes, int] = {}
    end = _form_end(form, byte_order, file_size)
    position = _FORM_HEADER
    for _ in range(MAX_CHUNKS + 1):
        if position + _HEADER > end:
            return
        file.seek(position)
        header = file.read(_HEADER)
        identifier, size = header[:4], int.from_bytes(header[4:], byte_order)
        if not _is_identifier(identifier):
            return
        if size == UNSET_SIZE:
            size = big_sizes.get(identifier, size)
        offset = position + _HEADER
        if identifier == b"ds64":
            big_sizes = _read_ds64(file, size)
        yield Chunk(identifier, offset, size, max(0, min(size, file_size - offset)))
        if offset + size >= end:
            return
        position = _next_position(file, offset + size)


def copy_payload(source: BinaryIO, chunk: Chunk, target: BinaryIO) -> None:
    """Copy what `source` holds of a chunk's payload, in pieces of 1 MiB.

    Raises:
        AudioError: the source became shorter since its chunks were listed.
    """
    source.seek(chunk.offset)
    missing = chunk.held
    while missing > 0:
        piece = source.read(min(missing, 1 << 20))
        if not piece:
            raise AudioError("the file that metadata is copied from became shorter meanwhile")
        target.write(piece)
        missing -= len(piece)


def _form_end(form: bytes, byte_order: _ByteOrder, file_size: int) -> int:
    end = _HEADER + int.from_bytes(form[4:8], byte_order)
    # An end outside the file was never filled in, or is a lie.
    return end if _FORM_HEADER < end < file_size else file_size


def _is_identifier(identifier: bytes) -> bool:
    return len(identifier) == 4 and all(0x20 <= byte < 0x7F for byte in identifier)


def _next_position(file: BinaryIO, end: int) -> int:
    """Where the chunk after one that ends at `end` starts: chunks are padded to even lengths."""
    if end % 2 == 0:
        return end
    file.seek(end)
    following = file.read(5)
    # Some writers leave the padding out; then an identifier stands here, and none one byte on.
    is_unpadded = (
        following[:1] != b"\0"
        and _is_identifier(following[:4])
        and not _is_identifier(following[1:5])
    )
    return end if is_unpadded else end + 1


def _read_ds64(file: BinaryIO, size: int) -> dict[bytes, int]:
    """64-bit sizes by chunk identifier (EBU Tech 3306, section 3)."""
    payload = file.read(min(size, _MAX_DS64))
    if len(payload) < 28:
        return {}
    sizes = {b"data": int.from_bytes(payload[8:16], "little")}
    for start in range(28, len(payload) - _DS64_ENTRY + 1, _DS64_ENTRY):
        entry = payload[start : start + _DS64_ENTRY]
        sizes.setdefault(entry[:4], int.from_bytes(entry[4:], "little"))
    return sizes
