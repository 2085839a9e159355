"""`kikimimi serve`: the library in the browser."""

import os
import secrets
import sys
import threading
import webbrowser
from typing import Annotated

import typer

from kikimimi.cli.options import LibraryOption, library_path
from kikimimi.cli.output import print_message
from kikimimi.library.library import Library
from kikimimi.web.settings import DEFAULT_PORT, LOOPBACK_HOSTS, ServerSettings

_EXAMPLES = "Examples: kikimimi serve; kikimimi serve --port 9000 --no-browser"


def register(app: typer.Typer) -> None:
    """Add the verb to the command."""
    app.command("serve", epilog=_EXAMPLES)(serve)


def serve(
    library: LibraryOption = None,
    port: Annotated[
        int | None,
        typer.Option(
            min=0,
            max=65535,
            help="Port to listen at; 0 takes a free one.",
            show_default=f"{DEFAULT_PORT}, or a free one where that is busy",
        ),
    ] = None,
    host: Annotated[
        str, typer.Option(help="Address to listen at; others than this machine's own need a token.")
    ] = "127.0.0.1",
    allow_host: Annotated[
        list[str] | None,
        typer.Option(
            help="A further name that browsers reach this machine by; may be given again.",
            show_default=False,
        ),
    ] = None,
    token: Annotated[
        str | None,
        typer.Option(
            envvar="KIKIMIMI_TOKEN",
            help="What a browser must show once.",
            show_default="a random one where one is needed",
        ),
    ] = None,
    generator: Annotated[
        str | None,
        typer.Option(
            envvar="KIKIMIMI_GENERATOR",
            help="What the page makes sounds with: a generator's folder or name.",
            show_default="the package's own",
        ),
    ] = None,
    browser: Annotated[
        bool, typer.Option("--browser/--no-browser", help="Open the page in the browser.")
    ] = True,
) -> None:
    """Show the library as a page in the browser, until Ctrl-C.

    A library that does not exist yet is made when the page is told a folder to index.
    """
    # FastAPI takes half a second to import, which no other verb should wait for
    from kikimimi.web import server

    path = library_path(library).expanduser().absolute()
    Library(path).close()  # names a file that is no library before anything is opened
    listening = server.bind(host, port)
    settings = ServerSettings(
        library=path,
        host=host,
        port=listening.getsockname()[1],
        token=token or (None if host in LOOPBACK_HOSTS else secrets.token_urlsafe(24)),
        allowed_hosts=tuple(allow_host or ()),
        generator=generator,
    )

    def ready() -> None:
        print_message(f"Kikimimi is at {settings.url} (Ctrl-C ends it)")
        if browser and _has_screen():
            # Some browsers return when they are closed only.
            threading.Thread(target=webbrowser.open, args=(settings.url,), daemon=True).start()

    server.serve(settings, listening, ready=ready)
    print_message("ended; everything is kept")


def _has_screen() -> bool:
    """Whether a browser has a window; without one, a browser of the terminal would take it over."""
    if sys.platform in ("win32", "darwin"):
        return True
    return bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))
