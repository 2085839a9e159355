"""The sounds that were made for the page: a bounded number of them, until the server ends."""

import base64
import secrets
import tempfile
import threading
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from kikimimi.audio.measures.overview import OverviewMeter
from kikimimi.generation.making.files import write_made
from kikimimi.generation.making.maker import MadeSound
from kikimimi.web.errors import NotFoundError

_MOST_KEPT = 100


@dataclass(frozen=True, slots=True)
class MadeFile:
    """A sound that was made: `path` is a WAV file of the server's own."""

    key: str
    name: str
    path: Path
    duration_s: float
    overview: str
    """128 pairs of int8, base64."""
    parameters: Mapping[str, Any]


class MadeStore:
    """Writes made sounds into a folder that is deleted by `close`, and gives them by key."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._files: dict[str, MadeFile] = {}
        self._folder: tempfile.TemporaryDirectory[str] | None = None

    def add(self, made: MadeSound, name: str) -> MadeFile:
        """Take a sound in; the oldest goes where there are over 100.

        Args:
            made: the sound.
            name: what its file is to be called, without an ending.

        Raises:
            AudioError: the disk is full.
        """
        key = secrets.token_urlsafe(16)
        folder = self._place() / key
        folder.mkdir()
        path = folder / f"{name}.wav"
        write_made(path, made)
        meter = OverviewMeter(frames=len(made.samples), channels=1)
        meter.push(made.samples[:, None])
        overview = base64.b64encode(meter.result()[0]).decode()
        file = MadeFile(key, path.name, path, made.duration_s, overview, made.parameters)
        with self._lock:
            self._files[key] = file
            while len(self._files) > _MOST_KEPT:
                self._files.pop(next(iter(self._files))).path.unlink(missing_ok=True)
        return file

    def get(self, key: str) -> MadeFile:
        """One sound by its key.

        Raises:
            NotFoundError: there is none of this key, or no longer.
        """
        with self._lock:
            if key not in self._files:
                raise NotFoundError("this sound was made too long ago; make it again")
            return self._files[key]

    def close(self) -> None:
        """Delete everything."""
        with self._lock:
            self._files.clear()
            if self._folder is not None:
                self._folder.cleanup()
                self._folder = None

    def _place(self) -> Path:
        with self._lock:
            if self._folder is None:
                self._folder = tempfile.TemporaryDirectory(prefix="kikimimi-made-")
            return Path(self._folder.name)
