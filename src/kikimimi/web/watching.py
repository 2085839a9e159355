"""What the server does by itself each second: see changes by other programs, and tidy up."""

import asyncio
import logging

from anyio import to_thread

from kikimimi.errors import KikimimiError
from kikimimi.web.state import ServerState

logger = logging.getLogger(__name__)
_PERIOD_S = 1.0


async def watch(state: ServerState, *, period_s: float = _PERIOD_S) -> None:
    """Look once a period until cancelled; nothing is read while nobody listens."""
    while True:
        await asyncio.sleep(period_s)
        try:
            await to_thread.run_sync(_look, state)
        except KikimimiError as error:
            logger.info("the library cannot be read now: %s", error)


def _look(state: ServerState) -> None:
    state.uploads.sweep()
    if state.events.listeners:
        state.changed()
