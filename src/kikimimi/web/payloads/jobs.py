"""Work in the background."""

from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, Field

from kikimimi.web.jobs import Job
from kikimimi.web.payloads.base import Answer, Request

_LONGEST_PATH = 4096
_MOST_ROOTS = 100


def _absolute(path: str) -> str:
    if not path.isprintable() or not Path(path).is_absolute():
        raise ValueError("give the whole path of a folder, from the root on")
    return path


Root = Annotated[str, Field(min_length=1, max_length=_LONGEST_PATH), AfterValidator(_absolute)]


class IndexRequest(Request):
    """Which folders to take in, or to look through for changes; absolute paths."""

    roots: Annotated[list[Root], Field(min_length=1, max_length=_MOST_ROOTS)]
    retry_failed: bool = False


class FailureAnswer(Answer):
    """A file that could not be used, and why."""

    path: str
    reason: str


class JobAnswer(Answer):
    """How far a job is; `rate` is in steps a second, `eta_s` what is left at that rate.

    The first 200 of `failed` inputs are in `failures`. `report` has figures when the job is done,
    `message` says why it failed.
    """

    id: int
    kind: str
    state: Literal["running", "stopping", "stopped", "done", "failed"]
    done: int
    total: int
    path: str
    audio_seconds: float
    rate: float
    eta_s: float | None
    message: str
    failed: int
    failures: list[FailureAnswer]
    report: dict[str, Any]


class StartedAnswer(Answer):
    """A job that has begun."""

    job: JobAnswer


class FolderAnswer(Answer):
    """A folder (or a single file) that was indexed; `exists` tells whether it is there now."""

    path: str
    exists: bool


def job_answer(job: Job) -> JobAnswer:
    """The answer for a job as it is now."""
    return JobAnswer.model_validate(job.as_dict())
