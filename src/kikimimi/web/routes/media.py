"""The sounds themselves, by id, with ranges."""

from typing import Annotated

from fastapi import APIRouter, Path, Request
from starlette.responses import Response

from kikimimi.library.records import Sound
from kikimimi.web.payloads.base import MOST_ID, Responses, errors
from kikimimi.web.sound_files.answer import attachment, ranged_answer
from kikimimi.web.sound_files.formats import content_type
from kikimimi.web.sound_files.preview import PreviewSource
from kikimimi.web.sound_files.source import FileSource
from kikimimi.web.state import State

router = APIRouter(prefix="/media", tags=["media"], responses=errors(404, 416))

SoundId = Annotated[int, Path(ge=1, le=MOST_ID)]
UploadKey = Annotated[str, Path(pattern="^[A-Za-z0-9_-]{22}$")]
_SOUND = {"content": {"audio/*": {"schema": {"type": "string", "format": "binary"}}}}
_ANSWERS: Responses = {200: _SOUND, 206: _SOUND, 304: {"description": "Not modified"}}


@router.head("/upload/{key}", include_in_schema=False)
@router.get("/upload/{key}", responses={**_ANSWERS, **errors(415)}, response_class=Response)
def upload(request: Request, state: State, key: UploadKey) -> Response:
    """A sound that was sent, as WAV."""
    source = PreviewSource(state.uploads.path(key))
    return ranged_answer(request, source, content_type="audio/wav")


@router.head("/made/{key}", include_in_schema=False)
@router.get("/made/{key}", responses={**_ANSWERS, **errors(415)}, response_class=Response)
def made(request: Request, state: State, key: UploadKey) -> Response:
    """A sound that was made, as a WAV file of 16 bits."""
    source = PreviewSource(state.made.get(key).path)
    return ranged_answer(request, source, content_type="audio/wav")


@router.head("/made/{key}/file/{name}", include_in_schema=False)
@router.get("/made/{key}/file/{name}", responses=_ANSWERS, response_class=Response)
def made_file(request: Request, state: State, key: UploadKey, name: str) -> Response:
    """A sound that was made, with all that its file says, to be saved."""
    found = state.made.get(key)
    return ranged_answer(
        request,
        FileSource(found.path),
        content_type="audio/wav",
        disposition=attachment(found.name),
    )


@router.head("/{sound}", include_in_schema=False)
@router.get("/{sound}", responses=_ANSWERS, response_class=Response)
def media(request: Request, state: State, sound: SoundId) -> Response:
    """The file as it is."""
    return _whole(request, state.library().sound(sound), disposition=None)


@router.head("/{sound}/file/{name}", include_in_schema=False)
@router.get("/{sound}/file/{name}", responses=_ANSWERS, response_class=Response)
def file(request: Request, state: State, sound: SoundId, name: str) -> Response:
    """The file as it is, to be saved; the name in the address is for programs that look there."""
    found = state.library().sound(sound)
    return _whole(request, found, disposition=attachment(found.name))


@router.head("/{sound}/preview.wav", include_in_schema=False)
@router.get("/{sound}/preview.wav", responses={**_ANSWERS, **errors(415)}, response_class=Response)
def preview(request: Request, state: State, sound: SoundId) -> Response:
    """The sound as a WAV file of 16 bits and at most two channels and 48 kHz."""
    source = PreviewSource(state.library().sound(sound).path)
    return ranged_answer(request, source, content_type="audio/wav")


def _whole(request: Request, sound: Sound, *, disposition: str | None) -> Response:
    return ranged_answer(
        request,
        FileSource(sound.path),
        content_type=content_type(sound.format),
        disposition=disposition,
    )
