"""Having a sound decoded by a process that is watched, and killed if it takes too long."""

import json
import subprocess
import sys
import threading
from dataclasses import dataclass
from math import ceil
from pathlib import Path

from kikimimi.errors import KikimimiError
from kikimimi.library.worker_pool import worker_environment
from kikimimi.web.errors import TooLargeError, UnreadableError
from kikimimi.web.settings import ServerSettings

_WORKER = "kikimimi.web.uploads.worker"


@dataclass(frozen=True, slots=True)
class Decoded:
    """What a sound is; `overview` holds 128 pairs of int8 in base64."""

    duration_s: float
    sample_rate_hz: int
    channels: int
    overview: str


class TooLongError(TooLargeError):
    """The sound is longer than sounds that are sent may be."""

    code = "too_long"


class Decoder:
    """Starts one process a sound; safe to share between threads."""

    def __init__(self, settings: ServerSettings) -> None:
        self._settings = settings
        self._lock = threading.Lock()
        self._running: set[subprocess.Popen[bytes]] = set()
        self._is_closed = False

    def decode(self, source: Path, target: Path) -> Decoded:
        """Write the sound in `source` to `target` as WAV of one channel.

        Raises:
            UnreadableError: it is no sound, or decoding it needs too much time or memory.
            TooLongError: it is longer than the limit.
        """
        settings = self._settings
        task = {
            "source": str(source),
            "target": str(target),
            "limit_s": settings.upload_limit_s,
            "memory_bytes": settings.upload_memory_bytes,
            "cpu_s": ceil(settings.upload_timeout_s),
            "file_bytes": settings.uploads_kept_bytes,
        }
        answer = self._run(json.dumps(task).encode())
        try:
            told = json.loads(answer)
        except ValueError:
            # Native code that gets no memory may end the process before it can say why.
            raise UnreadableError(
                "the decoder crashed on this sound or ran out of memory; try another file"
            ) from None
        if "sound" in told:
            return Decoded(**told["sound"])
        raise self._refusal(told)

    def close(self) -> None:
        """Kill what runs, and start nothing more."""
        with self._lock:
            self._is_closed = True
            for process in self._running:
                process.kill()

    def _run(self, task: bytes) -> bytes:
        process = self._start()
        try:
            answer, _ = process.communicate(task, timeout=self._settings.upload_timeout_s)
        except subprocess.TimeoutExpired:
            raise UnreadableError(
                "decoding this sound takes too long; send a shorter one"
            ) from None
        finally:
            process.kill()
            process.wait()
            with self._lock:
                self._running.discard(process)
        return answer

    def _start(self) -> subprocess.Popen[bytes]:
        with self._lock:
            if self._is_closed:
                raise UnreadableError("the server is ending")
            process = subprocess.Popen(
                [sys.executable, "-P", "-m", _WORKER],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                env=worker_environment(),
                start_new_session=True,
            )
            self._running.add(process)
            return process

    def _refusal(self, told: dict[str, str]) -> KikimimiError:
        if told["refused"] == "too_long":
            minutes = self._settings.upload_limit_s / 60
            return TooLongError(f"the sound is longer than {minutes:g} minutes; send a part of it")
        return UnreadableError(told["reason"])
