"""`kikimimi clean`: clean recordings into other files, with figures before and after."""

from pathlib import Path
from typing import Annotated

import typer

from kikimimi.cli.options import JsonOption

_EXAMPLES = (
    "Examples: kikimimi clean take.wav; kikimimi clean take.wav -o clean.wav --preset field; "
    "kikimimi clean ~/Recordings -o cleaned --preset my.yaml --auto --report cleaned.html"
)


def register(app: typer.Typer) -> None:
    """Add the verb to the command."""
    app.command("clean", epilog=_EXAMPLES)(clean)


def clean(
    files: Annotated[
        list[Path],
        typer.Argument(help="Recordings, or folders of them.", show_default=False),
    ],
    output: Annotated[
        Path | None,
        typer.Option(
            "--output",
            "-o",
            help="Folder for the cleaned WAV files, or a .wav file for one recording; without it "
            "nothing is written and figures and suggestions are told.",
        ),
    ] = None,
    preset: Annotated[
        str | None,
        typer.Option(
            help="A YAML file, or a preset of the package: field, foley, night, speech-free.",
            show_default="field, or what --auto suggests",
        ),
    ] = None,
    auto: Annotated[
        bool,
        typer.Option(
            "--auto",
            help="Choose settings from an analysis of each recording: those of the preset, or "
            "without one the whole chain.",
        ),
    ] = False,
    subtype: Annotated[
        str | None,
        typer.Option(
            help="Samples to write: PCM_16 (dithered), PCM_24, PCM_32 or FLOAT.",
            show_default="PCM_24; the recording's own if of 32 bits",
        ),
    ] = None,
    overwrite: Annotated[
        bool,
        typer.Option("--overwrite", help="Replace files of earlier runs; never a recording."),
    ] = False,
    jobs: Annotated[
        int | None, typer.Option(min=1, help="Processes at once.", show_default="all cores")
    ] = None,
    report: Annotated[
        Path | None, typer.Option(help="Report of all recordings to write, .html or .json.")
    ] = None,
    picture: Annotated[
        Path | None, typer.Option(help="Folder for spectrograms before and after, PNG.")
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """Clean recordings into other files; the originals are left as they are."""
    from kikimimi.cli.cleaning.calls import CleanCall
    from kikimimi.cli.cleaning.running import run_cleaning

    call = CleanCall(
        places=tuple(files),
        output=output,
        preset=preset,
        auto=auto,
        subtype=subtype,
        overwrite=overwrite,
        jobs=jobs,
        report=report,
        pictures=picture,
        as_json=as_json,
    )
    if not run_cleaning(call):
        raise typer.Exit(1)
