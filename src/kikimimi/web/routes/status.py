"""What the page asks first: which library, how large, what is going on."""

import json

from fastapi import APIRouter
from sqlalchemy import func, select

from kikimimi import __version__
from kikimimi.library import touches
from kikimimi.library.database import read_settings
from kikimimi.library.journal.history import Change
from kikimimi.library.library import Library
from kikimimi.library.schema import sounds
from kikimimi.paths import display_path
from kikimimi.web.payloads.base import errors
from kikimimi.web.payloads.jobs import job_answer
from kikimimi.web.payloads.status import LabelAnswer, LibraryAnswer, StatusAnswer
from kikimimi.web.state import State

router = APIRouter(prefix="/api", tags=["status"])


@router.get("/status", responses=errors(503))
def status(state: State) -> StatusAnswer:
    """Version, library, jobs, and what undo and redo would do; also where there is no library."""
    library = state.library()
    exists = library.path.exists()
    return StatusAnswer(
        version=__version__,
        library=_of_file(library) if exists else _of_none(library),
        jobs=[job_answer(job) for job in state.jobs.all()],
        can_undo=_label(library.history.next_undo()) if exists else None,
        can_redo=_label(library.history.next_redo()) if exists else None,
        is_loopback=state.settings.is_loopback,
        is_live=state.live is not None,
    )


def _of_file(library: Library) -> LibraryAnswer:
    with library.database.reading() as connection:
        remembered = read_settings(connection)
        query = select(func.count(), func.coalesce(func.sum(sounds.c.missing), 0))
        count, missing = connection.execute(query.select_from(sounds)).one()
        revision = touches.revision(connection)
    card = json.loads(remembered.get("encoder_card", "{}"))
    return LibraryAnswer(
        path=display_path(library.path),
        exists=True,
        sounds=count,
        missing=missing,
        encoder=remembered.get("encoder_name"),
        vocabulary_size=len(card.get("vocabulary", ())),
        revision=revision,
        read_only=library.database.read_only,
    )


def _of_none(library: Library) -> LibraryAnswer:
    return LibraryAnswer(
        path=display_path(library.path),
        exists=False,
        sounds=0,
        missing=0,
        encoder=None,
        vocabulary_size=0,
        revision=0,
        read_only=False,
    )


def _label(change: Change | None) -> LabelAnswer | None:
    if change is None:
        return None
    return LabelAnswer(kind=change.label.kind, params=dict(change.label.params))
