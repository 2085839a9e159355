"""`kikimimi train`: train what a recipe describes."""

from pathlib import Path
from typing import Annotated

import typer

from kikimimi.cli.options import JsonOption
from kikimimi.cli.scores import print_score, print_summary
from kikimimi.cli.training_tasks import TrainingCall, start_training


def register(app: typer.Typer) -> None:
    """Add the verb to the command."""
    app.command(
        "train",
        epilog="Example: kikimimi train recipes/classification/esc50_residual_cnn.yaml "
        "--data ESC-50 --run runs/residual_cnn",
    )(train)


def train(
    recipe: Annotated[Path, typer.Argument(help="The recipe, a YAML file.")],
    data: Annotated[Path, typer.Option("--data", help="Folder of the data set.")],
    run: Annotated[Path, typer.Option("--run", help="Folder for all that is made.")],
    fold: Annotated[
        list[int] | None, typer.Option("--fold", help="Test this fold only; may be repeated.")
    ] = None,
    change: Annotated[
        list[str] | None,
        typer.Option("--set", help="Change the recipe, such as optimiser.lr=1e-3."),
    ] = None,
    accelerator: Annotated[str, typer.Option(help="auto, cpu or cuda.")] = "auto",
    devices: Annotated[int, typer.Option(min=1, help="Processes, one GPU each.")] = 1,
    workers: Annotated[int, typer.Option(min=0, help="Processes that make examples.")] = 0,
    threads: Annotated[int, typer.Option(min=1, help="Threads of a process on the CPU.")] = 1,
    cache: Annotated[
        Path | None, typer.Option(help="Folder for decoded clips.", show_default="RUN/../cache")
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """Train a recipe, fold by fold; started again, it goes on where it was."""
    call = TrainingCall(
        recipe=recipe,
        overrides=tuple(change or ()),
        data=data,
        run=run,
        cache=cache or run.parent / "cache",
        folds=tuple(fold or ()),
        accelerator=accelerator,
        devices=devices,
        workers=workers,
        threads=threads,
    )
    training = start_training(call)
    for score in training.scores():
        print_score(score, as_json=as_json)
    print_summary(training.summary(), as_json=as_json)
