"""How errors leave the server: a status, a code for the page, one line for people."""

import logging
from collections.abc import Mapping

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from h11 import LocalProtocolError
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect
from starlette.responses import JSONResponse

from kikimimi.errors import (
    AudioError,
    BusyError,
    ChangedSinceError,
    EncoderError,
    KikimimiError,
    LibraryError,
    NoLibraryError,
    QueryError,
    UnknownError,
)

logger = logging.getLogger(__name__)


class ApiError(KikimimiError):
    """A call that a route refuses; `status` and `code` say how."""

    status = 400
    code = "bad_request"


class NotFoundError(ApiError):
    """What the call names does not exist, or does so no longer."""

    status, code = 404, "not_found"


class MissingFileError(ApiError):
    """The library knows the sound, but its file is gone."""

    status, code = 404, "missing"


class ConflictError(ApiError):
    """Somebody else changed it meanwhile, or such work is under way."""

    status, code = 409, "conflict"


class TooLargeError(ApiError):
    """The body is larger than this call takes."""

    status, code = 413, "too_large"


class UnreadableError(ApiError):
    """What was sent is no sound that can be decoded."""

    status, code = 415, "unreadable"


class ForbiddenError(ApiError):
    """The call comes from another page or another machine, or lacks the token."""

    status, code = 403, "forbidden"


_KINDS: Mapping[type[KikimimiError], tuple[int, str]] = {
    UnknownError: (404, "unknown"),
    ChangedSinceError: (409, "conflict"),
    QueryError: (400, "query"),
    NoLibraryError: (404, "no_library"),
    BusyError: (409, "busy"),
    LibraryError: (503, "library"),
    EncoderError: (503, "encoder"),
    AudioError: (415, "unreadable"),
    KikimimiError: (400, "bad_request"),
}
"""Status and code by class; the first that fits, so subclasses stand before their parents."""


def error_answer(status: int, code: str, message: str) -> JSONResponse:
    """The body of every failed call."""
    content = {"error": {"code": code, "message": _one_line(message)}}
    return JSONResponse(content, status_code=status)


def install_error_handlers(app: FastAPI) -> None:
    """Let `app` answer every error in one form."""
    app.add_exception_handler(KikimimiError, _on_error)
    app.add_exception_handler(RequestValidationError, _on_invalid)
    app.add_exception_handler(HTTPException, _on_http)
    app.add_exception_handler(ClientDisconnect, _on_gone)
    app.add_exception_handler(Exception, _on_defect)


def status_and_code(error: KikimimiError) -> tuple[int, str]:
    """How an error is answered."""
    if isinstance(error, ApiError):
        return error.status, error.code
    return next(known for kind, known in _KINDS.items() if isinstance(error, kind))


async def _on_error(_request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, KikimimiError)
    return error_answer(*status_and_code(error), str(error))


async def _on_invalid(_request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, RequestValidationError)
    first = error.errors()[0]
    place = ".".join(str(part) for part in first["loc"])
    return error_answer(422, "payload", f"{place}: {first['msg']}; see /api/openapi.json")


async def _on_http(_request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, HTTPException)
    answer = error_answer(
        error.status_code, _HTTP_CODES.get(error.status_code, "http"), error.detail
    )
    answer.headers.update(error.headers or {})
    return answer


async def _on_gone(_request: Request, _error: Exception) -> JSONResponse:
    return error_answer(400, "gone", "the rest of the call did not come")  # nobody will read it


async def _on_defect(_request: Request, error: Exception) -> JSONResponse:
    if isinstance(error, LocalProtocolError):
        logger.info("the client broke off: %s", error)  # the answer has nowhere to go
    else:
        logger.error("a defect of the server", exc_info=error)
    return error_answer(500, "defect", "the server met a defect of its own; see its output")


_HTTP_CODES = {
    404: "not_found",
    405: "method",
    408: "timeout",
    413: "too_large",
}
"""Codes of what the framework and the middleware raise."""


def _one_line(text: str) -> str:
    """Messages may quote what a client sent: no control characters, no lone surrogates."""
    shown = "".join(each if each.isprintable() else " " for each in text)
    return shown.encode("utf-8", "replace").decode("utf-8")[:1000]
