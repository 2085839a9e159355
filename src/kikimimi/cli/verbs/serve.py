"""`kikimimi serve`: the library in the browser."""

import secrets
import socket
import webbrowser
from collections.abc import Callable
from typing import Annotated

import typer

from kikimimi.cli.options import LibraryOption, library_path
from kikimimi.cli.output import print_message
from kikimimi.errors import ConfigError

_DEFAULT_PORT = 8765
_EXAMPLES = "Examples: kikimimi serve; kikimimi serve --port 9000 --no-browser"


def register(app: typer.Typer) -> None:
    """Add the verb to the command."""
    app.command("serve", epilog=_EXAMPLES)(serve)


def serve(
    library: LibraryOption = None,
    host: Annotated[
        str, typer.Option(help="Address to listen at; others than this machine need a token.")
    ] = "127.0.0.1",
    port: Annotated[
        int | None,
        typer.Option(
            min=0,
            max=65535,
            help="Port to listen at; 0 takes a free one.",
            show_default=f"{_DEFAULT_PORT}, or a free one where that is busy",
        ),
    ] = None,
    allow_host: Annotated[
        list[str] | None,
        typer.Option(help="A further name that browsers may reach this machine by; repeatable."),
    ] = None,
    token: Annotated[
        str | None,
        typer.Option(
            help="What browsers must show; a random one is made where one is needed.",
            envvar="KIKIMIMI_TOKEN",
        ),
    ] = None,
    browser: Annotated[
        bool, typer.Option("--browser/--no-browser", help="Open the page in the browser.")
    ] = True,
) -> None:
    """Show the library as a page in the browser, until Ctrl-C."""
    # FastAPI takes half a second to import, which no other verb should wait for
    from kikimimi.web.server import bind
    from kikimimi.web.server import serve as run
    from kikimimi.web.settings import LOOPBACK_HOSTS, ServerSettings

    listening = _bind(bind, host, port)
    settings = ServerSettings(
        library=library_path(library).expanduser().absolute(),
        host=host,
        port=listening.getsockname()[1],
        token=token or (None if host in LOOPBACK_HOSTS else secrets.token_urlsafe(24)),
        allowed_hosts=tuple(allow_host or ()),
    )
    url = settings.url

    def ready() -> None:
        print_message(f"Kikimimi is at {url} (Ctrl-C ends it)")
        if browser:
            webbrowser.open(url)

    run(settings, listening, ready=ready)


def _bind(bind: Callable[[str, int], socket.socket], host: str, port: int | None) -> socket.socket:
    """A socket at the port that was asked for; else at the usual one, or a free one."""
    if port is not None:
        return bind(host, port)
    try:
        return bind(host, _DEFAULT_PORT)
    except ConfigError:
        return bind(host, 0)
