"""Single sounds; missing ones, and where they are in the file manager."""

from pathlib import Path as FilePath
from typing import Annotated

from fastapi import APIRouter, Path

from kikimimi.web.changes import changed_answer
from kikimimi.web.errors import ForbiddenError
from kikimimi.web.file_manager import show_file
from kikimimi.web.payloads.base import MOST_ID, errors
from kikimimi.web.payloads.changes import ChangedAnswer, ForgetRequest, LocateRequest
from kikimimi.web.payloads.sounds import SoundAnswer
from kikimimi.web.rows import answer_sound
from kikimimi.web.state import State

router = APIRouter(prefix="/api/sounds", tags=["sounds"], responses=errors(400, 404, 503))

SoundId = Annotated[int, Path(ge=1, le=MOST_ID)]


@router.post("/forget", responses=errors(409))
def forget(state: State, wanted: ForgetRequest) -> ChangedAnswer:
    """Delete sounds whose files are gone, with all that was said of them."""
    return changed_answer(state, state.library().missing_files.forget(wanted.sounds))


@router.get("/{sound}")
def one_sound(state: State, sound: SoundId) -> SoundAnswer:
    """One sound with all its tags, its measures and the playlists that it is in."""
    return answer_sound(state.library(), sound)


@router.post("/{sound}/locate", responses=errors(409))
def locate(state: State, sound: SoundId, wanted: LocateRequest) -> ChangedAnswer:
    """Say where the file of a missing sound is now; it must hold the same bytes."""
    state.library().missing_files.locate(sound, FilePath(wanted.path))
    return changed_answer(state, 1)


@router.post("/{sound}/reveal", status_code=204, responses=errors(403))
def reveal(state: State, sound: SoundId) -> None:
    """Show the file in the file manager of the machine that the server runs on."""
    if not state.settings.is_loopback:
        raise ForbiddenError("files are shown only to the machine that the server runs on")
    show_file(state.library().sound(sound).path)
