"""`kikimimi map`: see and hear how the sounds of a library lie to each other."""

import typer

from kikimimi.cli.evaluating.mapping import draw_map


def register(app: typer.Typer) -> None:
    """Add the verb to the command."""
    app.command(
        "map",
        epilog="Examples: kikimimi map --out map.html; "
        "kikimimi map --data ESC-50 --method tsne --out map.png",
    )(draw_map)
