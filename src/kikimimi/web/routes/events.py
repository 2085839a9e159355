"""Server-sent events: what changes while the page is open."""

from collections.abc import AsyncIterator

from anyio import to_thread
from fastapi import APIRouter
from starlette.responses import StreamingResponse

from kikimimi import __version__
from kikimimi.errors import KikimimiError
from kikimimi.web.events import Event
from kikimimi.web.payloads.base import Responses
from kikimimi.web.state import ServerState, State

router = APIRouter(prefix="/api", tags=["events"])

_STREAM: Responses = {200: {"content": {"text/event-stream": {"schema": {"type": "string"}}}}}
_RECONNECT = b"retry: 1000\n\n"


@router.get("/events", responses=_STREAM, response_class=StreamingResponse)
async def events(state: State) -> StreamingResponse:
    """A stream of `hello`, `changed` and `job`, which ends when the listener is too slow."""
    headers = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}
    return StreamingResponse(_stream(state), media_type="text/event-stream", headers=headers)


async def _stream(state: ServerState) -> AsyncIterator[bytes]:
    yield _RECONNECT
    with state.events.listening() as listener:
        if listener is None:
            return
        revision = await to_thread.run_sync(_revision, state)
        jobs = [Event("job", job.as_dict()) for job in state.jobs.active()]
        hello = Event("hello", {"version": __version__, "revision": revision})
        async for block in listener.blocks(hello, *jobs):
            yield block


def _revision(state: ServerState) -> int:
    """The revision; 0 while the library cannot be read, which other calls explain."""
    try:
        return state.changed()
    except KikimimiError:
        return 0
