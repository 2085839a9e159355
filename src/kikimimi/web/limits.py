"""How much a client may send, and for how long it may leave the server waiting."""

import asyncio
from collections.abc import Mapping

from starlette.datastructures import Headers
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from kikimimi.web.errors import error_answer

BODY_LIMIT_BYTES = 4 << 20
"""Enough for a list of every sound of a large library."""

_SECONDS_BETWEEN_PARTS = 20.0


class BodyLimitMiddleware:
    """Ends calls whose body is too large, also one of no stated length, or does not arrive.

    Args:
        app: what comes behind.
        larger: limits in bytes by path, where they are not `BODY_LIMIT_BYTES`.
        pause_s: the longest time between two parts of a body.
    """

    def __init__(
        self,
        app: ASGIApp,
        *,
        larger: Mapping[str, int],
        pause_s: float = _SECONDS_BETWEEN_PARTS,
    ) -> None:
        self._app = app
        self._larger = larger
        self._pause_s = pause_s

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on with a body that ends."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        limit = self._larger.get(scope["path"], BODY_LIMIT_BYTES)
        stated = Headers(scope=scope).get("content-length", "")
        if stated.isdecimal() and int(stated) > limit:
            answer = error_answer(413, "too_large", _too_large(limit))
            answer.headers["Connection"] = "close"
            await answer(scope, receive, send)
            return
        await self._app(scope, _Body(receive, limit, self._pause_s), send)


class _Body:
    """`receive` of a request, with limits until the body has come."""

    def __init__(self, receive: Receive, limit: int, pause_s: float) -> None:
        self._receive = receive
        self._limit = limit
        self._pause_s = pause_s
        self._got = 0
        self._is_complete = False

    async def __call__(self) -> Message:
        if self._is_complete:
            return await self._receive()
        try:
            message = await asyncio.wait_for(self._receive(), self._pause_s)
        except TimeoutError:
            raise HTTPException(408, "the rest of the call did not arrive; try again") from None
        self._got += len(message.get("body", b""))
        if self._got > self._limit:
            raise HTTPException(413, _too_large(self._limit))
        self._is_complete = not message.get("more_body", False)
        return message


def _too_large(limit: int) -> str:
    return f"this call takes {limit / (1 << 20):.0f} MiB at most"
