"""`kikimimi redo`: make the change again that was taken back last."""

import typer

from kikimimi.cli.changes import show_change
from kikimimi.cli.options import JsonOption, LibraryOption, open_library

_EXAMPLES = "Example: kikimimi redo"


def register(app: typer.Typer) -> None:
    """Add the verb to the command."""
    app.command("redo", epilog=_EXAMPLES)(redo)


def redo(library: LibraryOption = None, as_json: JsonOption = False) -> None:
    """Make the change again that was taken back last."""
    with open_library(library) as opened:
        show_change("done again", opened.history.redo(), as_json=as_json)
