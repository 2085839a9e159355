"""Playlists as files for other programs: M3U8, CSV, or a folder of copies."""

import csv
import os
import shutil
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TextIO

from kikimimi.errors import LibraryError
from kikimimi.files import draft_of
from kikimimi.library.records import Failure, Sound
from kikimimi.paths import display_path

_LONGEST_NAME_BYTES = 255


@dataclass(frozen=True, slots=True)
class PlaylistEntry:
    """What is written of one item of a playlist."""

    sound: Sound
    tags: tuple[str, ...]


def export_m3u8(entries: Sequence[PlaylistEntry], target: Path, overwrite: bool) -> list[Failure]:
    """Write an extended M3U playlist in UTF-8; returns the sounds whose path no line can hold."""
    lines = ["#EXTM3U"]
    left_out = []
    for sound in (entry.sound for entry in entries):
        path = str(sound.path)
        if _fits_in_line(path):
            lines += [f"#EXTINF:{round(sound.duration_s)},{sound.name}", path]
        else:
            reason = "its path does not fit in M3U (a line break, or not UTF-8)"
            left_out.append(Failure(sound.path, reason))
    with _replacing(target, overwrite=overwrite, newline="\n") as file:
        file.write("\n".join(lines) + "\n")
    return left_out


def export_csv(entries: Sequence[PlaylistEntry], target: Path, overwrite: bool) -> list[Failure]:
    """Write a table (RFC 4180, UTF-8) of `position,path,duration_s,tags`; tags joined by "; "."""
    with _replacing(target, overwrite=overwrite, newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["position", "path", "duration_s", "tags"])
        for position, entry in enumerate(entries, start=1):
            path = os.fsencode(entry.sound.path).decode("utf-8", "replace")
            tags = "; ".join(entry.tags)
            writer.writerow([position, path, f"{entry.sound.duration_s:.6f}", tags])
    return []


def export_folder(entries: Sequence[PlaylistEntry], target: Path, overwrite: bool) -> list[Failure]:
    """Copy the sounds into a folder as `001 name.wav`, `002 name.wav` and so on.

    A file appears under its name only when complete. Returns the sounds that were not copied.
    """
    try:
        target.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise _cannot_write(target, error) from error
    failures = []
    digits = max(3, len(str(len(entries))))
    for position, entry in enumerate(entries, start=1):
        source = entry.sound.path
        try:
            copy = target / numbered_name(source.name, f"{position:0{digits}} ")
            _copy(source, copy, overwrite=overwrite)
        except OSError as error:
            reason = f"not copied: {error.strerror or type(error).__name__}"
            failures.append(Failure(source, reason))
    return failures


Export = Callable[[Sequence[PlaylistEntry], Path, bool], list[Failure]]

EXPORTS: Mapping[str, Export] = {"m3u8": export_m3u8, "csv": export_csv, "folder": export_folder}
"""How to export, by kind: (entries, target, overwrite) -> what was left out.

Each raises LibraryError if the target exists and `overwrite` is off, or cannot be written.
"""


def _fits_in_line(path: str) -> bool:
    try:
        path.encode()
    except UnicodeEncodeError:
        return False
    return "\n" not in path and "\r" not in path


def numbered_name(name: str, number: str) -> str:
    """The name with its number before it, cut (before the extension) to what a system takes."""
    stem, suffix = os.path.splitext(name)  # noqa: PTH122 -- Path would drop a trailing dot
    room = _LONGEST_NAME_BYTES - len(number) - len(os.fsencode(suffix))
    while len(os.fsencode(stem)) > room:
        stem = stem[:-1]
    return number + stem + suffix


def _copy(source: Path, target: Path, *, overwrite: bool) -> None:
    with draft_of(target, replace=overwrite) as draft:
        shutil.copyfile(source, draft)
        shutil.copystat(source, draft)


@contextmanager
def _replacing(target: Path, *, overwrite: bool, newline: str) -> Iterator[TextIO]:
    """A text file that takes the place of `target` when it has been written as a whole."""
    try:
        with (
            draft_of(target, replace=overwrite) as draft,
            draft.open("w", encoding="utf-8", newline=newline) as file,
        ):
            yield file
    except OSError as error:
        raise _cannot_write(target, error) from error


def _cannot_write(target: Path, error: OSError) -> LibraryError:
    return LibraryError(
        f"cannot write {display_path(target)}: {error.strerror}; choose another place, or ask to "
        "overwrite it"
    )
