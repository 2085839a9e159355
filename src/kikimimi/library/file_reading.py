"""Reading one file for the library: hash first, decode only content that is new to it."""

import hashlib
import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from kikimimi.audio.measures.meter import measure_file
from kikimimi.audio.measures.values import Measures
from kikimimi.encoders.contract import Encoder
from kikimimi.encoders.file_embedding import auto_tags, embed_file
from kikimimi.errors import KikimimiError
from kikimimi.library.scanning import FileState
from kikimimi.paths import display_path
from kikimimi.types import FloatArray, Tag, Window

_HASH_BYTES = 16
_BLOCK_BYTES = 1 << 20


@dataclass(frozen=True, slots=True)
class FileTask:
    """A file to read; with `decode` even if its content is in the library already.

    With `measure` the library knows the file, and lacks its measures only.
    """

    path_key: bytes
    state: FileState
    decode: bool = False
    measure: bool = False


@dataclass(frozen=True, slots=True, eq=False)
class Content:
    """Everything that follows from the bytes of a file; `vectors` (W, D) float32.

    `measures` are None in a copy of content that was read before sounds were measured.
    """

    content_hash: str
    format: str
    subtype: str
    sample_rate_hz: int
    channels: int
    duration_s: float
    windows: tuple[Window, ...]
    vectors: FloatArray
    tags: tuple[Tag, ...]
    measures: Measures | None = None


@dataclass(frozen=True, slots=True)
class Known:
    """The library has this content already."""

    content_hash: str


@dataclass(frozen=True, slots=True)
class Measured:
    """What a file that the library knows measures; its length was decoded for that."""

    measures: Measures
    duration_s: float


@dataclass(frozen=True, slots=True)
class Unreadable:
    """Why a file gave nothing; `lasting` if only another content can change that."""

    reason: str
    lasting: bool


Outcome = Content | Known | Measured | Unreadable


def read_file(task: FileTask, encoder: Encoder, is_known: Callable[[str], bool]) -> Outcome:
    """Hash a file, and decode, embed and tag it unless its content `is_known`."""
    path = Path(os.fsdecode(task.path_key))
    try:
        if task.measure:
            return Measured(*measure_file(path))
        content_hash = hash_file(path)
        if not task.decode and is_known(content_hash):
            return Known(content_hash)
        return _decode(path, content_hash, encoder)
    except KikimimiError as error:
        reason = str(error).removeprefix(f"{display_path(path)}: ")
        # A missing extra is not the file's fault and may be there the next time.
        return Unreadable(reason, lasting=not isinstance(error.__cause__, ImportError))
    except OSError as error:
        return Unreadable(error.strerror or type(error).__name__, lasting=False)
    except MemoryError:
        return Unreadable("there is not enough memory to decode it", lasting=False)


def hash_file(path: Path) -> str:
    """BLAKE2b-128 of the bytes of a file, in hexadecimal digits.

    Raises:
        OSError: the file cannot be read.
    """
    digest = hashlib.blake2b(digest_size=_HASH_BYTES)
    with path.open("rb") as file:
        while block := file.read(_BLOCK_BYTES):
            digest.update(block)
    return digest.hexdigest()


def _decode(path: Path, content_hash: str, encoder: Encoder) -> Content:
    embedded = embed_file(path, encoder, measure=True)
    recording = embedded.recording
    return Content(
        content_hash=content_hash,
        format=recording.format,
        subtype=recording.subtype,
        sample_rate_hz=recording.sample_rate_hz,
        channels=recording.channels,
        duration_s=embedded.duration_s,
        windows=embedded.windows,
        vectors=np.ascontiguousarray(embedded.vectors, dtype="<f4"),
        tags=auto_tags(embedded.tag_scores, encoder.card.vocabulary),
        measures=embedded.measures,
    )
