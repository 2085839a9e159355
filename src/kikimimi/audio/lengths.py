"""How long a file says it is, where libsndfile only tells what it found or guessed."""

import itertools
import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, Literal

from kikimimi.audio.riff import iterate_chunks

UNKNOWN_LENGTH = 1 << 60
"""libsndfile gives a frame count above this where the header holds none."""

_TOLERATED_SHARE = 0.01
_TOLERATED_S = 0.1
_ID3_HEADER = 10
_MOST_CHUNKS = 1000
_MP3_FRAME_START = 64


def promised_frames(path: Path, file_format: str, frames: int) -> int | None:
    """Sample frames that the header promises, None if it makes no promise that can be relied on.

    Args:
        path: the file.
        file_format: libsndfile's name of the format.
        frames: the count that libsndfile gives; for uncompressed formats, what the file holds.
    """
    if frames >= UNKNOWN_LENGTH:
        return None
    if file_format not in _DATA_SIZES and file_format != "MP3":
        return frames
    with path.open("rb") as file:
        if file_format == "MP3":
            return frames if _has_mp3_length(file) else None
        data = _DATA_SIZES[file_format](file)
    if data is None or data.held == 0 or _is_unset(data.size):
        return frames
    return max(frames, frames * data.size // data.held)


def is_truncated(promised: int, held: int, sample_rate_hz: int) -> bool:
    """Tell whether a file lacks more of its promised frames than rounding explains."""
    missing = promised - held
    return missing > _TOLERATED_SHARE * promised and missing > _TOLERATED_S * sample_rate_hz


@dataclass(frozen=True, slots=True)
class _Data:
    """Bytes of samples: `size` as declared, `held` in the file."""

    size: int
    held: int


def _is_unset(size: int) -> bool:
    """Tell a size that a writer to a pipe could not know from one that it meant."""
    return size == 0xFFFFFFFF or 0x7FFFF000 <= size <= 0x7FFFFFFF or size >= UNKNOWN_LENGTH


def _riff_data(file: BinaryIO) -> _Data | None:
    for chunk in itertools.chain(iterate_chunks(file), iterate_chunks(file, big_endian=True)):
        if chunk.identifier in (b"data", b"SSND"):
            return _Data(chunk.size, chunk.held)
    return None


def _au_data(file: BinaryIO) -> _Data | None:
    header = file.read(12)
    byte_order: Literal["little", "big"] = "big" if header[:4] == b".snd" else "little"
    offset = int.from_bytes(header[4:8], byte_order)
    return _Data(int.from_bytes(header[8:12], byte_order), _bytes_after(file, offset))


def _caf_data(file: BinaryIO) -> _Data | None:
    """Apple Core Audio Format, big-endian, 64-bit sizes, no padding."""
    end = _bytes_after(file, 0)
    position = 8
    for _ in range(_MOST_CHUNKS):
        if position + 12 > end:
            return None
        file.seek(position)
        header = file.read(12)
        size = int.from_bytes(header[4:], "big")
        position += 12
        if header[:4] == b"data":
            return _Data(size, end - position)
        position += size
    return None


def _w64_data(file: BinaryIO) -> _Data | None:
    """Sony Wave64: 16-byte identifiers, sizes that count their header, chunks at multiples of 8."""
    end = _bytes_after(file, 0)
    position = 40
    for _ in range(_MOST_CHUNKS):
        if position + 24 > end:
            return None
        file.seek(position)
        header = file.read(24)
        size = int.from_bytes(header[16:], "little")
        if header[:4] == b"data":
            return _Data(size - 24, end - position - 24)
        position += max(24, -(-size // 8) * 8)
    return None


def _bytes_after(file: BinaryIO, offset: int) -> int:
    return max(0, file.seek(0, os.SEEK_END) - offset)


_DATA_SIZES: dict[str, Callable[[BinaryIO], _Data | None]] = {
    "WAV": _riff_data,
    "WAVEX": _riff_data,
    "RF64": _riff_data,
    "AIFF": _riff_data,
    "AU": _au_data,
    "CAF": _caf_data,
    "W64": _w64_data,
}


def _has_mp3_length(file: BinaryIO) -> bool:
    """Tell whether the first MPEG frame is a Xing, Info or VBRI header.

    Without one, the length is a guess from the bit rate of the first frames.
    """
    start = file.read(_ID3_HEADER)
    if start[:3] == b"ID3":
        # Four bytes of seven bits each (ID3v2, section 3.1).
        size = sum(byte << shift for byte, shift in zip(start[6:10], (21, 14, 7, 0), strict=False))
        file.seek(_ID3_HEADER + size)
    else:
        file.seek(0)
    frame = file.read(_MP3_FRAME_START)
    if len(frame) < _MP3_FRAME_START or frame[0] != 0xFF or frame[1] & 0xE0 != 0xE0:
        return False
    is_mpeg1 = frame[1] & 0x18 == 0x18
    is_mono = frame[3] & 0xC0 == 0xC0
    side_information = (17 if is_mono else 32) if is_mpeg1 else (9 if is_mono else 17)
    at = 4 + side_information
    return frame[at : at + 4] in (b"Xing", b"Info") or frame[36:40] == b"VBRI"
