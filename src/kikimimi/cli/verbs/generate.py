"""`kikimimi generate`: make sounds with a trained generator."""

from pathlib import Path
from typing import Annotated

import typer

from kikimimi.cli.generating.calls import GenerateCall
from kikimimi.cli.options import JsonOption
from kikimimi.encoders.registry import DEFAULT_ENCODER

GENERATOR_VARIABLE = "KIKIMIMI_GENERATOR"

FilesArgument = Annotated[
    list[Path], typer.Argument(help="Sounds, or folders of them.", show_default=False)
]
OutputOption = Annotated[
    Path, typer.Option("--output", "-o", help="Folder for the WAV files.", show_default=False)
]
GeneratorOption = Annotated[
    str | None,
    typer.Option(
        envvar=GENERATOR_VARIABLE,
        help="A generator's folder or name.",
        show_default="the package's own",
    ),
]
VocoderOption = Annotated[
    str | None,
    typer.Option(
        help="A vocoder's folder or name; griffin_lim_32 and griffin_lim_100 need no weights.",
        show_default="the one beside the generator",
    ),
]
SeedOption = Annotated[
    int, typer.Option(min=0, help="Seed of the first sound, the next ones have those after it.")
]
LoopOption = Annotated[
    bool, typer.Option("--loop", help="Let the end lead into the start, so that it can go round.")
]
OverwriteOption = Annotated[
    bool, typer.Option("--overwrite", help="Replace files; never a sound that was given.")
]
FiguresOption = Annotated[
    bool, typer.Option("--figures/--no-figures", help="Print figures of merit.")
]
ReferenceOption = Annotated[
    Path | None,
    typer.Option(
        help="Folder of real sounds, or ESC-50, to compare with: FAD, KAD.", show_default=False
    ),
]
EncoderOption = Annotated[
    str, typer.Option(help="Encoder, or its folder, in whose space sets are compared.")
]
PictureOption = Annotated[
    Path | None,
    typer.Option(help="Draw spectrograms to a .png or .svg file.", show_default=False),
]
ThreadsOption = Annotated[
    int, typer.Option(min=1, help="Threads; a seed gives the same bits for the same number.")
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


def vary(
    files: FilesArgument,
    output: OutputOption,
    amount: Annotated[
        float, typer.Option(min=0, max=1, help="0 changes nothing, 1 keeps next to nothing.")
    ] = 0.2,
    count: CountOption = 8,
    seed: SeedOption = 0,
    loop: LoopOption = False,
    generator: GeneratorOption = None,
    vocoder: VocoderOption = None,
    overwrite: OverwriteOption = False,
    figures: FiguresOption = True,
    reference: ReferenceOption = None,
    encoder: EncoderOption = DEFAULT_ENCODER,
    picture: PictureOption = None,
    threads: ThreadsOption = 1,
    as_json: JsonOption = False,
) -> None:
    """Make sounds that are like a sound."""
    from kikimimi.cli.generating.running import run_vary

    call = _call(
        output, generator, vocoder, seed, loop, overwrite, figures, reference, encoder, picture,
        threads, as_json,
    )  # fmt: skip
    _leave(run_vary(call, files, amount=amount, count=count))


def blend(
    first: Annotated[Path, typer.Argument(help="The sound to begin with.", show_default=False)],
    second: Annotated[Path, typer.Argument(help="The sound to end with.", show_default=False)],
    output: OutputOption,
    steps: Annotated[
        int, typer.Option(min=2, max=1000, help="How many sounds, both ends included.")
    ] = 9,
    seed: SeedOption = 0,
    loop: LoopOption = False,
    generator: GeneratorOption = None,
    vocoder: VocoderOption = None,
    overwrite: OverwriteOption = False,
    figures: FiguresOption = True,
    encoder: EncoderOption = DEFAULT_ENCODER,
    picture: PictureOption = None,
    threads: ThreadsOption = 1,
    as_json: JsonOption = False,
) -> None:
    """Make the sounds that lie between two sounds."""
    from kikimimi.cli.generating.running import run_blend

    call = _call(
        output, generator, vocoder, seed, loop, overwrite, figures, None, encoder, picture,
        threads, as_json,
    )  # fmt: skip
    _leave(run_blend(call, first, second, steps=steps))


def sample(
    output: OutputOption,
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
    seed: SeedOption = 0,
    loop: LoopOption = False,
    generator: GeneratorOption = None,
    vocoder: VocoderOption = None,
    overwrite: OverwriteOption = False,
    figures: FiguresOption = True,
    reference: ReferenceOption = None,
    encoder: EncoderOption = DEFAULT_ENCODER,
    picture: PictureOption = None,
    threads: ThreadsOption = 1,
    as_json: JsonOption = False,
) -> None:
    """Make new sounds: of a class, after words, like a sound, or of any kind."""
    from kikimimi.cli.generating.running import run_sample

    call = _call(
        output, generator, vocoder, seed, loop, overwrite, figures, reference, encoder, picture,
        threads, as_json,
    )  # fmt: skip
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


def reconstruct(
    files: FilesArgument,
    output: OutputOption,
    seed: SeedOption = 0,
    loop: LoopOption = False,
    generator: GeneratorOption = None,
    vocoder: VocoderOption = None,
    overwrite: OverwriteOption = False,
    figures: FiguresOption = True,
    reference: ReferenceOption = None,
    encoder: EncoderOption = DEFAULT_ENCODER,
    picture: PictureOption = None,
    threads: ThreadsOption = 1,
    as_json: JsonOption = False,
) -> None:
    """Tell what the generator keeps of sounds: encode, decode, and write what comes back."""
    from kikimimi.cli.generating.running import run_reconstruct

    call = _call(
        output, generator, vocoder, seed, loop, overwrite, figures, reference, encoder, picture,
        threads, as_json,
    )  # fmt: skip
    _leave(run_reconstruct(call, files))


def _call(
    output: Path,
    generator: str | None,
    vocoder: str | None,
    seed: int,
    loop: bool,
    overwrite: bool,
    figures: bool,
    reference: Path | None,
    encoder: str,
    picture: Path | None,
    threads: int,
    as_json: bool,
) -> GenerateCall:
    return GenerateCall(
        output=output,
        generator=generator,
        vocoder=vocoder,
        seed=seed,
        loop=loop,
        overwrite=overwrite,
        figures=figures,
        reference=reference,
        encoder=encoder,
        picture=picture,
        threads=threads,
        as_json=as_json,
    )


def _leave(all_well: bool) -> None:
    if not all_well:
        raise typer.Exit(1)
