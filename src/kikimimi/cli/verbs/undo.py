"""`kikimimi undo`: take the last change of tags, playlists or taught tags back."""

from typing import Annotated

import typer

from kikimimi.cli.changes import show_change, show_journal
from kikimimi.cli.options import JsonOption, LibraryOption, open_library

_EXAMPLES = "Examples: kikimimi undo; kikimimi undo --list"


def register(app: typer.Typer) -> None:
    """Add the verb to the command."""
    app.command("undo", epilog=_EXAMPLES)(undo)


def undo(
    listed: Annotated[bool, typer.Option("--list", help="Show the last changes instead.")] = False,
    library: LibraryOption = None,
    as_json: JsonOption = False,
) -> None:
    """Take the last change back, made here or in the browser: tags, playlists, taught tags."""
    with open_library(library) as opened:
        if listed:
            show_journal(opened.history.changes(), as_json=as_json)
        else:
            show_change("undone", opened.history.undo(), as_json=as_json)
