"""A transfer recipe over the folds of a data set, and the head that is kept."""

from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np

from kikimimi.datasets.registry import find_dataset
from kikimimi.encoders.registry import load_encoder
from kikimimi.errors import ConfigError
from kikimimi.tasks.fold_scores import FoldScore, save_summary, summary_of
from kikimimi.tasks.transfer.embeddings import Progress, clip_embeddings
from kikimimi.tasks.transfer.head import LinearHead, fit_head
from kikimimi.tasks.transfer.recipe import TransferRecipe
from kikimimi.training.run_folder import RunFolder


def transfer(
    recipe: TransferRecipe,
    root: Path,
    run: Path,
    *,
    cache: Path,
    folds: Sequence[int] = (),
    progress: Progress | None = None,
) -> Iterator[FoldScore]:
    """Score a head on each fold, then fit the one to keep on all clips, into `<run>/head`.

    Raises:
        ConfigError: the recipe cannot be run, or the run folder belongs to another one.
        DatasetError: the data set is incomplete, or clips cannot be read.
    """
    RunFolder(run, recipe).check()
    data_set = find_dataset(recipe.data.name)
    data_set.validate(root)
    clips, classes = data_set.clips(root), data_set.categories(root)
    if any(len(clip.targets) != 1 for clip in clips):
        raise ConfigError(f"data set '{recipe.data.name}': a head needs one label for each clip")
    encoder = load_encoder(recipe.encoder)
    embeddings = clip_embeddings(
        [clip.path for clip in clips], encoder, cache=cache, progress=progress
    )
    targets = np.array([clip.targets[0] for clip in clips])
    sources = np.array([clip.source_id for clip in clips])
    places = np.array([clip.fold for clip in clips])

    def fitted(rows: np.ndarray) -> LinearHead:
        return fit_head(
            embeddings[rows],
            targets[rows],
            sources[rows].tolist(),
            classes,
            recipe.head,
            encoder=encoder,
        )

    with RunFolder(run, recipe).opened():
        scores = []
        for fold in _tested(folds, places, data_set.SPLITS.get("test")):
            test = places == fold
            predicted = fitted(np.flatnonzero(~test)).probabilities(embeddings[test]).argmax(axis=1)
            right = float((predicted == targets[test]).mean())
            scores.append(FoldScore(fold, right, int(test.sum())))
            yield scores[-1]
        save_summary(summary_of(scores), run / "summary.json")
        fitted(np.arange(len(clips))).save(run / "head")


def _tested(folds: Sequence[int], places: np.ndarray, test: int | None) -> list[int]:
    known = sorted({int(place) for place in places})
    for fold in folds:
        if fold not in known:
            raise ConfigError(f"the data set has no fold {fold}; its folds are {known}")
    return list(folds) or ([test] if test is not None else known)
