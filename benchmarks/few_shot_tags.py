"""How well tags are learned from a few examples, on ESC-50.

    python benchmarks/few_shot_tags.py --shared ../shared
    python benchmarks/few_shot_tags.py --shared ../shared --folds runs/default_encoder
    python benchmarks/few_shot_tags.py --shared ../shared --embeddings vectors.npz

The sources of embeddings:

* the shipped encoder (trained on all of ESC-50: nothing is held out, so its figures say only that
  the parts work together);
* `--folds`: the networks `fold<k>/encoder`, each on the clips of the fold that it was not
  trained on. It knows the classes, from other clips. Draws stay inside one fold;
* `--embeddings`: `.npz` files as `kikimimi embed` writes them, `paths` named like ESC-50's clips.

Figures are of classes 25 to 49; the parameters of `kikimimi.library.taught` were chosen on classes
0 to 24 (`--classes choose`). Examples and queries never come from one source recording.

1. 10 ways, k shots: ten classes are drawn, a head is fitted to k examples of each against the other
   forty classes, unlabelled, and a query belongs to the class of the highest score.
2. One tag in a library of all clips, unlabelled: average precision, and F1, precision and recall at
   the threshold that the head finds by itself; then again after 10 answers to `--review`. Both
   lines of one experiment are measured on the same clips, from sources that were never judged.
"""

import argparse
import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from sklearn.metrics import average_precision_score, precision_recall_fscore_support

from kikimimi.audio.reading import read_clip
from kikimimi.datasets import esc50
from kikimimi.encoders.registry import load_encoder
from kikimimi.library.taught.background import Background
from kikimimi.library.taught.fitting import fit_head, fit_rule
from kikimimi.library.taught.head import Head
from kikimimi.types import FloatArray

WAYS = 10
SHOTS = (1, 3, 5, 10)
CORRECTIONS = 10
CLASSES = {"choose": range(25), "report": range(25, 50)}
_RATE_HZ = 16000

Rows = NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class Clips:
    """ESC-50 as arrays (n,)."""

    targets: NDArray[np.int64]
    sources: NDArray[np.str_]
    folds: NDArray[np.int64]
    paths: tuple[Path, ...]


@dataclass(frozen=True, eq=False)
class Space:
    """Embeddings (n, D) of all clips; draws are made inside one of `parts`."""

    name: str
    vectors: FloatArray
    parts: tuple[Rows, ...]


