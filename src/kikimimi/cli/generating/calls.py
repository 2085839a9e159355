"""What `kikimimi generate` was asked for."""

from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import typer

from kikimimi.cli.options import JsonOption
from kikimimi.encoders.registry import DEFAULT_ENCODER

GENERATOR_VARIABLE = "KIKIMIMI_GENERATOR"


@dataclass(frozen=True, slots=True, kw_only=True)
class GenerateCall:
    """What all kinds of making have in common on the command line.

    `generator` and `vocoder` are names or folders, None for the usual ones. The n-th sound has the
    seed `seed` + n.
    """

    output: Annotated[
        Path, typer.Option("--output", "-o", help="Folder for the WAV files.", show_default=False)
    ]
    seed: Annotated[
        int,
        typer.Option(min=0, help="Seed of the first sound, the next ones have those after it."),
    ] = 0
    loop: Annotated[
        bool,
        typer.Option("--loop", help="Let the end lead into the start, so that it can go round."),
    ] = False
    generator: Annotated[
        str | None,
        typer.Option(
            envvar=GENERATOR_VARIABLE,
            help="A generator's folder or name.",
            show_default="the package's own",
        ),
    ] = None
    vocoder: Annotated[
        str | None,
        typer.Option(
            help="A vocoder's folder or name; griffin_lim_32 and griffin_lim_100 need no weights.",
            show_default="the one beside the generator",
        ),
    ] = None
    overwrite: Annotated[
        bool, typer.Option("--overwrite", help="Replace files; never a sound that was given.")
    ] = False
    figures: Annotated[
        bool, typer.Option("--figures/--no-figures", help="Print figures of merit.")
    ] = True
    reference: Annotated[
        Path | None,
        typer.Option(
            help="Folder of real sounds, or ESC-50, to compare with: FAD, KAD.",
            show_default=False,
        ),
    ] = None
    encoder: Annotated[
        str, typer.Option(help="Encoder, or its folder, in whose space sets are compared.")
    ] = DEFAULT_ENCODER
    picture: Annotated[
        Path | None,
        typer.Option(help="Draw spectrograms to a .png or .svg file.", show_default=False),
    ] = None
    threads: Annotated[
        int,
        typer.Option(min=1, help="Threads; a seed gives the same bits for the same number."),
    ] = 1
    as_json: JsonOption = False
