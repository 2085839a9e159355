"""`kikimimi train` and `kikimimi evaluate` for detectors of sound events."""

from pathlib import Path
from typing import TYPE_CHECKING

from kikimimi.cli.output import json_path, print_json, print_table
from kikimimi.cli.progress import file_progress
from kikimimi.cli.training_call import TrainingCall

if TYPE_CHECKING:
    from kikimimi.tasks.detection.data import DetectionData
    from kikimimi.tasks.detection.recipe import DetectionRecipe
    from kikimimi.tasks.detection.runs import Figures


class DetectionTraining:
    """A detector of sound events; the trained one is exported to RUN/detector."""

    def __init__(self, call: TrainingCall) -> None:
        from kikimimi.tasks.detection.recipe import DetectionRecipe
        from kikimimi.training.config import load_recipe

        call.refuse_folds("leave --fold out")
        self._call = call
        self._recipe = load_recipe(call.recipe, DetectionRecipe, overrides=call.overrides)
        self._devices = call.device_settings()

    def run(self, *, as_json: bool) -> bool:
        """Train, score the test split, export; bad clips are an error, so all could be read."""
        import torch

        from kikimimi.tasks.detection.exporting import DetectorFacts, export_detector
        from kikimimi.tasks.detection.runs import evaluate_detector, train_detector

        call = self._call
        torch.set_num_threads(call.threads)
        data = prepare_splits(self._recipe, call.data, call.cache)
        train_detector(self._recipe, data, call.run, devices=self._devices)
        print_figures(evaluate_detector(call.run, data), as_json=as_json)
        facts = DetectorFacts(name="trained", training_data=data.name)
        export_detector(call.run, call.run / "detector", data, facts)
        if as_json:
            print_json({"detector": json_path(call.run / "detector")})
        return True


def evaluate_detection_run(
    run: Path, data: Path, cache: Path, *, weights: str | None, as_json: bool
) -> None:
    """Score a finished run again and tell the figures."""
    from kikimimi.tasks.detection.runs import evaluate_detector, read_run

    prepared = prepare_splits(read_run(run), data, cache)
    print_figures(evaluate_detector(run, prepared, weights=weights), as_json=as_json)


def prepare_splits(recipe: "DetectionRecipe", root: Path, cache: Path) -> "DetectionData":
    """Open a data set and compute what its three kinds of split need."""
    from kikimimi.datasets.event_registry import load_event_dataset
    from kikimimi.tasks.detection.data import DetectionData
    from kikimimi.tasks.detection.runs import encoder_of

    settings = recipe.data
    dataset = load_event_dataset(root, settings.name)
    with file_progress("Decoding") as step:
        data = DetectionData(dataset, recipe, cache, encoder=encoder_of(recipe), progress=step)
        for names in (settings.train, (settings.validation,), (settings.test,)):
            data.split(*names)
    return data


def print_figures(figures: "Figures", *, as_json: bool) -> None:
    """Tell the figures of events at 0.5 and of tuned ones, side by side."""
    if as_json:
        print_json(figures)
        return
    rows = [
        (name, f"{value:.4f}", f"{figures['tuned'][name]:.4f}")
        for name, value in figures["fixed"].items()
    ]
    print_table(("figure", "at 0.5", "tuned"), rows, right=("at 0.5", "tuned"))
