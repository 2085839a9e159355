"""Running the application until Ctrl-C."""

import socket
from collections.abc import Callable
from contextlib import suppress

import uvicorn

from kikimimi.errors import ConfigError
from kikimimi.web.app import create_app
from kikimimi.web.settings import ServerSettings

_SECONDS_FOR_OPEN_ANSWERS = 2


def serve(settings: ServerSettings, listening: socket.socket, *, ready: Callable[[], None]) -> None:
    """Answer requests on a bound socket until Ctrl-C; jobs are stopped, what they did is kept.

    Args:
        settings: of the server; `port` is that of the socket.
        listening: where to listen, from `bind`.
        ready: called once when the server answers.
    """
    app = create_app(settings)
    config = uvicorn.Config(
        app,
        log_level="warning",
        access_log=False,
        server_header=False,
        timeout_graceful_shutdown=_SECONDS_FOR_OPEN_ANSWERS,
    )
    with suppress(KeyboardInterrupt):  # uvicorn raises it again when it has ended
        _Server(config, ready=ready, ending=app.state.kikimimi.events.close).run([listening])


def bind(host: str, port: int) -> socket.socket:
    """A socket that listens at `host`; port 0 takes a free one.

    Raises:
        ConfigError: the address is not of this machine, or the port is taken or not allowed.
    """
    try:
        family = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0][0]
        return socket.create_server((host, port), family=family, backlog=128)
    except (OSError, OverflowError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise ConfigError(
            f"cannot listen at {host} port {port} ({reason}); choose another with --port or --host"
        ) from None


class _Server(uvicorn.Server):
    """Says when it answers, and ends open streams of events before it waits for answers to end."""

    def __init__(
        self, config: uvicorn.Config, *, ready: Callable[[], None], ending: Callable[[], None]
    ) -> None:
        super().__init__(config)
        self._ready = ready
        self._ending = ending

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self._ready()

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        self._ending()
        await super().shutdown(sockets)
