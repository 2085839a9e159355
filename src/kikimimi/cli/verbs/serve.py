"""`kikimimi serve`: the library in the browser."""

from typing import Annotated

import typer

from kikimimi.cli.options import LibraryOption
from kikimimi.cli.output import print_message
from kikimimi.cli.serving import (
    AllowHostOption,
    BrowserOption,
    HostOption,
    PageCall,
    PortOption,
    TokenOption,
    bound_page,
    open_browser,
)

_EXAMPLES = "Examples: kikimimi serve; kikimimi serve --port 9000 --no-browser"


def register(app: typer.Typer) -> None:
    """Add the verb to the command."""
    app.command("serve", epilog=_EXAMPLES)(serve)


def serve(
    library: LibraryOption = None,
    port: PortOption = None,
    host: HostOption = "127.0.0.1",
    allow_host: AllowHostOption = None,
    token: TokenOption = None,
    generator: Annotated[
        str | None,
        typer.Option(
            envvar="KIKIMIMI_GENERATOR",
            help="What the page makes sounds with: a generator's folder or name.",
            show_default="the package's own",
        ),
    ] = None,
    browser: BrowserOption = True,
) -> None:
    """Show the library as a page in the browser, until Ctrl-C.

    A library that does not exist yet is made when the page is told a folder to index.
    """
    # FastAPI takes half a second to import, which no other verb should wait for
    from kikimimi.web import server

    call = PageCall(library, host, port, token, tuple(allow_host or ()), browser)
    settings, listening = bound_page(call, generator=generator)

    def ready() -> None:
        print_message(f"Kikimimi is at {settings.url} (Ctrl-C ends it)")
        if browser:
            open_browser(settings.url)

    server.serve(settings, listening, ready=ready)
    print_message("ended; everything is kept")
