"""Alerts that wait: in memory, or on the disk.

A queue on the disk is a folder with a file for each alert, named by a number that only rises. A
file is written whole before it has its name, and deleted when its alert was delivered: whatever
ends the process, an alert that was taken is delivered at least once.
"""

import json
from collections import deque
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

from kikimimi.errors import ListeningError
from kikimimi.files import draft_of
from kikimimi.paths import display_path
from kikimimi.types import Clip

_SUFFIX = ".json"
_DAMAGED, _REFUSED = "damaged", "refused"
_DIGITS = 12


@dataclass(frozen=True, slots=True, eq=False)
class Waiting:
    """An alert that waits, with the sound that its action needs."""

    alert: Mapping[str, Any]
    audio: Clip | None = None


class Queue(Protocol):
    """First in, first out. One thread puts, one takes."""

    def put(self, waiting: Waiting) -> str:
        """Take an alert; return a complaint, or nothing."""

    def first(self) -> Waiting | None:
        """The alert that has waited longest; None where there is none."""

    def drop_first(self) -> None:
        """It was delivered."""

    def refuse_first(self) -> None:
        """It never will be."""

    def __len__(self) -> int: ...


class MemoryQueue:
    """Keeps the newest `most` alerts."""

    def __init__(self, most: int) -> None:
        self._waiting: deque[Waiting] = deque()
        self._most = most

    def put(self, waiting: Waiting) -> str:
        """Take an alert; the oldest gives way where there are too many."""
        self._waiting.append(waiting)
        if len(self._waiting) <= self._most:
            return ""
        # Not the first one: it may be on its way.
        del self._waiting[min(1, self._most)]
        return f"more than {self._most} alerts wait; the oldest was given up"

    def first(self) -> Waiting | None:
        """The alert that has waited longest."""
        return self._waiting[0] if self._waiting else None

    def drop_first(self) -> None:
        """It was delivered."""
        self._waiting.popleft()

    def refuse_first(self) -> None:
        """It never will be."""
        self._waiting.popleft()

    def __len__(self) -> int:
        return len(self._waiting)


class DiskQueue:
    """Keeps alerts in a folder, over restarts. Sound is not kept.

    While the disk is full, alerts wait in memory, at most `most` of them, and go to the disk as
    soon as there is room. What cannot be read is moved into the folder `damaged`; what the receiver
    refuses for good into `refused`.

    Args:
        folder: made if it is not there; no other process may use it.
        most: alerts that may wait.

    Raises:
        ListeningError: the folder cannot be made or read.
    """

    def __init__(self, folder: Path, *, most: int = 100_000) -> None:
        self.folder = folder
        self._most = most
        self._unsaved: deque[Waiting] = deque()
        try:
            folder.mkdir(parents=True, exist_ok=True)
            names = sorted(path.name for path in folder.glob(f"*{_SUFFIX}"))
        except OSError as error:
            raise ListeningError(
                f"{display_path(folder)}: cannot keep alerts ({error.strerror}); choose another "
                "folder"
            ) from error
        self._names = deque(name for name in names if name.removesuffix(_SUFFIX).isdigit())
        last = self._names[-1] if self._names else "0"
        self._number = int(last.removesuffix(_SUFFIX))

    def put(self, waiting: Waiting) -> str:
        """Take an alert."""
        if len(self) >= self._most:
            return f"{self._most} alerts wait already; this one was given up"
        self._unsaved.append(Waiting(waiting.alert))
        return self._save()

    def first(self) -> Waiting | None:
        """The alert that has waited longest."""
        while self._names:
            try:
                return Waiting(json.loads((self.folder / self._names[0]).read_text("utf-8")))
            except (OSError, ValueError):
                self._set_aside(_DAMAGED)
        self._save()
        if self._names:
            return self.first()
        return self._unsaved[0] if self._unsaved else None

    def drop_first(self) -> None:
        """It was delivered."""
        if self._names:
            _delete(self.folder / self._names.popleft())
        else:
            self._unsaved.popleft()

    def refuse_first(self) -> None:
        """It never will be: it is kept apart, for people."""
        if self._names:
            self._set_aside(_REFUSED)
        else:
            self._unsaved.popleft()

    def __len__(self) -> int:
        return len(self._names) + len(self._unsaved)

    def _save(self) -> str:
        """Bring to the disk what is not there yet, in order."""
        while self._unsaved:
            name = f"{self._number + 1:0{_DIGITS}d}{_SUFFIX}"
            text = json.dumps(dict(self._unsaved[0].alert), ensure_ascii=False)
            try:
                with draft_of(self.folder / name) as draft:
                    draft.write_text(text, encoding="utf-8")
            except OSError as error:
                return f"{display_path(self.folder)}: alerts wait in memory ({error.strerror})"
            self._number += 1
            self._names.append(name)
            self._unsaved.popleft()
        return ""

    def _set_aside(self, place: str) -> None:
        name = self._names.popleft()
        folder = self.folder / place
        try:
            folder.mkdir(exist_ok=True)
            (self.folder / name).replace(folder / name)
        except OSError:
            _delete(self.folder / name)


def _delete(path: Path) -> None:
    """Delete a file; where the disk refuses, it is delivered once more after a restart."""
    with suppress(OSError):
        path.unlink()
