"""Several worker processes that read files, and that may die without harm.

The workers are programs of their own, one thread each, out of reach of the terminal's Ctrl-C:
they end when their input ends, that is also when this process is killed. Each knows which file it
is on, so that a crash is laid to one file; that file is tried once more alone before it is blamed.
"""

import contextlib
import os
import queue
import subprocess
import sys
import tempfile
import threading
from collections import deque
from collections.abc import Iterable, Iterator
from pathlib import Path
from types import TracebackType
from typing import Self

from kikimimi.encoders.contract import Encoder
from kikimimi.errors import LibraryError
from kikimimi.library import wire
from kikimimi.library.file_outcomes import FileTask, Outcome, Unreadable

CRASHED = Unreadable("the decoder crashed on this file", lasting=True)

_TASKS_AHEAD = 2
_KEEP_MEMORY = {"MALLOC_MMAP_THRESHOLD_": "536870912", "MALLOC_TRIM_THRESHOLD_": "1073741824"}
"""For glibc: without it each feature map is given back and faulted in again, 2 ms a clip."""

_IDLE_S = 0.5

Message = tuple[wire.Header, bytes] | None


class WorkerPool:
    """Worker processes for one library and encoder; use it in a `with` statement.

    Args:
        count: number of processes.
        encoder: the encoder of the library; each worker loads it by its reference.
        library: path of the library file, where workers look up known content.
    """

    def __init__(self, count: int, *, encoder: Encoder, library: Path) -> None:
        self._count = count
        self._encoder = encoder
        self._library = library
        self._inbox: queue.Queue[tuple[_Worker, Message]] = queue.Queue()
        self._workers: list[_Worker] = []
        self._crashed: list[FileTask] = []

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        for worker in self._workers:
            worker.kill()
        self._workers.clear()

    def run(self, tasks: Iterable[FileTask]) -> Iterator[tuple[FileTask, Outcome] | None]:
        """Read files; yields what came of each, in any order, and None when time passes idly.

        Raises:
            LibraryError: the workers cannot start.
        """
        yield from self._run(deque(tasks), self._count)
        for task in self._take_crashed():
            yield from self._run(deque([task]), 1)
            for blamed in self._take_crashed():
                yield blamed, CRASHED

    def _take_crashed(self) -> list[FileTask]:
        crashed, self._crashed = self._crashed, []
        return crashed

    def _run(
        self, pending: deque[FileTask], count: int
    ) -> Iterator[tuple[FileTask, Outcome] | None]:
        while True:
            self._feed(pending, count)
            if not any(worker.tasks for worker in self._workers):
                return
            try:
                worker, message = self._inbox.get(timeout=_IDLE_S)
            except queue.Empty:
                yield None
                continue
            if worker not in self._workers:
                continue
            if message is None:
                self._bury(worker, pending)
            elif worker.ready:
                yield worker.tasks.popleft(), wire.outcome_from(*message)
            else:
                self._greet(worker, message[0])

    def _feed(self, pending: deque[FileTask], count: int) -> None:
        while len(self._workers) < min(count, len(pending)):
            self._workers.append(_Worker(self._encoder.reference, self._library, self._inbox))
        for worker in self._workers[:count]:
            while pending and len(worker.tasks) < _TASKS_AHEAD:
                worker.give(pending.popleft())

    def _greet(self, worker: "_Worker", header: wire.Header) -> None:
        if "refused" in header:
            raise LibraryError(f"a worker process cannot start: {header['refused']}")
        if header["ready"] != self._encoder.identity:
            raise LibraryError(
                f"a worker process has loaded the encoder {header['ready']} instead of "
                f"{self._encoder.identity}; install one version of Kikimimi only"
            )
        worker.ready = True

    def _bury(self, worker: "_Worker", pending: deque[FileTask]) -> None:
        """Take a dead worker out: its first file may have killed it, the others have not begun."""
        self._workers.remove(worker)
        worker.kill()
        if not worker.ready:
            raise LibraryError(
                f"a worker process ended at its start ({worker.last_words()}); use one worker"
            )
        if worker.tasks:
            self._crashed.append(worker.tasks.popleft())
        pending.extendleft(reversed(worker.tasks))


class _Worker:
    """One process and the files that it has been given, the first of them in work."""

    def __init__(
        self, encoder: str, library: Path, inbox: "queue.Queue[tuple[_Worker, Message]]"
    ) -> None:
        self.tasks: deque[FileTask] = deque()
        self.ready = False
        self._complaints = tempfile.TemporaryFile()  # noqa: SIM115 -- closed by `kill`
        self._process = subprocess.Popen(
            [sys.executable, "-P", "-m", "kikimimi.library.worker"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._complaints,
            env=worker_environment(),
            start_new_session=True,
        )
        self._send({"encoder": encoder, "library": os.fspath(library.absolute())})
        threading.Thread(target=self._listen, args=(inbox,), daemon=True).start()

    def give(self, task: FileTask) -> None:
        self.tasks.append(task)
        self._send(wire.task_header(task))

    def kill(self) -> None:
        self._process.kill()
        self._process.wait()
        if self._process.stdin:
            with contextlib.suppress(OSError):
                self._process.stdin.close()

    def last_words(self) -> str:
        self._complaints.seek(0)
        lines = self._complaints.read().decode(errors="replace").split("\n")
        return next((line.strip() for line in reversed(lines) if line.strip()), "no message")

    def _send(self, header: wire.Header) -> None:
        assert self._process.stdin is not None
        # Of its death one hears through its output.
        with contextlib.suppress(OSError):
            wire.send(self._process.stdin, header)

    def _listen(self, inbox: "queue.Queue[tuple[_Worker, Message]]") -> None:
        assert self._process.stdout is not None
        with self._process.stdout as stream:
            while (message := wire.receive(stream)) is not None:
                inbox.put((self, message))
        inbox.put((self, None))


def worker_environment() -> dict[str, str]:
    """The environment of a process of one thread that imports what this one imports."""
    one_thread = dict.fromkeys(
        ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "VECLIB_MAXIMUM_THREADS"),
        "1",
    )
    import_path = os.pathsep.join(entry or str(Path.cwd()) for entry in sys.path)
    return {**os.environ, **one_thread, **_KEEP_MEMORY, "PYTHONPATH": import_path}
