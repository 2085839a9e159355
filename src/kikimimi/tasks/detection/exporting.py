"""From a trained run to the folder that `kikimimi detect --detector` takes."""

import json
from dataclasses import asdict, dataclass
from pathlib import Path

from kikimimi.encoders.detection.trained import save_trained_detector
from kikimimi.encoders.detection.trained_config import TrainedDetectorConfig
from kikimimi.metrics.detection.tuning import Tuning
from kikimimi.networks.frame_tagger import FrameTagger
from kikimimi.networks.registry import network_type
from kikimimi.tasks.detection.data import DetectionData
from kikimimi.tasks.detection.network import frame_grid
from kikimimi.tasks.detection.recipe import DetectionRecipe
from kikimimi.tasks.detection.runs import (
    encoder_of,
    load_tagger,
    read_classes,
    read_run,
    tuned_on_validation,
)
from kikimimi.training.config import resolved


@dataclass(frozen=True, slots=True)
class DetectorFacts:
    """What the card of a detector says beyond what the run tells."""

    name: str
    training_data: str
    licence: str = "not stated; whoever trained it decides"


def export_detector(
    run: Path,
    folder: Path,
    data: DetectionData,
    facts: DetectorFacts,
    *,
    weights: str | None = None,
) -> None:
    """Write a trained run as a detector folder.

    Thresholds and median filters are tuned on the validation split of `data`.

    Raises:
        ConfigError: the training has not ended.
        DatasetError: the validation split is incomplete.
        EncoderError: the name or the frames of the network are none that a detector can have.
        OSError: the folder cannot be written.
    """
    recipe, classes = read_run(run), read_classes(run)
    tagger = load_tagger(run, weights=weights)
    tuning = tuned_on_validation(recipe, tagger, data)
    config = detector_config(tagger, recipe, classes, tuning, facts)
    save_trained_detector(folder, config, tagger, facts=_training_facts(recipe))


def detector_config(
    tagger: FrameTagger,
    recipe: DetectionRecipe,
    classes: tuple[str, ...],
    tuning: Tuning,
    facts: DetectorFacts,
) -> TrainedDetectorConfig:
    """Everything that decides the events of a detector, but its weights."""
    heard = encoder_of(recipe)
    if heard is not None:
        heard.load()
    grid = frame_grid(tagger, recipe, None if heard is None else heard.hop_s)
    hop_s = grid.hop_s
    by_name = {each.event_label: each for each in tuning.classes}
    chosen = [by_name[name] for name in classes]
    tuned_hop_s = recipe.front_end.frame_hop_s
    network = None if tagger.backbone is None else recipe.network.name
    return TrainedDetectorConfig(
        **asdict(facts),
        title=f"Frame tagger ({network or 'head on an encoder'}), loss {recipe.loss.name}",
        paper="" if network is None else network_type(network).paper,
        classes=classes,
        frame_hop_s=hop_s,
        window_s=grid.count * hop_s,
        front_end=recipe.front_end,
        network=network,
        network_options=resolved(recipe.network.options) if network else {},
        head={**resolved(recipe.head), "activity": tagger.activity is not None},
        thresholds=tuple(each.threshold for each in chosen),
        median_frames=tuple(
            _odd_length(each.median_frames * tuned_hop_s / hop_s) for each in chosen
        ),
        encoder=None if heard is None else heard.encoder.reference,
        encoder_identity=None if heard is None else heard.encoder.identity,
        encoder_layers=() if heard is None else heard.layers,
        parameters=sum(each.numel() for each in tagger.parameters()),
    )


def _odd_length(frames: float) -> int:
    """The odd number of frames nearest to a length: filters are tuned on other frames."""
    return max(1, 2 * round((frames - 1) / 2) + 1)


def _training_facts(recipe: DetectionRecipe) -> dict[str, str]:
    """Rows of the card that tell of the training."""
    return {
        "epochs": str(recipe.loop.epochs),
        "batch": json.dumps(resolved(recipe.batch)),
        "optimiser": f"{recipe.optimiser.name}, learning rate {recipe.optimiser.lr:g}",
        "loss": json.dumps(resolved(recipe.loss)),
        "labels": json.dumps(resolved(recipe.supervision)),
        "augmentation": json.dumps(resolved(recipe.augmentation)),
    }
