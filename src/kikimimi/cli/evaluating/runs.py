"""`kikimimi evaluate RUN`: score what `kikimimi train` has trained."""

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from kikimimi.cli.detection_training import evaluate_detection_run
from kikimimi.cli.options import JsonOption, check_output
from kikimimi.cli.output import print_message
from kikimimi.cli.progress import file_progress
from kikimimi.cli.scores import print_score, print_summary


class Weights(StrEnum):
    """Which weights to score."""

    ema = "ema"
    last = "last"


def runs(
    folders: Annotated[
        list[Path],
        typer.Argument(metavar="RUN...", help="Run folders; several make an ensemble."),
    ],
    data: Annotated[Path, typer.Option("--data", help="Folder of the data set.")],
    weights: Annotated[
        Weights | None,
        typer.Option(
            help="Moving average, or those after the last step.",
            show_default="ema if there is one",
        ),
    ] = None,
    picture: Annotated[
        Path | None, typer.Option(help="Draw the confusion matrix to this PNG or SVG file.")
    ] = None,
    cache: Annotated[
        Path | None, typer.Option(help="Folder for decoded clips.", show_default="RUN/../cache")
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """Score runs on their test clips; of several classifiers, also the mean of all."""
    import torch

    from kikimimi.tasks.classification.confusion import confusion_of
    from kikimimi.tasks.classification.folds import (
        evaluate_folds,
        finished_folds,
        prepare,
        score_ensemble,
        summarise,
    )
    from kikimimi.tasks.classification.runs import read_run
    from kikimimi.tasks.detection.runs import is_detection_run

    if picture is not None:
        check_output(picture, suffixes=(".png", ".svg"))
    torch.set_num_threads(1)
    detectors = [run for run in folders if is_detection_run(run)]
    for run in detectors:
        place = cache or run.parent / "cache"
        chosen = None if weights is None else weights.value
        evaluate_detection_run(run, data, place, weights=chosen, as_json=as_json)
    folders = [run for run in folders if run not in detectors]
    for run in folders:
        settings = read_run(finished_folds(run)[0]).recipe.data
        with file_progress("Decoding") as step:
            prepared = prepare(settings, data, cache or run.parent / "cache", decoding=step)
        if len(folders) > 1:
            print_message(f"{run}:")
        for score in evaluate_folds(run, prepared, weights=(weights or Weights.ema).value):
            print_score(score, as_json=as_json)
        print_summary(summarise(run), as_json=as_json)
    if len(folders) > 1:
        print_message(f"ensemble of {len(folders)}:")
        print_summary(score_ensemble(folders), as_json=as_json)
    if picture is not None and folders:
        from kikimimi.pictures.confusion_matrix import draw_confusion_matrix

        counts = confusion_of(folders, class_count=len(prepared.table.class_names))
        draw_confusion_matrix(picture, counts, names=prepared.table.class_names)
