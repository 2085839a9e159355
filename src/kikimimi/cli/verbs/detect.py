"""`kikimimi detect`: what sounded in recordings, and when."""

from pathlib import Path
from typing import Annotated

import typer

from kikimimi.cli.options import (
    JsonOption,
    LanguageOption,
    LibraryOption,
    library_path,
    parse_language,
)
from kikimimi.cli.sound_classes import parse_names

_EXAMPLES = (
    "Examples: kikimimi detect street.wav; kikimimi detect ~/Recordings --format audacity "
    "-o labels; kikimimi detect night.flac --classes 'dog, 鳥' --threshold 0.3 --picture pictures; "
    "kikimimi detect --keep"
)


def register(app: typer.Typer) -> None:
    """Add the verb to the command."""
    app.command("detect", epilog=_EXAMPLES)(detect)


def detect(
    files: Annotated[
        list[Path] | None,
        typer.Argument(help="Sound files, or folders of them.", show_default=False),
    ] = None,
    detector: Annotated[
        str | None,
        typer.Option(
            help="A detector's folder, or an encoder with tags.", show_default="the package's own"
        ),
    ] = None,
    threshold: Annotated[
        float | None,
        typer.Option(min=0, max=1, help="Least score.", show_default="the detector's own"),
    ] = None,
    classes: Annotated[
        list[str] | None,
        typer.Option(help="Only these events, with commas between, in any language."),
    ] = None,
    min_duration: Annotated[
        float, typer.Option(min=0, help="Leave shorter events out, in seconds.")
    ] = 0.0,
    min_gap: Annotated[
        float, typer.Option(min=0, help="Join events that are less than this apart, in seconds.")
    ] = 0.0,
    format: Annotated[
        str,
        typer.Option(help="table, jsonl, dcase, audacity, raven, csv, jams, tut or scores."),
    ] = "table",
    output: Annotated[
        Path | None,
        typer.Option("--output", "-o", help="File for all, or folder for a file each."),
    ] = None,
    picture: Annotated[
        Path | None, typer.Option(help="Folder for a timeline of each sound, PNG.")
    ] = None,
    keep: Annotated[
        bool,
        typer.Option(
            "--keep",
            help="Keep the events in the library; without files, of all its sounds that were not "
            "heard yet.",
        ),
    ] = False,
    library: LibraryOption = None,
    language: LanguageOption = "",
    as_json: JsonOption = False,
) -> None:
    """Tell the events of sounds of any length: onset and offset in seconds, event, score."""
    from kikimimi.cli.detecting.calls import DetectCall
    from kikimimi.cli.detecting.keeping import detect_library
    from kikimimi.cli.detecting.running import run_detection

    call = DetectCall(
        places=tuple(files or ()),
        detector=detector,
        threshold=threshold,
        classes=tuple(parse_names(classes)) if classes else None,
        min_duration_s=min_duration,
        min_gap_s=min_gap,
        format=format,
        output=output,
        pictures=picture,
        language=parse_language(language),
        language_given=bool(language),
        library=library_path(library) if keep else None,
        as_json=as_json,
    )
    if not (run_detection(call) if files else detect_library(call)):
        raise typer.Exit(1)
