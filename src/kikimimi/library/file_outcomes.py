"""What a library wants to know of a file, and what reading it gave.

Apart from the reading itself, so that commands that read no file load nothing that decodes.
"""

from dataclasses import dataclass

from kikimimi.audio.measures.values import Measures
from kikimimi.library.scanning import FileState
from kikimimi.types import FloatArray, Tag, Window


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
