"""Tags given, taken away, accepted and rejected."""

from collections.abc import Sequence

from fastapi import APIRouter

from kikimimi.web.changes import changed_answer
from kikimimi.web.payloads.base import errors
from kikimimi.web.payloads.changes import ChangedAnswer, TagRequest
from kikimimi.web.state import ServerState, State

router = APIRouter(prefix="/api/tags", tags=["tags"], responses=errors(400, 404, 503))


@router.post("/add")
def add(state: State, wanted: TagRequest) -> ChangedAnswer:
    """Give sounds a tag."""
    tags = state.library().tag_changes
    return changed_answer(state, tags.add(_sounds(state, wanted), wanted.name))


@router.post("/remove")
def remove(state: State, wanted: TagRequest) -> ChangedAnswer:
    """Take a tag away from sounds; an automatic one does not come back."""
    tags = state.library().tag_changes
    return changed_answer(state, tags.remove(_sounds(state, wanted), wanted.name))


@router.post("/accept")
def accept(state: State, wanted: TagRequest) -> ChangedAnswer:
    """Make an automatic or taught tag the user's own, for those of the sounds that have it."""
    tags = state.library().tag_changes
    return changed_answer(state, tags.accept(_sounds(state, wanted), wanted.name))


@router.post("/reject")
def reject(state: State, wanted: TagRequest) -> ChangedAnswer:
    """Refuse a tag for those of the sounds that have it."""
    tags = state.library().tag_changes
    return changed_answer(state, tags.reject(_sounds(state, wanted), wanted.name))


def _sounds(state: ServerState, wanted: TagRequest) -> Sequence[int]:
    if wanted.result is None:
        return wanted.sounds or ()
    ids: list[int] = state.library().lists.get(wanted.result).ranking.ids.tolist()
    return ids
