"""Running the application until Ctrl-C."""

import errno
import signal
import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType

import uvicorn

from kikimimi.errors import ConfigError
from kikimimi.web.app import create_app
from kikimimi.web.live.history import LiveHistory
from kikimimi.web.settings import DEFAULT_PORT, ServerSettings

_SECONDS_FOR_OPEN_ANSWERS = 2
_SIGNALS = (signal.SIGINT, signal.SIGTERM)


def serve(
    settings: ServerSettings,
    listening: socket.socket,
    *,
    ready: Callable[[], None],
    live: LiveHistory | None = None,
    is_over: Callable[[], bool] = lambda: False,
) -> None:
    """Answer requests on a bound socket until Ctrl-C; jobs are stopped, what they did is kept.

    Args:
        settings: of the server; `port` is that of the socket.
        listening: where to listen, from `bind`.
        ready: called once when the server answers.
        live: what a listener beside the server tells.
        is_over: asked ten times a second; the server ends when it says so.
    """
    app = create_app(settings, live=live)
    config = uvicorn.Config(
        app,
        http="h11",
        ws="none",
        log_config=None,
        log_level="critical",  # defects are logged by the application, with less noise
        access_log=False,
        server_header=False,
        timeout_graceful_shutdown=_SECONDS_FOR_OPEN_ANSWERS,
    )
    state = app.state.kikimimi
    try:
        with _ending_quietly():
            server = _Server(config, ready=ready, ending=state.events.close, is_over=is_over)
            server.run([listening])
    finally:
        state.close()  # again, for where Ctrl-C came twice


def bind(host: str, port: int | None) -> socket.socket:
    """A socket that listens at `host`.

    Args:
        host: a name or an address of this machine.
        port: 0 takes a free one; None the default one, or a free one where that is busy.

    Raises:
        ConfigError: the address is not of this machine, or the port is taken or not allowed.
    """
    try:
        family = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0][0]
        wanted = DEFAULT_PORT if port is None else port
        listening = _listen(host, wanted, family, or_free=port is None)
        # Head and body of an answer are sent one after the other; without this the body waits for
        # the client's delayed acknowledgement of the head: 40 ms a request. Connections inherit it.
        listening.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        return listening
    except (OSError, OverflowError, UnicodeError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise ConfigError(
            f"cannot listen at {host} port {port} ({reason}); choose another with --port or --host"
        ) from None


def _listen(host: str, port: int, family: int, *, or_free: bool) -> socket.socket:
    try:
        return socket.create_server((host, port), family=family, backlog=128)
    except OSError as error:
        if not or_free or error.errno != errno.EADDRINUSE:
            raise
        return socket.create_server((host, 0), family=family, backlog=128)


class _Server(uvicorn.Server):
    """Says when it answers, and ends open streams of events before it waits for answers to end."""

    def __init__(
        self,
        config: uvicorn.Config,
        *,
        ready: Callable[[], None],
        ending: Callable[[], None],
        is_over: Callable[[], bool],
    ) -> None:
        super().__init__(config)
        self._ready = ready
        self._ending = ending
        self._is_over = is_over

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self._ready()

    async def on_tick(self, counter: int) -> bool:
        return await super().on_tick(counter) or self._is_over()

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        self._ending()
        await super().shutdown(sockets)


@contextmanager
def _ending_quietly() -> Iterator[None]:
    """Take Ctrl-C and the system's request to end as what they are here: a normal end.

    uvicorn raises the signals again when it has ended; then these handlers get them.
    """

    def ignore(_number: int, _frame: FrameType | None) -> None:
        pass

    before = {each: signal.signal(each, ignore) for each in _SIGNALS}
    try:
        yield
    finally:
        for each, handler in before.items():
            signal.signal(each, handler)
