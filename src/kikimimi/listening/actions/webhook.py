"""An HTTP POST of each alert as JSON."""

import http.client
import json
import socket
import threading
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import SplitResult, urlsplit

from kikimimi import __version__
from kikimimi.errors import ConfigError
from kikimimi.listening.actions.registry import register
from kikimimi.listening.actions.secrets_of import secret
from kikimimi.listening.contract import Action, RefusedError, TemporaryError
from kikimimi.types import Clip

_TRY_AGAIN = frozenset({408, 425, 429})
"""Refusals that pass: too slow, too early, too often (RFC 9110, RFC 8470, RFC 6585)."""


@register("webhook")
@dataclass
class WebhookAction(Action):
    """Posts each alert, in order, until the receiver answers with a status from 200 to 299.

    A status of 500 or more, 408, 425 and 429 are tried again, as is a receiver that is not there,
    does not answer or hangs. Other answers, redirections among them, refuse an alert for good. An
    alert may come twice, when the answer to the first was lost: its `id`, also in the header
    `Idempotency-Key`, is then the same.

    Attributes:
        url: http or https.
        headers: further ones; `$NAME` as a value is taken from the environment.
        timeout_s: for the whole of one try.

    Raises:
        ConfigError: the address is no such one, a header cannot be sent, or a variable is missing.
    """

    durable = True

    url: str
    headers: dict[str, str] = field(default_factory=dict)
    timeout_s: float = 10.0

    def __post_init__(self) -> None:
        self._place = _place(self.url)
        self._secrets = {
            name: secret(value, what=f"header {name}") for name, value in self.headers.items()
        }
        for name, value in self._secrets.items():
            if not name or not (name + value).isprintable() or not name.isascii() or ":" in name:
                raise ConfigError(f"the header '{name}' cannot be sent; write it otherwise")
        if not self.timeout_s > 0:
            raise ConfigError(f"timeout_s must be over 0, but is {self.timeout_s}")

    def deliver(self, alert: Mapping[str, Any], audio: Clip | None) -> None:
        """Post it once."""
        body = json.dumps(dict(alert), ensure_ascii=False).encode()
        headers = {
            "Content-Type": "application/json; charset=utf-8",
            "User-Agent": f"kikimimi/{__version__}",
            "Idempotency-Key": str(alert["id"]),
            **self._secrets,
        }
        status = self._post(body, headers)
        if 200 <= status < 300:
            return
        where = self._place.netloc.rpartition("@")[2]
        if status >= 500 or status in _TRY_AGAIN:
            raise TemporaryError(f"{where} answered {status}")
        raise RefusedError(f"{where} answered {status}")

    def _post(self, body: bytes, headers: dict[str, str]) -> int:
        """The status of the answer."""
        place = self._place
        kind = http.client.HTTPSConnection if place.scheme == "https" else _PLAIN
        connection = kind(str(place.hostname), place.port, timeout=self.timeout_s)
        # A receiver that sends a byte now and then would never run into the socket's own timeout.
        watchdog = threading.Timer(self.timeout_s, _break, [connection])
        watchdog.daemon = True
        watchdog.start()
        try:
            path = (place.path or "/") + (f"?{place.query}" if place.query else "")
            connection.request("POST", path, body, headers)
            return connection.getresponse().status
        except (OSError, http.client.HTTPException, ValueError) as error:
            reason = getattr(error, "strerror", None) or str(error) or type(error).__name__
            raise TemporaryError(f"{place.hostname} cannot be reached ({reason})") from error
        finally:
            watchdog.cancel()
            connection.close()


_PLAIN = http.client.HTTPConnection


def _break(connection: http.client.HTTPConnection) -> None:
    """Cut a connection off under the thread that waits for it."""
    if connection.sock is None:
        return
    try:
        connection.sock.shutdown(socket.SHUT_RDWR)
    except OSError:
        return  # it was over at this moment


def _place(url: str) -> SplitResult:
    try:
        place = urlsplit(url)
        is_good = place.scheme in ("http", "https") and bool(place.hostname) and place.port != 0
    except ValueError:
        is_good = False
    if not is_good or not url.isascii() or any(c.isspace() or not c.isprintable() for c in url):
        raise ConfigError(f"'{url}' is no address of a receiver; write http://... or https://...")
    return place
