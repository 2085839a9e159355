"""Work that goes on in the background, one job of a kind at a time."""

import itertools
import logging
import threading
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from kikimimi.errors import KikimimiError
from kikimimi.paths import display_path
from kikimimi.web.errors import ConflictError, NotFoundError
from kikimimi.web.events import EventHub

logger = logging.getLogger(__name__)
_MOST_FAILURES = 200
_MOST_KEPT = 20
_SECONDS_PER_EVENT = 0.25
_RATE_WINDOW = 40

ACTIVE = ("running", "stopping")


class JobStoppedError(Exception):
    """Raised inside the work of a job that is to stop."""


@dataclass
class Job:
    """One piece of work: what the page is told of it, and how the work tells it."""

    id: int
    kind: str
    publish: Callable[[dict[str, Any]], None]
    state: str = "running"
    done: int = 0
    total: int = 0
    path: str = ""
    audio_seconds: float = 0.0
    message: str = ""
    failed: int = 0
    failures: list[dict[str, str]] = field(default_factory=list)
    report: dict[str, Any] = field(default_factory=dict)
    _stop: threading.Event = field(default_factory=threading.Event)
    _marks: deque[tuple[float, int]] = field(default_factory=lambda: deque(maxlen=_RATE_WINDOW))
    _told: float = 0.0

    @property
    def rate(self) -> float:
        """Steps a second of late."""
        if len(self._marks) < 2:
            return 0.0
        (first_s, first), (last_s, last) = self._marks[0], self._marks[-1]
        return (last - first) / (last_s - first_s) if last_s > first_s else 0.0

    @property
    def eta_s(self) -> float | None:
        """Seconds that are left at this rate; None while that is unknown."""
        rate = self.rate
        return (self.total - self.done) / rate if rate > 0 and self.state in ACTIVE else None

    def progress(
        self, done: int, total: int, path: Path | None, audio_seconds: float = 0.0
    ) -> None:
        """Tell how far the work is, after what was done is safe; called by the work.

        Raises:
            JobStoppedError: the job is to stop.
        """
        self.done, self.total, self.audio_seconds = done, total, audio_seconds
        self.path = "" if path is None else display_path(path)
        now = time.monotonic()
        self._marks.append((now, done))
        if now - self._told >= _SECONDS_PER_EVENT:
            self._told = now
            self.publish(self.as_dict())
        self.check()

    def check(self) -> None:
        """Leave the work if the job is to stop.

        Raises:
            JobStoppedError: it is.
        """
        if self._stop.is_set():
            raise JobStoppedError

    def fail(self, path: Path, reason: str) -> None:
        """Name an input that could not be used; the first 200 are kept."""
        self.failed += 1
        if len(self.failures) < _MOST_FAILURES:
            self.failures.append({"path": display_path(path), "reason": reason})

    def stop(self) -> None:
        """Ask the work to end at its next safe place."""
        if self.state == "running":
            self.state = "stopping"
        self._stop.set()

    def as_dict(self) -> dict[str, Any]:
        """What the page is told."""
        return {
            "id": self.id,
            "kind": self.kind,
            "state": self.state,
            "done": self.done,
            "total": self.total,
            "path": self.path,
            "audio_seconds": self.audio_seconds,
            "rate": self.rate,
            "eta_s": self.eta_s,
            "message": self.message,
            "failed": self.failed,
            "failures": list(self.failures),
            "report": self.report,
        }


Work = Callable[[Job], dict[str, Any] | None]
"""What a job does: it calls `progress`, and gives figures for the report."""


class Jobs:
    """The jobs of a server; the last ones that ended are remembered."""

    def __init__(self, events: EventHub) -> None:
        self._events = events
        self._lock = threading.Lock()
        self._ids = itertools.count(1)
        self._jobs: dict[int, Job] = {}
        self._threads: dict[int, threading.Thread] = {}

    def start(self, kind: str, work: Work) -> Job:
        """Begin a job.

        Raises:
            ConflictError: one of this kind is under way.
        """
        with self._lock:
            if any(job.kind == kind and job.state in ACTIVE for job in self._jobs.values()):
                raise ConflictError(f"a job of the kind '{kind}' is under way; wait or stop it")
            job = Job(next(self._ids), kind, self._publish)
            self._jobs[job.id] = job
            self._forget_old()
            thread = threading.Thread(target=self._run, args=(job, work), name=f"job-{job.id}")
            self._threads[job.id] = thread
            thread.start()
        return job

    def all(self) -> list[Job]:
        """The jobs, the newest first."""
        with self._lock:
            return sorted(self._jobs.values(), key=lambda job: -job.id)

    def active(self) -> list[Job]:
        """The jobs under way."""
        return [job for job in self.all() if job.state in ACTIVE]

    def get(self, job_id: int) -> Job:
        """One job.

        Raises:
            NotFoundError: there is none of this id.
        """
        with self._lock:
            if job_id not in self._jobs:
                raise NotFoundError(f"there is no job {job_id}; see /api/jobs")
            return self._jobs[job_id]

    def stop(self, job_id: int) -> Job:
        """Ask a job to end; what it did stays.

        Raises:
            NotFoundError: there is none of this id.
        """
        job = self.get(job_id)
        job.stop()
        self._publish(job.as_dict())
        return job

    def close(self, timeout_s: float = 30.0) -> None:
        """Stop every job and wait for it."""
        for job in self.all():
            job.stop()
        end = time.monotonic() + timeout_s
        for thread in list(self._threads.values()):
            thread.join(max(0.0, end - time.monotonic()))

    def _run(self, job: Job, work: Work) -> None:
        self._publish(job.as_dict())
        try:
            job.report = work(job) or {}
            job.state = "done"
        except JobStoppedError:
            job.state = "stopped"
        except KikimimiError as error:
            job.state, job.message = "failed", str(error)
        except Exception:
            logger.exception("a defect in a job of the kind %s", job.kind)
            job.state, job.message = "failed", "the server met a defect of its own; see its output"
        finally:
            self._threads.pop(job.id, None)
            self._publish(job.as_dict())

    def _forget_old(self) -> None:
        ended = [job.id for job in self._jobs.values() if job.state not in ACTIVE]
        for job_id in ended[: max(0, len(self._jobs) - _MOST_KEPT)]:
            del self._jobs[job_id]

    def _publish(self, data: dict[str, Any]) -> None:
        self._events.publish("job", data)
