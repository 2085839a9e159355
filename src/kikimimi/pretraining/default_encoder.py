"""Train the embedded default encoder and measure its recipe under the official ESC-50 folds.

    python -m kikimimi.pretraining.default_encoder recipes/default_encoder/base.yaml \
        --shared ../shared --run runs/default_encoder

makes the views, trains one encoder without each test fold, scores each on its fold, trains the
one to ship on all of them, and writes `scores.json` and the weights' folder `encoder/` into the
run folder. `--only FOLD ...` does a part (0 is the encoder to ship); finished parts are kept.
"""

import argparse
import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import torch

from kikimimi.audio.discovery import is_audio_path
from kikimimi.datasets import esc50
from kikimimi.encoders.mobilenet import MobileNet
from kikimimi.encoders.weights import save_weights
from kikimimi.metrics.retrieval import precision_at_k
from kikimimi.pretraining.distillation import DistillationConfig, distil
from kikimimi.pretraining.distillation_views import (
    NO_FOLD,
    SourceClip,
    Views,
    ViewSettings,
    make_views,
)
from kikimimi.training.checkpoint import load_checkpoint, save_checkpoint
from kikimimi.training.config import load_recipe

_CLIP_FRAMES = 512


@dataclass(frozen=True, slots=True)
class DefaultEncoderRecipe:
    """What the YAML recipe holds."""

    extra_audio: tuple[str, ...] = ()
    """Folders under `data/sfx` whose licence allows training, learned without labels."""
    views: ViewSettings = field(default_factory=ViewSettings)
    distillation: DistillationConfig = field(default_factory=DistillationConfig)


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the recipe from the command line."""
    parser = argparse.ArgumentParser(description="Train the embedded default encoder.")
    parser.add_argument("recipe", type=Path)
    parser.add_argument("--shared", type=Path, required=True, help="folder with data/ and weights/")
    parser.add_argument("--run", type=Path, required=True, help="folder for everything made")
    parser.add_argument("--only", type=int, nargs="*", help="test folds; 0: the encoder to ship")
    options = parser.parse_args(arguments)
    torch.set_num_threads(1)
    recipe = load_recipe(options.recipe, DefaultEncoderRecipe)
    teacher = options.shared / "weights" / "yamnet" / "yamnet.tflite"
    views = make_views(
        options.run / "views", _sources(options.shared, recipe), teacher, recipe.views
    )
    clips = esc50.clips(options.shared / "data" / "esc50")
    for fold in options.only if options.only else (*esc50.FOLDS, NO_FOLD):
        network = _trained(views, teacher, recipe.distillation, fold, options.run)
        if fold == NO_FOLD:
            _export(network, options.run / "encoder")
        else:
            _score_fold(network, views, clips, fold, options.run / "scores.json")


def fold_scores(
    embeddings: np.ndarray, class_logits: np.ndarray, clips: Sequence[esc50.LabelledClip]
) -> dict[str, float]:
    """Accuracy, and precision@5 by class and by major category among clips of other sources."""
    labels = [clip.label for clip in clips]
    sources = [clip.source_id for clip in clips]
    majors = [esc50.major_category(label) for label in labels]
    targets = np.array([clip.target for clip in clips])
    return {
        "accuracy": float((class_logits.argmax(axis=1) == targets).mean()),
        "precision_at_5_class": precision_at_k(embeddings, labels, k=5, sources=sources),
        "precision_at_5_major": precision_at_k(embeddings, majors, k=5, sources=sources),
    }


def _sources(shared: Path, recipe: DefaultEncoderRecipe) -> list[SourceClip]:
    labelled = [
        SourceClip(clip.path, clip.fold, clip.target)
        for clip in esc50.clips(shared / "data" / "esc50")
    ]
    extra = [
        SourceClip(path, NO_FOLD, None)
        for folder in recipe.extra_audio
        for path in sorted((shared / "data" / "sfx" / folder).rglob("*"))
        if path.is_file() and is_audio_path(path)
    ]
    return labelled + extra


def _trained(
    views: Views, teacher: Path, config: DistillationConfig, fold: int, run: Path
) -> MobileNet:
    folder = run / ("all" if fold == NO_FOLD else f"fold{fold}")
    finished = load_checkpoint(folder / "network.pt")
    network = MobileNet()
    if finished is not None:
        network.load_state_dict(finished)
        return network.eval()
    network = distil(views, teacher, config, test_fold=fold or None, folder=folder)
    save_checkpoint(folder / "network.pt", network.state_dict())
    (folder / "checkpoint.pt").unlink()
    return network.eval()


@torch.inference_mode()
def _score_fold(
    network: MobileNet,
    views: Views,
    clips: Sequence[esc50.LabelledClip],
    fold: int,
    scores_path: Path,
) -> None:
    """Score the unchanged views of the test fold and add the figures to `scores.json`."""
    versions = len(views.clips) // (int(views.clips[-1]) + 1)
    numbers = [number for number, clip in enumerate(clips) if clip.fold == fold]
    outputs = [
        network(torch.from_numpy(views.log_mel[number * versions].astype(np.float32))[None])
        for number in numbers
    ]
    scores = json.loads(scores_path.read_text()) if scores_path.exists() else {}
    scores[str(fold)] = fold_scores(
        torch.cat([output.embedding for output in outputs]).numpy(),
        torch.cat([output.class_logits for output in outputs]).numpy(),
        [clips[number] for number in numbers],
    )
    scores_path.write_text(json.dumps(scores, indent=2))
    print(f"fold {fold}: {scores[str(fold)]}", flush=True)


def _export(network: MobileNet, folder: Path) -> None:
    config = {
        "architecture": "mobilenet_v1",
        "embedding_size": network.config.embedding_size,
        "event_count": network.config.event_count,
        "class_count": network.config.class_count,
    }
    save_weights(folder, network.state_dict(), config, card="See docs/model-cards.\n")


if __name__ == "__main__":
    main()
