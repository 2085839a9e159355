"""`kikimimi scenes`: the scene of long recordings, over time."""

from pathlib import Path
from typing import Annotated

import typer

from kikimimi.cli.options import JsonOption

_EXAMPLES = (
    "Examples: kikimimi scenes walk.wav --run runs/scenes --smooth 20; "
    "kikimimi scenes walk.wav --run runs/scenes --format audacity -o walk.txt --picture pictures"
)


def register(app: typer.Typer) -> None:
    """Add the verb to the command."""
    app.command("scenes", epilog=_EXAMPLES)(scenes)


def scenes(
    files: Annotated[list[Path], typer.Argument(help="Sound files, or folders of them.")],
    run: Annotated[
        Path, typer.Option(help="What `kikimimi train` made of a classification recipe.")
    ],
    smooth: Annotated[
        float, typer.Option(min=0, help="Average over so many seconds before deciding.")
    ] = 10.0,
    format: Annotated[
        str, typer.Option(help="table, jsonl, dcase, audacity, raven, csv, jams or tut.")
    ] = "table",
    output: Annotated[
        Path | None,
        typer.Option("--output", "-o", help="File for all, or folder for a file each."),
    ] = None,
    picture: Annotated[
        Path | None, typer.Option(help="Folder for a timeline of each sound, PNG.")
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """Tell of each stretch of recordings which scene it is: from, to, mean probability, scene."""
    from kikimimi.cli.detecting.scenes import SceneCall, run_scenes

    call = SceneCall(
        places=tuple(files),
        run=run,
        smooth_s=smooth,
        format=format,
        output=output,
        pictures=picture,
        as_json=as_json,
    )
    if not run_scenes(call):
        raise typer.Exit(1)