def main() -> None:
    """Print one JSON line for each figure."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--shared", type=Path, required=True)
    parser.add_argument("--folds", type=Path, help="folder of fold<k>/encoder")
    parser.add_argument("--embeddings", type=Path, action="append", default=[])
    parser.add_argument("--classes", choices=CLASSES, default="report")
    parser.add_argument("--draws", type=int, default=100)
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()
    torch.set_num_threads(1)
    clips = _clips(options.shared)
    print(json.dumps({"classes": options.classes, "draws": options.draws, "seed": options.seed}))
    for space in _spaces(options, clips):
        for shots in SHOTS:
            for figures in _figures(space, clips, shots, options):
                print(json.dumps({"embedding": space.name, "shots": shots, **figures}), flush=True)


def _figures(
    space: Space, clips: Clips, shots: int, options: argparse.Namespace
) -> Iterator[dict[str, object]]:
    classes = CLASSES[options.classes]
    right = []
    found: list[list[dict[str, float]]] = []
    for draw in range(options.draws):
        generator = np.random.default_rng((options.seed, shots, draw))
        part = space.parts[draw % len(space.parts)]
        drawn = _draw(clips, part, classes, shots, generator)
        if drawn is None:
            yield {"left out": f"fewer than {WAYS} classes have {shots} clips and a query"}
            return
        right.append(_accuracy(space, clips, part, drawn))
        found.append(_tagging(space, clips, part, *next(iter(drawn.items()))))
    yield {"task": f"{WAYS}-way", "accuracy %": _mean([100 * value for value in right])}
    for name, results in zip(
        ("start", f"{CORRECTIONS} answers"), zip(*found, strict=True), strict=True
    ):
        keys = results[0].keys()
        yield {"task": "one tag", "after": name} | {
            key: _mean([result[key] for result in results]) for key in keys
        }


def _draw(
    clips: Clips, part: Rows, classes: range, shots: int, generator: np.random.Generator
) -> dict[int, Rows] | None:
    """Examples of ten classes; a class needs clips of a further source to be drawn."""
    drawn: dict[int, Rows] = {}
    for target in generator.permutation(list(classes)):
        rows = part[clips.targets[part] == target]
        order = generator.permutation(np.unique(clips.sources[rows]))
        by_source = [generator.permutation(rows[clips.sources[rows] == one]) for one in order]
        examples = np.concatenate(by_source)[:shots]
        rest = ~np.isin(clips.sources[rows], clips.sources[examples])
        if len(examples) == shots and rest.any():
            drawn[int(target)] = examples
        if len(drawn) == WAYS:
            return drawn
    return None


def _accuracy(space: Space, clips: Clips, part: Rows, drawn: dict[int, Rows]) -> float:
    others = part[~np.isin(clips.targets[part], list(drawn))]
    known = np.concatenate(list(drawn.values()))
    queries = part[np.isin(clips.targets[part], list(drawn))]
    queries = queries[~np.isin(clips.sources[queries], clips.sources[known])]
    background = Background(space.vectors[others], others)
    heads = [fit_rule(_bags(space, rows), [], background) for rows in drawn.values()]
    scores = np.stack([head.scores(space.vectors[queries]) for head in heads])
    guesses = np.array(list(drawn))[scores.argmax(axis=0)]
    return float((guesses == clips.targets[queries]).mean())


def _tagging(
    space: Space, clips: Clips, part: Rows, target: int, examples: Rows
) -> list[dict[str, float]]:
    """The figures of one tag before and after answers to what a review shows."""
    background = Background(space.vectors[part], part)
    before = fit_head(_bags(space, examples), [], background)
    doubts = np.abs(before.probabilities(before.scores(space.vectors[part])) - 0.5)
    order = part[np.argsort(doubts, kind="stable")]
    shown = order[~np.isin(order, examples)][:CORRECTIONS]
    has_it = clips.targets[shown] == target
    after = fit_head(
        _bags(space, np.concatenate([examples, shown[has_it]])),
        _bags(space, shown[~has_it]),
        background,
    )
    judged = clips.sources[np.concatenate([examples, shown])]
    rest = part[~np.isin(clips.sources[part], judged)]
    if not (clips.targets[rest] == target).any():
        rest = part[~np.isin(clips.sources[part], clips.sources[examples])]
    wanted = clips.targets[rest] == target
    return [_quality(head, space.vectors[rest], wanted) for head in (before, after)]


def _quality(head: Head, vectors: FloatArray, wanted: NDArray[np.bool_]) -> dict[str, float]:
    scores = head.scores(vectors)
    precision, recall, f1, _ = precision_recall_fscore_support(
        wanted, scores > head.threshold, average="binary", zero_division=0
    )
    return {
        "average precision": float(average_precision_score(wanted, scores)),
        "F1": float(f1),
        "precision": float(precision),
        "recall": float(recall),
        "tagged / true": float((scores > head.threshold).sum() / wanted.sum()),
    }


def _bags(space: Space, rows: Rows) -> list[FloatArray]:
    return [space.vectors[row][None] for row in rows]


def _mean(values: list[float]) -> str:
    return f"{np.mean(values):.3f} +- {np.std(values, ddof=1):.3f}"


def _clips(shared: Path) -> Clips:
    clips = esc50.clips(shared / "data" / "esc50")
    return Clips(
        targets=np.array([clip.target for clip in clips]),
        sources=np.array([clip.source_id for clip in clips]),
        folds=np.array([clip.fold for clip in clips]),
        paths=tuple(clip.path for clip in clips),
    )


def _spaces(options: argparse.Namespace, clips: Clips) -> Iterator[Space]:
    everything = (np.arange(len(clips.targets)),)
    for path in options.embeddings:
        with np.load(path) as arrays:
            by_stem = {Path(name).stem: row for row, name in enumerate(arrays["paths"].tolist())}
            order = [by_stem[clip.stem] for clip in clips.paths]
            yield Space(path.name, arrays["embeddings"][order], everything)
    if options.folds:
        parts = tuple(np.flatnonzero(clips.folds == fold) for fold in esc50.FOLDS)
        vectors = _fold_vectors(options.folds, clips)
        yield Space("each fold by the network trained without it (classes known)", vectors, parts)
    if not (options.folds or options.embeddings):
        encoder = load_encoder()
        vectors = np.concatenate([encoder.embed_clips(_samples(path)) for path in clips.paths])
        yield Space("shipped encoder (NOT held out)", vectors, everything)


def _fold_vectors(folder: Path, clips: Clips) -> FloatArray:
    vectors = np.zeros((len(clips.targets), 128), dtype=np.float32)
    for fold in esc50.FOLDS:
        encoder = load_encoder(str(folder / f"fold{fold}" / "encoder"))
        for row in np.flatnonzero(clips.folds == fold):
            vectors[row] = encoder.embed_clips(_samples(clips.paths[row]))[0]
    return vectors


def _samples(path: Path) -> FloatArray:
    return read_clip(path, sample_rate_hz=_RATE_HZ, mono=True).samples


if __name__ == "__main__":
    main()
