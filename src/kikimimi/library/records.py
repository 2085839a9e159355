"""What a library says of its sounds and of an indexing run."""

import os
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, NamedTuple, Protocol

TagSource = Literal["auto", "user", "taught"]

SoundReference = int | str | os.PathLike[str]
"""A sound by its id or by the path of its file."""


@dataclass(frozen=True, slots=True)
class Sound:
    """One sound of a library; `name` and `folder` are text for people, `path` opens the file.

    `missing` sounds had no readable file when their folder was last indexed.
    """

    id: int
    path: Path
    name: str
    folder: str
    size_bytes: int
    content_hash: str
    format: str
    subtype: str
    sample_rate_hz: int
    channels: int
    duration_s: float
    missing: bool


@dataclass(frozen=True, slots=True)
class SoundTag:
    """A tag of a sound: `score` in [0, 1], 1 for a tag given by the user."""

    name: str
    score: float
    source: TagSource


class Failure(NamedTuple):
    """A file or folder that could not be indexed, and why, in one line."""

    path: Path
    reason: str


@dataclass(frozen=True, slots=True)
class IndexReport:
    """What an indexing run did, counted in sounds.

    `missing` counts the sounds whose file this run found to be gone and nowhere else.
    `measured` counts those of the unchanged ones that were measured for the first time.
    `audio_seconds` is the length of the sound that was decoded, `seconds` the time it took.
    """

    added: int = 0
    updated: int = 0
    moved: int = 0
    unchanged: int = 0
    missing: int = 0
    failures: tuple[Failure, ...] = ()
    audio_seconds: float = 0.0
    seconds: float = 0.0
    measured: int = 0


class IndexProgress(Protocol):
    """Called from the indexing thread after each commit, so what it counts is safe on disk.

    It is called again with the same figures while workers are busy with long files. What it raises
    ends the indexing; what was committed stays.
    """

    def __call__(self, done: int, total: int, path: Path, audio_seconds: float) -> None:
        """`done` of `total` files to read, the last of them `path`, with `audio_seconds` so far."""
