"""Keeping a folder of snippets within bounds: the oldest ones go.

Only files that a snippet was written as are ever deleted; what else lies in the folder stays.
"""

import re
import shutil
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from kikimimi.errors import ConfigError

_NAME = re.compile(r"kikimimi-\d{8}T\d{6}\.\d{3}Z-.*\.wav")
_STRANGE = re.compile(r"[^\w-]+")
_LONGEST_LABEL = 40


@dataclass(frozen=True, slots=True)
class StorageLimit:
    """Bounds of a folder.

    Args:
        most_bytes: that all snippets may take.
        least_free_bytes: that must stay free on the disk.

    Raises:
        ConfigError: a bound is impossible.
    """

    most_bytes: int
    least_free_bytes: int = 0

    def __post_init__(self) -> None:
        if self.most_bytes <= 0 or self.least_free_bytes < 0:
            raise ConfigError("the bounds of a folder of snippets must be positive")


def snippet_name(time_utc: datetime, label: str, identity: str) -> str:
    """The name of a snippet: it sorts by time, and can be told from other files."""
    moment = time_utc.strftime("%Y%m%dT%H%M%S.") + f"{time_utc.microsecond // 1000:03d}Z"
    words = _STRANGE.sub("-", label).strip("-")[:_LONGEST_LABEL] or "sound"
    return f"kikimimi-{moment}-{words}-{_STRANGE.sub('-', identity)}.wav"


def snippets(folder: Path) -> list[Path]:
    """The snippets in a folder, the oldest first."""
    return sorted(path for path in folder.glob("kikimimi-*.wav") if _NAME.fullmatch(path.name))


def make_room(folder: Path, size_bytes: int, limit: StorageLimit) -> list[Path]:
    """Delete the oldest snippets until another of `size_bytes` fits; return those that went.

    Raises:
        OSError: the folder cannot be read, or a file not be deleted.
    """
    sizes = {path: path.stat().st_size for path in snippets(folder)}
    total, free = sum(sizes.values()), shutil.disk_usage(folder).free
    gone = []
    for path, size in sizes.items():
        fits = total + size_bytes <= limit.most_bytes
        if fits and free - size_bytes >= limit.least_free_bytes:
            break
        path.unlink()
        total, free = total - size, free + size
        gone.append(path)
    return gone


def has_room(folder: Path, size_bytes: int, limit: StorageLimit) -> bool:
    """Whether a snippet of `size_bytes` may be written, after `make_room`."""
    free = shutil.disk_usage(folder).free
    return size_bytes <= limit.most_bytes and free - size_bytes >= limit.least_free_bytes
