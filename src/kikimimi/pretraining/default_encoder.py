"""Train the embedded default encoders and measure their recipe under the official ESC-50 folds.

    python -m kikimimi.pretraining.default_encoder recipes/default_encoder/base.yaml \
        --shared ../shared --run runs/default_encoder

makes the views, trains one encoder without each test fold, scores each on its fold, trains the
one to ship on all of them (`all`), and writes `scores.json` and for each the weights' folder
`fold<k>/encoder`, which `--encoder` takes everywhere. `--only FOLD ...` does a part (0 is the
encoder to ship); finished parts are kept.
Of a recipe with `held_out` categories, `few_shot.npz` gets the embeddings of all clips instead; see
`benchmarks/held_out_few_shot.py`.
"""

import argparse
import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Literal

import numpy as np
import torch
from sklearn.decomposition import PCA

from kikimimi.audio.discovery import is_audio_path
from kikimimi.datasets import esc50
from kikimimi.datasets.records import LabelledClip
from kikimimi.encoders.default import ARCHITECTURE
from kikimimi.encoders.mobilenet import MobileNet, mobilenet_from_state
from kikimimi.encoders.weights import save_weights
from kikimimi.errors import ConfigError
from kikimimi.files import draft_of
from kikimimi.metrics.retrieval import precision_at_k
from kikimimi.pretraining.distillation import DistillationConfig, LabelSet, distil
from kikimimi.pretraining.distillation_views import (
    NO_FOLD,
    SourceClip,
    Views,
    ViewSettings,
    make_views,
)
from kikimimi.training.checkpoint import load_checkpoint, save_checkpoint
from kikimimi.training.config import load_recipe
from kikimimi.training.run_folder import RunFolder

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
    categories: Literal["esc50", "esc10"] = "esc50"
    """Which clips of ESC-50 are used; the ten categories of ESC-10 are under CC BY."""
    held_out: tuple[str, ...] = ()
    """Categories of which no clip is heard in training, to be learned from a few examples later."""
    test_folds: tuple[int, ...] = (*esc50.FOLDS, NO_FOLD)
    """Which encoders the recipe is for; 0 is the one to ship."""
    views: ViewSettings = field(default_factory=ViewSettings)
    distillation: DistillationConfig = field(default_factory=DistillationConfig)


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the recipe from the command line."""
    parser = argparse.ArgumentParser(description="Train the embedded default encoder.")
    parser.add_argument("recipe", type=Path)
    parser.add_argument("--shared", type=Path, required=True, help="folder with data/ and weights/")
    parser.add_argument("--run", type=Path, required=True, help="folder for everything made")
    parser.add_argument("--views", type=Path, help="folder for the views (default: RUN/views)")
    parser.add_argument("--only", type=int, nargs="*", help="test folds; 0: the encoder to ship")
    options = parser.parse_args(arguments)
    torch.set_num_threads(1)
    recipe = load_recipe(options.recipe, DefaultEncoderRecipe)
    teacher = options.shared / "weights" / "yamnet" / "yamnet.tflite"
    sources = _sources(options.shared, recipe)
    views = make_views(options.views or options.run / "views", sources, teacher, recipe.views)
    clips = esc50.clips(options.shared / "data" / "esc50")
    for fold in options.only if options.only is not None else recipe.test_folds:
        encoder = _trained(views, teacher, recipe, fold, options.run)
        if recipe.held_out:
            _save_embeddings(encoder, views, clips, range(len(clips)), options.run / "few_shot.npz")
        elif fold != NO_FOLD:
            _score_fold(encoder, views, clips, fold, options.run, learned_labels(recipe))
        _export(encoder, recipe, fold, options.run, options.recipe)


def fold_scores(
    embeddings: np.ndarray,
    class_logits: np.ndarray,
    clips: Sequence[LabelledClip],
    categories: Sequence[int] = range(len(esc50.CATEGORIES)),
) -> dict[str, float]:
    """Accuracy, and precision@5 by class and by major category among clips of other sources.

    `categories` are the targets that the columns of `class_logits` stand for; the accuracy is
    that on their clips. The PCA is fitted on the embeddings that are searched, as a library does.
    """
    labels = [clip.label for clip in clips]
    sources = [clip.source_id for clip in clips]
    majors = [esc50.major_category(label) for label in labels]
    targets = np.array([clip.target for clip in clips])
    learned = np.isin(targets, categories)
    predicted = np.asarray(categories)[class_logits.argmax(axis=1)]
    return {
        "accuracy": float((predicted == targets)[learned].mean()),
        "precision_at_5_class": precision_at_k(embeddings, labels, k=5, sources=sources),
        "precision_at_5_major": precision_at_k(embeddings, majors, k=5, sources=sources),
        "precision_at_5_major_pca20": precision_at_k(
            PCA(20, random_state=0).fit_transform(embeddings), majors, k=5, sources=sources
        ),
    }


def learned_labels(recipe: DefaultEncoderRecipe) -> LabelSet:
    """The classes of a recipe by target, and the major category of each.

    Raises:
        ConfigError: a category that is held out does not exist.
    """
    offered = esc50.ESC10_CATEGORIES if recipe.categories == "esc10" else esc50.CATEGORIES
    for name in recipe.held_out:
        if name not in offered:
            raise ConfigError(f"held_out: there is no category '{name}' among {recipe.categories}")
    kept = [name for name in esc50.CATEGORIES if name in offered and name not in recipe.held_out]
    majors = list(esc50.MAJOR_CATEGORIES)
    return LabelSet(
        categories=tuple(esc50.CATEGORIES.index(name) for name in kept),
        groups=tuple(majors.index(esc50.major_category(name)) for name in kept),
    )


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


def _folder(run: Path, fold: int) -> Path:
    return run / ("all" if fold == NO_FOLD else f"fold{fold}")


def _trained(
    views: Views, teacher: Path, recipe: DefaultEncoderRecipe, fold: int, run: Path
) -> MobileNet:
    folder = RunFolder(_folder(run, fold), recipe)
    folder.check()
    labels = learned_labels(recipe)
    finished = folder.path / "encoder.pt"
    state = load_checkpoint(finished)
    if state is None:
        encoder = distil(
            views, teacher, recipe.distillation, labels, test_fold=fold or None, run=folder
        )
        save_checkpoint(finished, encoder.state_dict())
        return encoder
    return mobilenet_from_state(state)


@torch.inference_mode()
def _save_embeddings(
    encoder: MobileNet,
    views: Views,
    clips: Sequence[LabelledClip],
    numbers: Sequence[int],
    path: Path,
) -> tuple[np.ndarray, np.ndarray]:
    """Embed the unchanged views of clips; write and return embeddings and class logits."""
    versions = len(views.clips) // (int(views.clips[-1]) + 1)
    outputs = [
        encoder(torch.from_numpy(views.log_mel[number * versions].astype(np.float32))[None])
        for number in numbers
    ]
    embeddings = torch.cat([output.embedding for output in outputs]).numpy()
    logits = torch.cat([output.class_logits for output in outputs]).numpy()
    planes = {n: t.numpy() for n, t in encoder.state_dict().items() if n.startswith("hash.")}
    with draft_of(path) as draft, draft.open("wb") as file:
        np.savez(
            file,
            embeddings=embeddings,
            class_logits=logits,
            labels=np.array([clips[number].label for number in numbers]),
            sources=np.array([clips[number].source_id for number in numbers]),
            folds=np.array([clips[number].fold for number in numbers]),
            **planes,
        )
    return embeddings, logits


def _score_fold(
    encoder: MobileNet,
    views: Views,
    clips: Sequence[LabelledClip],
    fold: int,
    run: Path,
    labels: LabelSet,
) -> None:
    """Score the unchanged views of the test fold and add the figures to `scores.json`."""
    numbers = [number for number, clip in enumerate(clips) if clip.fold == fold]
    place = run / f"fold{fold}" / "test_embeddings.npz"
    embeddings, logits = _save_embeddings(encoder, views, clips, numbers, place)
    scores = _read_scores(run)
    tested = [clips[number] for number in numbers]
    scores[str(fold)] = fold_scores(embeddings, logits, tested, labels.categories)
    with draft_of(run / "scores.json") as draft:
        draft.write_text(json.dumps(dict(sorted(scores.items())), indent=2) + "\n")
    print(f"fold {fold}: {scores[str(fold)]}", flush=True)


def _export(
    encoder: MobileNet, recipe: DefaultEncoderRecipe, fold: int, run: Path, recipe_path: Path
) -> None:
    """Write the weights' folder; the card receives the scores of the folds."""
    labels = [f"esc50/{esc50.CATEGORIES[n]}" for n in learned_labels(recipe).categories]
    heard = "" if fold == NO_FOLD else f" without fold {fold}"
    kinds = f", nor {', '.join(recipe.held_out)}" if recipe.held_out else ""
    config = {
        "architecture": ARCHITECTURE,
        "name": f"{recipe_path.stem}-{_folder(run, fold).name}",
        "training_data": f"{recipe.categories}{heard}{kinds}; effects; YAMNet's scores",
        **asdict(encoder.config),
        "classes": labels,
    }
    tensors = {name: weights.half() for name, weights in encoder.state_dict().items()}
    template = recipe_path.with_suffix(".md")
    if fold == NO_FOLD and template.exists():
        card = template.read_text(encoding="utf-8")
        card = card.replace("{scores}", _score_table(_read_scores(run)))
    else:
        card = f"# {config['name']}\n\nTrained on {config['training_data']}.\n"
    save_weights(_folder(run, fold) / "encoder", tensors, config, card=card)


def _read_scores(run: Path) -> dict[str, dict[str, float]]:
    path = run / "scores.json"
    return json.loads(path.read_text()) if path.exists() else {}


def _score_table(scores: dict[str, dict[str, float]]) -> str:
    """Every fold, mean and standard deviation, in percent, as a Markdown table."""
    if not scores:
        return "No fold has been scored yet."
    lines = [
        f"| figure, % | {' | '.join(f'fold {fold}' for fold in scores)} | mean | s.d. |",
        f"|---|{'---|' * (len(scores) + 2)}",
    ]
    for key, name in _FIGURES.items():
        values = 100 * np.array([fold[key] for fold in scores.values()])
        deviation = f"{values.std(ddof=1):.1f}" if len(values) > 1 else "-"
        cells = " | ".join(f"{value:.1f}" for value in values)
        lines.append(f"| {name} | {cells} | {values.mean():.1f} | {deviation} |")
    return "\n".join(lines)


if __name__ == "__main__":
    main()
