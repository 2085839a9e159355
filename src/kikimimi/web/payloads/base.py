"""What every payload has in common, and the answers that many routes give."""

from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field

MOST_ID = (1 << 53) - 1
"""The largest number that a page can hold exactly, and that SQLite surely can."""

Id = Annotated[int, Field(ge=1, le=MOST_ID)]
"""A sound, a playlist or a job in a body; routes take `Path(ge=1, le=MOST_ID)`."""


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


Responses = dict[int | str, dict[str, Any]]
"""What the OpenAPI document says of the answers of a route."""


def errors(*statuses: int) -> Responses:
    """The `responses` of a route, for the OpenAPI document: which errors it may answer."""
    return {status: {"model": ErrorAnswer} for status in statuses}
