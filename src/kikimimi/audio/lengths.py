"""How long a file says it is, where libsndfile only tells what it found or guessed."""

from pathlib import Path
from typing import BinaryIO

UNKNOWN_LENGTH = 1 << 60
"""libsndfile gives a frame count above this where the header holds none."""

_ID3_HEADER = 10
_MP3_FRAME_START = 64


def promised_frames(path: Path, file_format: str, frames: int) -> int | None:
    """Sample frames that the header promises, None if it makes no promise that can be relied on.

    Args:
        path: the file.
        file_format: libsndfile's name of the format.
        frames: the count that libsndfile gives.
    """
    if frames >= UNKNOWN_LENGTH:
        return None
    if file_format == "MP3":
        with path.open("rb") as file:
            return frames if _has_mp3_length(file) else None
    return frames


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
