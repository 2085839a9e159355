"""Who may talk to the server, and what its answers forbid a browser to do.

A page of another site can send requests to a local server through the browser of its user, also
under a name that it lets point here (DNS rebinding). So the Host header must be one of ours, a
request that changes something must come from our own page or from no page at all, and beyond
loopback everybody needs the token.
"""

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from kikimimi.web.errors import error_answer
from kikimimi.web.settings import LOOPBACK_HOSTS, ServerSettings

HEADERS = {
    "Content-Security-Policy": "default-src 'self'; img-src 'self' data: blob:; "
    "media-src 'self' blob:; worker-src 'self' blob:; object-src 'none'; base-uri 'none'; "
    "form-action 'none'; frame-ancestors 'none'",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "microphone=(self), camera=(), geolocation=()",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
}


class SecurityMiddleware:
    """Refuses requests from elsewhere and adds `HEADERS` to every answer."""

    def __init__(self, app: ASGIApp, *, settings: ServerSettings) -> None:
        self._app = app
        names = {*LOOPBACK_HOSTS, settings.host, *settings.allowed_hosts}
        self._hosts = {_host_header(name, settings.port) for name in names}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on, or refuse it."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return

        async def send_protected(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in HEADERS.items():
                    headers.setdefault(name, value)
            await send(message)

        if Headers(scope=scope).get("host", "").lower() not in self._hosts:
            refusal = error_answer(403, "forbidden", "this address is not one of the server's own")
            await refusal(scope, receive, send_protected)
            return
        await self._app(scope, receive, send_protected)


def _host_header(name: str, port: int) -> str:
    return f"[{name}]:{port}" if ":" in name else f"{name.lower()}:{port}"
