"""A real server process on loopback, over a library beside which lies a secret."""

import json
import os
import re
import secrets
import signal
import socket
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from kikimimi import Library
from kikimimi.audio.writing import write_wav
from kikimimi.types import Clip

_RATE_HZ = 16000
_TIMEOUT_S = 60.0


@dataclass(frozen=True)
class Reply:
    """What came back: the status, 0 where the server closed the connection, and all bytes."""

    status: int
    data: bytes


class Served:
    """`kikimimi serve` in a folder of its own; `secret` stands in files outside the library."""

    def __init__(self, folder: Path) -> None:
        self.secret = secrets.token_hex(16).encode()
        self.sounds = [_write_sound(folder / "sounds" / f"{n}.wav", n) for n in range(5)]
        for place in (folder / "secret.txt", folder / "sounds" / "secret.txt"):
            place.write_bytes(self.secret)
        library = folder / "library.kikimimi"
        with Library(library, encoder="placeholder") as made:
            made.index([folder / "sounds"], workers=1)
        self._process = subprocess.Popen(
            [
                *(sys.executable, "-m", "kikimimi", "serve"),
                *("--no-browser", "--port", "0", "--library", str(library)),
            ],
            stderr=subprocess.PIPE,
            env={**os.environ, "OMP_NUM_THREADS": "1", "TMPDIR": str(folder)},
        )
        assert self._process.stderr is not None
        first = self._process.stderr.readline().decode()
        found = re.search(r"127\.0\.0\.1:(\d+)", first)
        if found is None:
            raise RuntimeError(first + self._process.stderr.read().decode())
        self.port = int(found[1])
        self.url = f"http://127.0.0.1:{self.port}"

    def send(self, *parts: bytes, is_cut: bool = False) -> Reply:
        """Send bytes on a connection of their own and read what comes.

        With `is_cut` the server is told that nothing more will come.
        """
        with socket.create_connection(("127.0.0.1", self.port), timeout=_TIMEOUT_S) as connection:
            try:
                for part in parts:
                    connection.sendall(part)
                if is_cut:
                    connection.shutdown(socket.SHUT_WR)
            except (BrokenPipeError, ConnectionResetError):
                pass  # it has heard enough, and may have said why
            return _reply(connection)

    def get(self, path: str) -> dict[str, object]:
        """The JSON answer of a route."""
        head = f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1:{self.port}\r\nConnection: close\r\n\r\n"
        reply = self.send(head.encode())
        found: dict[str, object] = json.loads(reply.data.partition(b"\r\n\r\n")[2])
        return found

    def memory_mib(self) -> float:
        """Resident memory of the server."""
        pages = int(Path(f"/proc/{self._process.pid}/statm").read_text().split()[1])
        return pages * os.sysconf("SC_PAGE_SIZE") / (1 << 20)

    def is_alive(self) -> bool:
        """Whether the process runs and answers."""
        return self._process.poll() is None and bool(self.get("/api/status")["version"])

    def end(self) -> tuple[int, str]:
        """Ctrl-C; its exit status and all that it printed after the first line."""
        self._process.send_signal(signal.SIGINT)
        _, told = self._process.communicate(timeout=_TIMEOUT_S)
        return self._process.returncode, told.decode("utf-8", "replace")

    def kill(self) -> None:
        """End it whatever it does."""
        self._process.kill()
        self._process.wait()


def _reply(connection: socket.socket) -> Reply:
    data = b""
    end = time.monotonic() + _TIMEOUT_S
    try:
        while time.monotonic() < end and (part := connection.recv(1 << 16)):
            data += part
    except ConnectionResetError:
        pass
    found = re.match(rb"HTTP/1\.[01] (\d{3})", data)
    return Reply(int(found[1]) if found else 0, data)


def _write_sound(path: Path, seed: int) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    samples = np.random.default_rng(seed).uniform(-0.3, 0.3, (1, _RATE_HZ)).astype(np.float32)
    write_wav(path, Clip(samples, _RATE_HZ), subtype="PCM_16")
    return path
