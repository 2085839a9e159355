"""`kikimimi train`: train what a recipe describes."""

from pathlib import Path
from typing import Annotated

import typer

from kikimimi.cli.options import JsonOption
from kikimimi.cli.training_call import TrainingCall
from kikimimi.cli.training_tasks import start_training
from kikimimi.training.shipped_recipes import find_recipe


def register(app: typer.Typer) -> None:
    """Add the verb to the command."""
    app.command(
        "train",
        epilog="Examples: kikimimi train recipes/classification/esc50_residual_cnn.yaml "
        "--data ESC-50 --run runs/residual_cnn; "
        "kikimimi train pretrain_m2d --data ~/Sounds --run runs/m2d",
    )(train)


def train(
    recipe: Annotated[
        str, typer.Argument(help="The recipe: a YAML file, or the name of one that is installed.")
    ],
    data: Annotated[
        list[Path],
        typer.Option(
            "--data",
            help="Folder of the data set; to pretrain, folders, files or lists of them.",
        ),
    ],
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
    """Train a recipe; started again, it goes on where it was.

    Recipes that are installed: generate_autoencoder, generate_flow (both also with _gpu),
    generate_vae, generate_vocoder, pretrain_byol_a_v1, pretrain_byol_a_v2, pretrain_cola,
    pretrain_m2d, pretrain_m2d2, pretrain_m2d_clap, pretrain_msm_mae, pretrain_waveform_agreement.
    """
    call = TrainingCall(
        recipe=find_recipe(recipe),
        overrides=tuple(change or ()),
        places=tuple(data),
        run=run,
        cache=cache or run.parent / "cache",
        folds=tuple(fold or ()),
        accelerator=accelerator,
        devices=devices,
        workers=workers,
        threads=threads,
    )
    if not start_training(call).run(as_json=as_json):
        raise typer.Exit(1)
