"""Work in the background: indexing."""

from pathlib import Path as FilePath
from typing import Annotated

from fastapi import APIRouter, Path

from kikimimi.paths import display_path
from kikimimi.web.indexing import check_roots, index_work
from kikimimi.web.payloads.base import MOST_ID, errors
from kikimimi.web.payloads.jobs import (
    FolderAnswer,
    IndexRequest,
    JobAnswer,
    StartedAnswer,
    job_answer,
)
from kikimimi.web.state import State

router = APIRouter(prefix="/api", tags=["jobs"])

JobId = Annotated[int, Path(ge=1, le=MOST_ID)]


@router.post("/index", status_code=202, responses=errors(409, 503))
def index(state: State, wanted: IndexRequest) -> StartedAnswer:
    """Begin to take folders in; the library is made if there is none. One such job at a time."""
    roots = [FilePath(root) for root in wanted.roots]
    check_roots(roots)
    work = index_work(state.library(), roots, state.settings, retry_failed=wanted.retry_failed)
    return StartedAnswer(job=job_answer(state.jobs.start("index", work)))


@router.get("/jobs")
def jobs(state: State) -> list[JobAnswer]:
    """The jobs under way and those that ended last, the newest first."""
    return [job_answer(job) for job in state.jobs.all()]


@router.delete("/jobs/{job}", responses=errors(404))
def stop(state: State, job: JobId) -> JobAnswer:
    """Ask a job to end; what it did stays."""
    return job_answer(state.jobs.stop(job))


@router.get("/folders", responses=errors(404, 503))
def folders(state: State) -> list[FolderAnswer]:
    """The folders that were indexed so far."""
    return [
        FolderAnswer(path=display_path(root), exists=root.exists())
        for root in state.library().roots()
    ]
