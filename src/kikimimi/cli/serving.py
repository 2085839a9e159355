"""Where a page is served, and opening it: options that several verbs have."""

import os
import secrets
import socket
import sys
import threading
import webbrowser
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import typer

from kikimimi.cli.options import library_path
from kikimimi.web.settings import DEFAULT_PORT, LOOPBACK_HOSTS, ServerSettings

PortOption = Annotated[
    int | None,
    typer.Option(
        min=0,
        max=65535,
        help="Port to listen at; 0 takes a free one.",
        show_default=f"{DEFAULT_PORT}, or a free one where that is busy",
    ),
]
HostOption = Annotated[
    str, typer.Option(help="Address to listen at; others than this machine's own need a token.")
]
AllowHostOption = Annotated[
    list[str] | None,
    typer.Option(
        help="A further name that browsers reach this machine by; may be given again.",
        show_default=False,
    ),
]
TokenOption = Annotated[
    str | None,
    typer.Option(
        envvar="KIKIMIMI_TOKEN",
        help="What a browser must show once.",
        show_default="a random one where one is needed",
    ),
]
BrowserOption = Annotated[
    bool, typer.Option("--browser/--no-browser", help="Open the page in the browser.")
]


@dataclass(frozen=True, slots=True)
class PageCall:
    """Which library a page is to show, and where, as it was asked for on the command line."""

    library: Path | None
    host: str
    port: int | None
    token: str | None
    allowed_hosts: tuple[str, ...]
    browser: bool


def bound_page(
    call: PageCall, *, generator: str | None = None
) -> tuple[ServerSettings, socket.socket]:
    """The settings of a server, and the socket that it is to listen on.

    Raises:
        ConfigError: the address cannot be listened at, or the token will not do.
        LibraryError: the file is no library.
    """
    # FastAPI takes half a second to import, which no other verb should wait for
    from kikimimi.library.library import Library
    from kikimimi.web.server import bind

    path = library_path(call.library).expanduser().absolute()
    Library(path).close()  # names a file that is no library before anything is opened
    listening = bind(call.host, call.port)
    token = None if call.host in LOOPBACK_HOSTS else secrets.token_urlsafe(24)
    settings = ServerSettings(
        library=path,
        host=call.host,
        port=listening.getsockname()[1],
        token=call.token or token,
        allowed_hosts=call.allowed_hosts,
        generator=generator,
    )
    return settings, listening


def open_browser(address: str) -> None:
    """Open a page, where there is a screen; returns at once."""
    if _has_screen():
        # Some browsers return when they are closed only.
        threading.Thread(target=webbrowser.open, args=(address,), daemon=True).start()


def _has_screen() -> bool:
    """Whether a browser has a window; without one, a browser of the terminal would take it over."""
    if sys.platform in ("win32", "darwin"):
        return True
    return bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))
