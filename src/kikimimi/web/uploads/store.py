"""The sounds that were sent: a bounded number of them, for an hour, until the server ends."""

import asyncio
import secrets
import tempfile
import threading
import time
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

from anyio import to_thread

from kikimimi.web.errors import NotFoundError, UnreadableError
from kikimimi.web.settings import ServerSettings
from kikimimi.web.uploads.decoding import Decoded, Decoder

_MOST_AT_ONCE = 4
_WRITE_BYTES = 1 << 20
_LONGEST_NAME = 200


@dataclass(frozen=True, slots=True)
class Upload:
    """One sound that was sent; `path` is the decoded copy, `size_bytes` what it takes."""

    key: str
    name: str
    path: Path
    size_bytes: int
    made_s: float
    sound: Decoded


class UploadStore:
    """Receives sounds, has them decoded, and gives the copies by key.

    The folder is made with the first sound and deleted by `close`.
    """

    def __init__(self, settings: ServerSettings) -> None:
        self._settings = settings
        self._decoder = Decoder(settings)
        self._slots = asyncio.Semaphore(_MOST_AT_ONCE)
        self._lock = threading.Lock()
        self._uploads: dict[str, Upload] = {}
        self._folder: tempfile.TemporaryDirectory[str] | None = None

    async def receive(self, parts: AsyncIterator[bytes], name: str) -> Upload:
        """Take a sound in as it arrives.

        Args:
            parts: the bytes; the one who reads them off the network keeps the limit.
            name: what the sender calls it; never used as a name of a file.

        Raises:
            UnreadableError: it cannot be decoded.
            TooLongError: it is too long.
        """
        async with self._slots:
            key = secrets.token_urlsafe(16)
            draft = self._place(f"{key}.part")
            try:
                await _write(draft, parts)
                return await to_thread.run_sync(self._take, key, draft, name)
            finally:
                draft.unlink(missing_ok=True)

    def get(self, key: str) -> Upload:
        """One sound by its key.

        Raises:
            NotFoundError: there is none of this key, or no longer.
        """
        self.sweep()
        with self._lock:
            if key not in self._uploads:
                raise NotFoundError("this sound was sent too long ago; send it again")
            return self._uploads[key]

    def path(self, key: str) -> Path:
        """The decoded copy of one sound, a WAV file of one channel. Raises as `get`."""
        return self.get(key).path

    def sweep(self) -> None:
        """Delete what is too old, and the oldest where there is too much."""
        settings, now = self._settings, time.monotonic()
        with self._lock:
            kept_bytes = sum(upload.size_bytes for upload in self._uploads.values())
            for upload in list(self._uploads.values()):
                is_old = now - upload.made_s > settings.upload_lifetime_s
                is_many = len(self._uploads) > settings.uploads_kept
                if not (is_old or is_many or kept_bytes > settings.uploads_kept_bytes):
                    return
                del self._uploads[upload.key]
                kept_bytes -= upload.size_bytes
                upload.path.unlink(missing_ok=True)

    def close(self) -> None:
        """Kill the decoders and delete everything."""
        self._decoder.close()
        with self._lock:
            self._uploads.clear()
            if self._folder is not None:
                self._folder.cleanup()
                self._folder = None

    def _take(self, key: str, draft: Path, name: str) -> Upload:
        if not draft.stat().st_size:
            raise UnreadableError("nothing was sent; the file is empty")
        copy = self._place(f"{key}.wav")
        try:
            sound = self._decoder.decode(draft, copy)
        except BaseException:
            copy.unlink(missing_ok=True)
            raise
        upload = Upload(key, shown_name(name), copy, copy.stat().st_size, time.monotonic(), sound)
        with self._lock:
            self._uploads[key] = upload
        self.sweep()
        return upload

    def _place(self, name: str) -> Path:
        with self._lock:
            if self._folder is None:
                self._folder = tempfile.TemporaryDirectory(prefix="kikimimi-uploads-")
            return Path(self._folder.name) / name


async def _write(target: Path, parts: AsyncIterator[bytes]) -> None:
    """Write in large pieces, off the event loop."""
    waiting = bytearray()
    with target.open("xb", buffering=0) as file:
        async for part in parts:
            waiting += part
            if len(waiting) >= _WRITE_BYTES:
                await to_thread.run_sync(file.write, bytes(waiting))
                waiting.clear()
        file.write(waiting)


def shown_name(name: str) -> str:
    """The last part of a name, printable and short."""
    last = name.replace("\\", "/").rpartition("/")[2]
    printable = "".join(each if each.isprintable() else " " for each in last).strip()
    return printable[:_LONGEST_NAME] or "sound"
