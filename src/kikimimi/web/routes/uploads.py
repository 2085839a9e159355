"""Sounds that the page sends: dropped files and takes of the microphone."""

from typing import Annotated
from urllib.parse import unquote

from fastapi import APIRouter, Header, Request

from kikimimi.web.payloads.base import errors
from kikimimi.web.payloads.uploads import UploadAnswer, upload_answer
from kikimimi.web.state import State

router = APIRouter(prefix="/api", tags=["uploads"])

_BODY = {
    "requestBody": {
        "required": True,
        "content": {
            "application/octet-stream": {"schema": {"type": "string", "format": "binary"}},
            "audio/*": {"schema": {"type": "string", "format": "binary"}},
        },
    }
}


@router.post("/uploads", responses=errors(408, 413, 415), openapi_extra=_BODY)
async def send(
    request: Request,
    state: State,
    name: Annotated[
        str, Header(alias="X-File-Name", description="Percent-encoded UTF-8.", max_length=4096)
    ] = "",
) -> UploadAnswer:
    """Send a sound of any format as the body; it is decoded and kept for an hour."""
    upload = await state.uploads.receive(request.stream(), unquote(name, errors="replace"))
    return upload_answer(upload)
