"""Who may talk to the server, and what its answers forbid a browser to do.

A page of another site can send requests to a local server through the browser of its user, also
under a name that it lets point here (DNS rebinding). So the Host header must be one of ours, a
request must come from our own page or from no page at all, and beyond loopback everybody needs
the token.
"""

import hmac
from collections.abc import Callable
from ipaddress import ip_address
from urllib.parse import parse_qs, urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import cookie_parser
from starlette.responses import HTMLResponse, Response
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

_READING = frozenset({"GET", "HEAD", "OPTIONS"})
_OWN_SITES = frozenset({"same-origin", "none"})
_UNSPECIFIED = frozenset({"0.0.0.0", "::"})
_ENTERED = '<!doctype html><title>Kikimimi</title><meta http-equiv="refresh" content="0; url=/">'
"""Leads on without the token. A redirect would not: the browser holds a strict cookie back while
it follows a link from another site, and counts redirects as part of that."""

Check = Callable[[str, Headers, "Scope"], Response | None]


class SecurityMiddleware:
    """Refuses requests from elsewhere and adds `HEADERS` to every answer."""

    def __init__(self, app: ASGIApp, *, settings: ServerSettings) -> None:
        self._app = app
        self._settings = settings
        names = {*LOOPBACK_HOSTS, settings.host, *settings.allowed_hosts}
        self._hosts = {host_header(name, settings.port) for name in names}
        if settings.port == 80:
            self._hosts |= {host_header(name, None) for name in names}
        self._checks: tuple[Check, ...] = (self._check_host, self._check_site, self._check_token)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on, or refuse it."""
        if scope["type"] == "lifespan":
            await self._app(scope, receive, send)
            return
        if scope["type"] != "http":
            await send({"type": "websocket.close", "code": 1008})
            return
        is_private = scope["path"].startswith("/api/")

        async def send_protected(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in HEADERS.items():
                    headers.setdefault(name, value)
                headers.setdefault("Cache-Control", "no-store" if is_private else "no-cache")
            await send(message)

        headers = Headers(scope=scope)
        for check in self._checks:
            answer = check(scope["method"], headers, scope)
            if answer is not None:
                await answer(scope, receive, send_protected)
                return
        await self._app(scope, receive, send_protected)

    def _check_host(self, _method: str, headers: Headers, _scope: Scope) -> Response | None:
        given = headers.getlist("host")
        if len(given) == 1 and self._is_own(given[0].lower()):
            return None
        return error_answer(
            403, "host", "this address is not one of the server's own; start it with --allow-host"
        )

    def _is_own(self, host: str) -> bool:
        if host in self._hosts:
            return True
        if self._settings.host not in _UNSPECIFIED:
            return False
        # Bound to every address: any may be meant. Only names can be made to point here.
        name, _, port = host.rpartition(":")
        return _is_address(name.strip("[]")) and port == str(self._settings.port)

    def _check_site(self, method: str, headers: Headers, scope: Scope) -> Response | None:
        """Let other sites link to the page, and do nothing else."""
        site, origin = headers.get("sec-fetch-site"), headers.get("origin")
        is_link = method == "GET" and scope["path"] == "/" and origin is None
        if is_link and headers.get("sec-fetch-mode") == "navigate":
            return None
        is_foreign = site is not None and site not in _OWN_SITES
        if is_foreign or (origin is not None and not self._is_own_origin(origin)):
            return error_answer(403, "origin", "this call comes from another site's page")
        if method in _READING or site is not None or origin is not None:
            return None
        return _check_plain_write(headers)

    def _is_own_origin(self, origin: str) -> bool:
        try:
            parts = urlsplit(origin.lower())
        except ValueError:
            return False
        return parts.scheme in ("http", "https") and self._is_own(parts.netloc)

    def _check_token(self, method: str, headers: Headers, scope: Scope) -> Response | None:
        token = self._settings.token
        if token is None:
            return None
        cookie = f"kikimimi-{self._settings.port}"
        shown = cookie_parser(headers.get("cookie", "")).get(cookie, "")
        bearer = headers.get("authorization", "").removeprefix("Bearer ")
        if _is_equal(shown, token) or _is_equal(bearer, token):
            return None
        asked = parse_qs(scope["query_string"].decode("latin-1")).get("token", [""])[0]
        if method == "GET" and scope["path"] == "/" and _is_equal(asked, token):
            answer = HTMLResponse(_ENTERED, headers={"Cache-Control": "no-store"})
            answer.set_cookie(cookie, token, httponly=True, samesite="strict")
            return answer
        return error_answer(
            401, "token", "open the address with ?token= that the server printed when it started"
        )


def host_header(name: str, port: int | None) -> str:
    """What a browser sends as Host for a name or an address."""
    shown = f"[{name}]" if ":" in name else name.lower()
    return shown if port is None else f"{shown}:{port}"


def _check_plain_write(headers: Headers) -> Response | None:
    """Of programs that are no browsers; a form of a very old browser would look like one."""
    kind = headers.get("content-type", "").partition(";")[0].strip().lower()
    has_body = headers.get("content-length", "0") != "0" or "transfer-encoding" in headers
    if kind.startswith("audio/") or kind in ("application/json", "application/octet-stream"):
        return None
    if not kind and not has_body:
        return None
    return error_answer(
        415, "content_type", "send application/json, or a sound as application/octet-stream"
    )


def _is_equal(shown: str, token: str) -> bool:
    """Compare in a time that tells nothing of where they differ."""
    return hmac.compare_digest(shown.encode("utf-8", "replace"), token.encode())


def _is_address(name: str) -> bool:
    try:
        ip_address(name)
    except ValueError:
        return False
    return True
