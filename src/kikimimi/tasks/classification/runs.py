"""Run folders of a classification task: train one fold, score its test clips.

A run folder holds what `kikimimi.training.run_folder` says, `classes.json` (their names), and of
the test clips `scores.npz` (names, targets, probabilities, embeddings) and `scores.json` (figures).
"""

import json
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from safetensors import SafetensorError
from safetensors.torch import load_file

from kikimimi.audio.waveform_bank import WaveformBank
from kikimimi.errors import ConfigError
from kikimimi.files import draft_of
from kikimimi.networks.registry import config_type, create_network
from kikimimi.tasks.classification.classifier import Classifier
from kikimimi.tasks.classification.data import ClassificationData
from kikimimi.tasks.classification.evaluation import Predictions, figure_of_merit
from kikimimi.tasks.classification.recipe import ClassificationRecipe
from kikimimi.tasks.classification.splits import fold_split
from kikimimi.tasks.classification.trainable import (
    ClassificationTrainable,
    is_multi_label,
    predictor_of,
)
from kikimimi.training.config import build, read_yaml
from kikimimi.training.devices import DeviceSettings
from kikimimi.training.loop import fit
from kikimimi.training.run_folder import RunFolder
from kikimimi.training.seeds import seed_libraries

WEIGHTS = ("ema", "last")
"""Which weights are scored: the moving average, and those after the last step."""

_CLASSES_NAME = "classes.json"


@dataclass(frozen=True, slots=True)
class FoldRun:
    """What decides one training: the recipe, and the fold that it never hears."""

    test_fold: int
    recipe: ClassificationRecipe = field(default_factory=ClassificationRecipe)


def train_fold(
    run: FoldRun,
    folder: Path,
    data: ClassificationData,
    bank: WaveformBank,
    *,
    devices: DeviceSettings | None = None,
    workers: int = 0,
    progress: bool = True,
) -> None:
    """Train one fold into `folder`, or go on with it; a finished one is left as it is.

    Raises:
        ConfigError: the folder belongs to another recipe, or the recipe cannot be run.
        KikimimiError: the loss became NaN, or the folder cannot be written.
    """
    recipe = run.recipe
    run_folder = RunFolder(folder, run)
    run_folder.check()
    if run_folder.last_weights.exists():
        return
    split = fold_split(data.folds, test_fold=run.test_fold, inner_fold=recipe.data.inner_fold)
    _write_classes(folder, data.class_names)
    seed_libraries(recipe.loop.seed)
    classifier = build_classifier(recipe, len(data.class_names))
    trainable = ClassificationTrainable(
        recipe, classifier, bank, data.targets, split, workers=workers
    )
    fit(
        trainable,
        recipe.loop,
        run_folder,
        optimiser=recipe.optimiser,
        schedule=recipe.schedule,
        devices=devices,
        progress=progress,
    )


def build_classifier(recipe: ClassificationRecipe, class_count: int) -> Classifier:
    """The network of a recipe with its head, with random weights.

    Raises:
        ConfigError: the network or one of its options is unknown or impossible.
    """
    name, options = recipe.network.name, recipe.network.options
    config = build(config_type(name), options, where=f"network '{name}'")
    backbone = create_network(name, config)
    return Classifier(
        backbone, class_count, bands=recipe.front_end.n_mels, dropout=recipe.head.dropout
    )


def read_run(folder: Path) -> FoldRun:
    """The recipe and the test fold of a run folder.

    Raises:
        ConfigError: it is no run folder of a classification task.
    """
    path = folder / "config.yaml"
    if not path.exists():
        raise ConfigError(f"{folder}: no config.yaml; give the folder that a training has made")
    return build(FoldRun, read_yaml(path), where=str(path))


def read_classes(folder: Path) -> tuple[str, ...]:
    """The names of the K classes that a run folder tells apart.

    Raises:
        ConfigError: the folder does not say.
    """
    path = folder / _CLASSES_NAME
    try:
        return tuple(map(str, json.loads(path.read_text(encoding="utf-8"))))
    except (OSError, ValueError, TypeError):
        raise ConfigError(
            f"{path}: cannot be read; score the run again with 'kikimimi evaluate RUN --data D', "
            "which writes it"
        ) from None


def _write_classes(folder: Path, names: tuple[str, ...]) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    with draft_of(folder / _CLASSES_NAME) as draft:
        draft.write_text(json.dumps(names, ensure_ascii=False) + "\n", encoding="utf-8")


def load_classifier(folder: Path, class_count: int, *, weights: str = "ema") -> Classifier:
    """The trained network of a run folder, in evaluation mode.

    Raises:
        ConfigError: the training has not ended, or the weights are of another network.
    """
    path = folder / f"{weights}.safetensors"
    if not path.exists():
        raise ConfigError(
            f"{path}: not there; the training has not ended, or keeps no such weights"
        )
    classifier = build_classifier(read_run(folder).recipe, class_count)
    try:
        classifier.load_state_dict(load_file(path))
    except (SafetensorError, RuntimeError) as error:
        reason = str(error).splitlines()[0]
        raise ConfigError(f"{path}: not the weights of this recipe ({reason})") from None
    return classifier.eval()


def score_fold(
    folder: Path, data: ClassificationData, bank: WaveformBank, *, weights: str = "ema"
) -> Predictions:
    """Predict the test clips of a run folder and write `scores.npz` and `scores.json` there.

    Raises:
        ConfigError: the training has not ended.
    """
    run = read_run(folder)
    classifier = load_classifier(folder, len(data.class_names), weights=weights)
    numbers = np.flatnonzero(data.folds == run.test_fold).tolist()
    predicted = predictor_of(run.recipe, classifier)(bank[number] for number in numbers)
    targets = data.targets[numbers]
    metric, value = figure_of_merit(
        predicted.probabilities, targets, multi_label=is_multi_label(run.recipe)
    )
    figures = {
        "test_fold": run.test_fold,
        "weights": weights,
        "clips": len(numbers),
        "metric": metric,
        "value": value,
    }
    _write_classes(folder, data.class_names)
    with draft_of(folder / "scores.npz") as draft, draft.open("wb") as file:
        np.savez(
            file,
            names=np.array([data.paths[number].name for number in numbers]),
            targets=targets,
            probabilities=predicted.probabilities,
            embeddings=predicted.embeddings,
        )
    with draft_of(folder / "scores.json") as draft:
        draft.write_text(json.dumps(figures, indent=2) + "\n", encoding="utf-8")
    return predicted
