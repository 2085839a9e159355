"""`kikimimi generate`: make sounds with a trained generator."""

from pathlib import Path
from typing import Annotated

import typer

from kikimimi.cli.generating.calls import GenerateCall
from kikimimi.cli.option_groups import takes

FilesArgument = Annotated[
    list[Path], typer.Argument(help="Sounds, or folders of them.", show_default=False)
]
CountOption = Annotated[int, typer.Option(min=1, max=10_000, help="How many sounds.")]


def register(app: typer.Typer) -> None:
    """Add the verb to the command."""
    verb = typer.Typer(
        no_args_is_help=True,
        help="Make sounds with a trained generator: variations, blends, new ones.",
    )
    verb.command("vary", epilog="Example: kikimimi generate vary step.wav --count 8 -o steps")(vary)
    verb.command(
        "blend", epilog="Example: kikimimi generate blend rain.wav fire.wav --steps 9 -o between"
    )(blend)
    verb.command(
        "sample",
        epilog="Examples: kikimimi generate sample --class rain --seconds 5 --seed 3 -o rain; "
        "kikimimi generate sample --class 雨 --loop -o rain",
    )(sample)
    verb.command(
        "reconstruct", epilog="Example: kikimimi generate reconstruct rain.wav -o reconstructed"
    )(reconstruct)
    app.add_typer(verb, name="generate")


@takes(GenerateCall)
def vary(
    call: GenerateCall,
    files: FilesArgument,
    amount: Annotated[
        float, typer.Option(min=0, max=1, help="0 changes nothing, 1 keeps next to nothing.")
    ] = 0.2,
    count: CountOption = 8,
) -> None:
    """Make sounds that are like a sound."""
    from kikimimi.cli.generating.running import run_vary

    _leave(run_vary(call, files, amount=amount, count=count))


@takes(GenerateCall, without={"reference"})
def blend(
    call: GenerateCall,
    first: Annotated[Path, typer.Argument(help="The sound to begin with.", show_default=False)],
    second: Annotated[Path, typer.Argument(help="The sound to end with.", show_default=False)],
    steps: Annotated[
        int, typer.Option(min=2, max=1000, help="How many sounds, both ends included.")
    ] = 9,
) -> None:
    """Make the sounds that lie between two sounds."""
    from kikimimi.cli.generating.running import run_blend

    _leave(run_blend(call, first, second, steps=steps))


@takes(GenerateCall)
def sample(
    call: GenerateCall,
    label: Annotated[
        str | None,
        typer.Option("--class", help="A class that the generator knows, in English or Japanese."),
    ] = None,
    text: Annotated[
        str | None, typer.Option(help="An English description, where the generator knows words.")
    ] = None,
    like: Annotated[
        Path | None, typer.Option(help="A sound that the new one is to be like.")
    ] = None,
    guidance: Annotated[
        float | None,
        typer.Option(
            min=0,
            max=20,
            help="How strictly the wish is kept.",
            show_default="the generator's own",
        ),
    ] = None,
    seconds: Annotated[float, typer.Option(help="Length, 0.5 to 60 s.")] = 5.0,
    count: CountOption = 1,
) -> None:
    """Make new sounds: of a class, after words, like a sound, or of any kind."""
    from kikimimi.cli.generating.running import run_sample

    _leave(
        run_sample(
            call,
            label=label,
            text=text,
            like=like,
            guidance=guidance,
            seconds=seconds,
            count=count,
        )
    )


@takes(GenerateCall)
def reconstruct(call: GenerateCall, files: FilesArgument) -> None:
    """Tell what the generator keeps of sounds: encode, decode, and write what comes back."""
    from kikimimi.cli.generating.running import run_reconstruct

    _leave(run_reconstruct(call, files))


def _leave(all_well: bool) -> None:
    if not all_well:
        raise typer.Exit(1)
