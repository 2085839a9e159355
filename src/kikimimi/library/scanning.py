"""Finding the audio files under folders, with one `stat` per file.

A file is known by its real path: links to it are other names of the same file. Files and folders
whose name starts with a dot (`._x.wav` of macOS among them) are passed over unless they are given
by name.
"""

# Paths are bytes here, which pathlib does not take.
# ruff: noqa: PTH116, PTH118

import errno
import os
import stat
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple

from kikimimi.audio.discovery import is_audio_path
from kikimimi.library.records import Failure

_GONE = {errno.ENOENT, errno.ENOTDIR}


class FileState(NamedTuple):
    """What tells whether a file has changed since it was read."""

    size_bytes: int
    mtime_ns: int


@dataclass(slots=True)
class Scan:
    """What lies under the given roots.

    `files` are by `path_key`, the bytes of the real path; `folders` are the real paths that were
    walked as a whole, so that what is known under them and not in `files` may be gone.
    """

    files: dict[bytes, FileState] = field(default_factory=dict)
    folders: list[bytes] = field(default_factory=list)
    problems: list[Failure] = field(default_factory=list)
    _visited: set[tuple[int, int]] = field(default_factory=set)

    def covers(self, path_key: bytes) -> bool:
        """Tell whether `path_key` lies in a folder that was walked."""
        return any(path_key.startswith(folder) for folder in self.folders)

    def problem(self, path: bytes, reason: str) -> None:
        """Note that `path` cannot be indexed."""
        self.problems.append(Failure(Path(os.fsdecode(path)), reason))


def scan(roots: Iterable[Path]) -> Scan:
    """Walk folders and take files given by name, whatever their extension.

    What cannot be read is in `problems` of the result, and never an exception.
    """
    found = Scan()
    for root in roots:
        _scan_root(found, os.fsencode(root.absolute()))
    return found


def file_state(path_key: bytes) -> FileState | None:
    """State of a regular file, or None where no file is.

    Raises:
        OSError: the place cannot be looked at, so that nothing is known of the file.
    """
    try:
        status = os.stat(path_key)
    except OSError as error:
        if error.errno in _GONE:
            return None
        raise
    return _state(status) if stat.S_ISREG(status.st_mode) else None


def _state(status: os.stat_result) -> FileState:
    return FileState(status.st_size, status.st_mtime_ns)


def _scan_root(found: Scan, root: bytes) -> None:
    try:
        path = os.path.realpath(root, strict=True)
        status = os.stat(path)
    except OSError as error:
        found.problem(root, _explain(error))
        return
    if stat.S_ISDIR(status.st_mode):
        found.folders.append(os.path.join(path, b""))
        _walk(found, path)
    else:
        _take_file(found, path, status)


def _walk(found: Scan, top: bytes) -> None:
    pending = [top]
    while pending:
        folder = pending.pop()
        try:
            status = os.stat(folder)
            if (status.st_dev, status.st_ino) in found._visited:
                continue
            found._visited.add((status.st_dev, status.st_ino))
            with os.scandir(folder) as listing:
                entries = sorted(listing, key=lambda entry: entry.name, reverse=True)
        except OSError as error:
            found.problem(folder, f"the folder cannot be read: {_explain(error)}")
            continue
        for entry in entries:
            if not entry.name.startswith(b"."):
                pending.extend(_look_at(found, entry))


def _look_at(found: Scan, entry: os.DirEntry[bytes]) -> list[bytes]:
    """Take an entry in if it is an audio file; the folders to walk because of it."""
    audio = is_audio_path(os.fsdecode(entry.name))
    try:
        if entry.is_symlink():
            return _look_at_link(found, entry.path, audio=audio)
        if entry.is_dir():
            if audio:
                found.problem(entry.path, "this is a folder, although it is named like a sound")
            return [entry.path]
        if audio:
            _take_file(found, entry.path, entry.stat())
    except OSError as error:
        found.problem(entry.path, _explain(error))
    return []


def _look_at_link(found: Scan, link: bytes, *, audio: bool) -> list[bytes]:
    try:
        target = os.path.realpath(link, strict=True)
        status = os.stat(target)
    except OSError as error:
        # A dead link that does not claim to be a sound is none of our business; a loop always is.
        if audio or error.errno == errno.ELOOP:
            found.problem(link, _explain(error))
        return []
    if stat.S_ISDIR(status.st_mode):
        return _folders_behind_link(found, link, target)
    if audio:
        _take_file(found, target, status)
    return []


def _folders_behind_link(found: Scan, link: bytes, target: bytes) -> list[bytes]:
    place = os.path.join(target, b"")
    if link.startswith(place):
        found.problem(link, "this link leads back to a folder that it lies in; it is not followed")
        return []
    found.folders.append(place)
    return [target]


def _take_file(found: Scan, path: bytes, status: os.stat_result) -> None:
    if stat.S_ISREG(status.st_mode):
        found.files[path] = _state(status)
    else:
        found.problem(path, "this is not a regular file (a device, pipe or socket)")


def _explain(error: OSError) -> str:
    texts = {
        errno.ENOENT: "there is no such file or folder (or a link leads nowhere)",
        errno.EACCES: "access is denied; check the permissions",
        errno.ELOOP: "this link leads back to itself",
    }
    return texts.get(error.errno or 0, error.strerror or type(error).__name__)
