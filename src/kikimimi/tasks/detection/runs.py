"""Run folders of sound event detection: train, score the test clips.

A run folder holds what `kikimimi.training.run_folder` says, `classes.json`, and of the test split
`scores.json` (figures at 0.5, and with thresholds and filters tuned on the validation split).
"""

import json
from pathlib import Path
from typing import Any

from safetensors import SafetensorError
from safetensors.torch import load_file

from kikimimi.encoders.encoder_frames import EncoderFrames
from kikimimi.encoders.registry import create_encoder
from kikimimi.errors import ConfigError
from kikimimi.files import draft_of
from kikimimi.metrics.detection.tuning import Tuning
from kikimimi.networks.frame_tagger import FrameTagger
from kikimimi.tasks.detection.data import DetectionData
from kikimimi.tasks.detection.evaluation import all_figures
from kikimimi.tasks.detection.network import build_network, tagger_of
from kikimimi.tasks.detection.network_start import start_from_encoder
from kikimimi.tasks.detection.prediction import predict
from kikimimi.tasks.detection.recipe import DetectionRecipe
from kikimimi.tasks.detection.trainable import DetectionTrainable
from kikimimi.tasks.detection.tuned_decoding import tuned_on
from kikimimi.training.config import build, read_yaml
from kikimimi.training.devices import DeviceSettings
from kikimimi.training.loop import fit
from kikimimi.training.run_folder import RunFolder
from kikimimi.training.seeds import seed_libraries

Figures = dict[str, dict[str, float]]
"""Figures by name, of the events at 0.5 ("fixed") and of the tuned ones ("tuned")."""


def train_detector(
    recipe: DetectionRecipe,
    data: DetectionData,
    folder: Path,
    *,
    devices: DeviceSettings | None = None,
    progress: bool = True,
) -> None:
    """Train into `folder`, or go on with it; a finished training is left as it is.

    Raises:
        ConfigError: the folder belongs to another recipe or other classes, or the recipe cannot be
            run.
        DatasetError: the data are incomplete or malformed.
        KikimimiError: the loss became NaN, or the folder cannot be written.
    """
    run = RunFolder(folder, recipe)
    run.check()
    _check_classes(folder, data.classes)
    if run.last_weights.exists():
        return
    seed_libraries(recipe.loop.seed)
    network = build_network(recipe, len(data.classes), encoder_of(recipe))
    if recipe.network.start is not None:
        start_from_encoder(network, recipe, recipe.network.start)
    trainable = DetectionTrainable(recipe, network, data)
    with run.writing(folder):
        folder.mkdir(parents=True, exist_ok=True)
        _write_json(folder / "classes.json", list(data.classes))
    fit(
        trainable,
        recipe.loop,
        run,
        optimiser=recipe.optimiser,
        schedule=recipe.schedule,
        devices=devices,
        progress=progress,
    )


def evaluate_detector(folder: Path, data: DetectionData, *, weights: str | None = None) -> Figures:
    """Tune on the validation split, score the test split, write `scores.json`.

    Args:
        folder: of a finished training.
        data: the data set that it was trained on, or one of the same classes.
        weights: "ema" or "last"; the average if there is one.

    Raises:
        ConfigError: the training has not ended, or the classes are others.
        DatasetError: a split is incomplete or has no strong labels.
    """
    recipe = read_run(folder)
    _check_classes(folder, data.classes)
    tagger = load_tagger(folder, weights=weights)
    tuning = tuned_on_validation(recipe, tagger, data)
    test = data.split(recipe.data.test)
    scores = predict(tagger, test, recipe, data.classes)
    figures = {
        "fixed": all_figures(test, scores, data.classes),
        "tuned": all_figures(test, scores, data.classes, tuning.decoding()),
    }
    record = {
        "clips": len(test.clip_spans()),
        "weights": weights or _best_weights(folder),
        **figures,
        "thresholds": {each.event_label: each.threshold for each in tuning.classes},
        "median_frames": {each.event_label: each.median_frames for each in tuning.classes},
    }
    _write_json(folder / "scores.json", record)
    return figures


def tuned_on_validation(
    recipe: DetectionRecipe, tagger: FrameTagger, data: DetectionData
) -> Tuning:
    """Thresholds and median filters chosen on the validation split alone."""
    split = data.split(recipe.data.validation)
    return tuned_on(split, predict(tagger, split, recipe, data.classes), recipe.tuning)


def is_detection_run(folder: Path) -> bool:
    """Whether a folder is the run of a detection task."""
    path = folder / "config.yaml"
    return path.exists() and read_yaml(path).get("task") == "detection"


def read_run(folder: Path) -> DetectionRecipe:
    """The recipe of a run folder.

    Raises:
        ConfigError: it is no run folder of a detection task.
    """
    path = folder / "config.yaml"
    if not path.exists():
        raise ConfigError(f"{folder}: no config.yaml; give the folder that a training has made")
    return build(DetectionRecipe, read_yaml(path), where=str(path))


def read_classes(folder: Path) -> tuple[str, ...]:
    """The classes that a run was trained on.

    Raises:
        ConfigError: the run does not tell.
    """
    path = folder / "classes.json"
    try:
        return tuple(json.loads(path.read_text(encoding="utf-8")))
    except (OSError, ValueError) as error:
        raise ConfigError(f"{path}: cannot be read ({error}); train again") from None


def load_tagger(folder: Path, *, weights: str | None = None) -> FrameTagger:
    """The trained tagger of a run folder (the teacher, if it had one), in evaluation mode.

    Raises:
        ConfigError: the training has not ended, or the weights are of another network.
    """
    path = folder / f"{weights or _best_weights(folder)}.safetensors"
    if not path.exists():
        raise ConfigError(
            f"{path}: not there; the training has not ended, or keeps no such weights"
        )
    recipe = read_run(folder)
    network = build_network(recipe, len(read_classes(folder)), encoder_of(recipe))
    try:
        network.load_state_dict(load_file(path))
    except (SafetensorError, RuntimeError) as error:
        reason = str(error).splitlines()[0]
        raise ConfigError(f"{path}: not the weights of this recipe ({reason})") from None
    return tagger_of(network).eval()


def encoder_of(recipe: DetectionRecipe) -> EncoderFrames | None:
    """The frames of the encoder that a recipe names, not loaded; None if it names none.

    Raises:
        EncoderError: there is no such encoder.
    """
    named = recipe.encoder
    return None if named.name is None else EncoderFrames(create_encoder(named.name), named.layers)


def _best_weights(folder: Path) -> str:
    return "ema" if (folder / "ema.safetensors").exists() else "last"


def _check_classes(folder: Path, classes: tuple[str, ...]) -> None:
    if not (folder / "classes.json").exists():
        return
    trained = read_classes(folder)
    if trained != classes:
        odd = sorted(set(trained) ^ set(classes)) or ["another order"]
        raise ConfigError(
            f"{folder}: trained on {len(trained)} classes that are not those of the data "
            f"({', '.join(odd[:3])}); give the data set that it was trained on"
        )


def _write_json(path: Path, value: Any) -> None:
    with draft_of(path) as draft:
        draft.write_text(json.dumps(value, indent=2) + "\n", encoding="utf-8")
