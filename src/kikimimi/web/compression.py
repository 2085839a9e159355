"""Compression of what is text or large, and of nothing that streams."""

from starlette.middleware.gzip import GZipMiddleware
from starlette.types import ASGIApp, Receive, Scope, Send

_LEVEL = 5
_AS_THEY_ARE = ("/media/", "/api/events", "/static/")
"""Sounds, whose ranges count bytes; events, which must not wait in a buffer; and the page's files,
which are compressed once."""


class CompressionMiddleware:
    """gzip for every answer above a kilobyte but those under `_AS_THEY_ARE`."""

    def __init__(self, app: ASGIApp) -> None:
        self._plain = app
        self._compressed = GZipMiddleware(app, minimum_size=1024, compresslevel=_LEVEL)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on."""
        is_plain = scope["type"] != "http" or scope["path"].startswith(_AS_THEY_ARE)
        await (self._plain if is_plain else self._compressed)(scope, receive, send)
