"""What every payload has in common, and the answers that many routes give."""

from typing import Any

from pydantic import BaseModel, ConfigDict


class Request(BaseModel):
    """A body that the page sends; an unknown key is an error, and nothing is converted."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)


class Answer(BaseModel):
    """A body that the server sends."""

    model_config = ConfigDict(frozen=True)


class ErrorBody(Answer):
    """Why a call failed: a code for the page, one line for people."""

    code: str
    message: str


class ErrorAnswer(Answer):
    """The body of every answer with a status of 400 and above."""

    error: ErrorBody


def errors(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """The `responses` of a route, for the OpenAPI document: which errors it may answer."""
    return {status: {"model": ErrorAnswer} for status in statuses}
