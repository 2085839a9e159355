"""The journal of changes, undo and redo."""

from typing import Annotated

from fastapi import APIRouter, Query

from kikimimi.web.changes import label_answer
from kikimimi.web.payloads.base import errors
from kikimimi.web.payloads.changes import (
    JournalEntryAnswer,
    RedoneAnswer,
    TurnRequest,
    UndoneAnswer,
)
from kikimimi.web.state import State

router = APIRouter(prefix="/api", tags=["history"], responses=errors(400, 404, 409, 503))

_LAST = TurnRequest()


@router.post("/undo")
def undo(state: State, wanted: TurnRequest = _LAST) -> UndoneAnswer:
    """Take the last change back, or the one that is named."""
    change = state.library().history.undo(wanted.change)
    return UndoneAnswer(undone=label_answer(change), change=change.id, revision=state.changed())


@router.post("/redo")
def redo(state: State, wanted: TurnRequest = _LAST) -> RedoneAnswer:
    """Make the change again that was taken back last, or the one that is named."""
    change = state.library().history.redo(wanted.change)
    return RedoneAnswer(redone=label_answer(change), change=change.id, revision=state.changed())


@router.get("/journal")
def journal(
    state: State, limit: Annotated[int, Query(ge=1, le=1000)] = 50
) -> list[JournalEntryAnswer]:
    """The last changes, the newest first."""
    return [
        JournalEntryAnswer(
            id=each.id,
            label=label_answer(each),
            made_at=each.made_at,
            undone=each.undone,
            fixed=each.fixed,
        )
        for each in state.library().history.changes(limit=limit)
    ]
