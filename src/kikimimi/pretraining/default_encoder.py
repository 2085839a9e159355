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
from dataclasses import asdict, dataclass, field
from pathlib import Path

import numpy as np
import torch
from sklearn.decomposition import PCA

from kikimimi.audio.discovery import is_audio_path
from kikimimi.datasets import esc50
from kikimimi.datasets.records import LabelledClip
from kikimimi.encoders.mobilenet import MobileNet
from kikimimi.encoders.weights import save_weights
from kikimimi.files import draft_of
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

_FIGURES = {
    "accuracy": "classification accuracy",
    "precision_at_5_class": "precision@5 by class",
    "precision_at_5_major": "precision@5 by major category (5)",
    "precision_at_5_major_pca20": "the same after PCA to 20 dimensions",
}


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
            _export(network, options.run, options.recipe.with_name("card.md"))
        else:
            _score_fold(network, views, clips, fold, options.run)


def fold_scores(
    embeddings: np.ndarray, class_logits: np.ndarray, clips: Sequence[LabelledClip]
) -> dict[str, float]:
    """Accuracy, and precision@5 by class and by major category among clips of other sources.

    The PCA is fitted on the embeddings that are searched, as a library does it.
    """
    labels = [clip.label for clip in clips]
    sources = [clip.source_id for clip in clips]
    majors = [esc50.major_category(label) for label in labels]
    targets = np.array([clip.target for clip in clips])
    return {
        "accuracy": float((class_logits.argmax(axis=1) == targets).mean()),
        "precision_at_5_class": precision_at_k(embeddings, labels, k=5, sources=sources),
        "precision_at_5_major": precision_at_k(embeddings, majors, k=5, sources=sources),
        "precision_at_5_major_pca20": precision_at_k(
            PCA(20, random_state=0).fit_transform(embeddings), majors, k=5, sources=sources
        ),
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
    clips: Sequence[LabelledClip],
    fold: int,
    run: Path,
) -> None:
    """Score the unchanged views of the test fold and add the figures to `scores.json`."""
    versions = len(views.clips) // (int(views.clips[-1]) + 1)
    numbers = [number for number, clip in enumerate(clips) if clip.fold == fold]
    outputs = [
        network(torch.from_numpy(views.log_mel[number * versions].astype(np.float32))[None])
        for number in numbers
    ]
    scores = _read_scores(run)
    scores[str(fold)] = fold_scores(
        torch.cat([output.embedding for output in outputs]).numpy(),
        torch.cat([output.class_logits for output in outputs]).numpy(),
        [clips[number] for number in numbers],
    )
    with draft_of(run / "scores.json") as draft:
        draft.write_text(json.dumps(dict(sorted(scores.items())), indent=2) + "\n")
    print(f"fold {fold}: {scores[str(fold)]}", flush=True)


def _export(network: MobileNet, run: Path, card_template: Path) -> None:
    """Write the weights' folder; the card receives the scores of the folds."""
    config = {"architecture": "mobilenet_v1", **asdict(network.config)}
    tensors = {name: weights.half() for name, weights in network.state_dict().items()}
    template = card_template.read_text(encoding="utf-8")
    card = template.replace("{scores}", _score_table(_read_scores(run)))
    save_weights(run / "encoder", tensors, config, card=card)


def _read_scores(run: Path) -> dict[str, dict[str, float]]:
    path = run / "scores.json"
    return json.loads(path.read_text()) if path.exists() else {}


def _score_table(scores: dict[str, dict[str, float]]) -> str:
    """Mean and standard deviation over the folds, in percent, as a Markdown table."""
    if not scores:
        return "No fold has been scored yet."
    lines = [f"| figure | mean over {len(scores)} folds | s.d. |", "|---|---|---|"]
    for key, name in _FIGURES.items():
        values = 100 * np.array([fold[key] for fold in scores.values()])
        lines.append(f"| {name} | {values.mean():.1f} % | {values.std(ddof=1):.1f} |")
    return "\n".join(lines)


if __name__ == "__main__":
    main()
