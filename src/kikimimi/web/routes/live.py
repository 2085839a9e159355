"""What a listener beside the server hears."""

from typing import Annotated

from fastapi import APIRouter, Query

from kikimimi.web.errors import NotFoundError
from kikimimi.web.payloads.base import MOST_ID, errors
from kikimimi.web.payloads.live import LiveAnswer, live_answer
from kikimimi.web.state import State

router = APIRouter(prefix="/api", tags=["live"])


@router.get("/live", responses=errors(404))
def live(
    state: State,
    run: Annotated[str, Query(max_length=32)] = "",
    after: Annotated[int, Query(ge=0, le=MOST_ID)] = 0,
) -> LiveAnswer:
    """What came after the number `after` of a run, of what is kept; everything without."""
    if state.live is None:
        raise NotFoundError("no listener runs beside this server; start kikimimi listen --serve")
    return live_answer(state.live.news(run=run, after=after))
