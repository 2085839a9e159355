"""A recipe over the folds of a data set, and what the folds say together."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from kikimimi.audio.waveform_bank import Progress, WaveformBank, open_bank
from kikimimi.errors import ConfigError
from kikimimi.tasks.classification.data import ClassificationData, load_data
from kikimimi.tasks.classification.evaluation import ensemble, figure_of_merit
from kikimimi.tasks.classification.recipe import ClassificationRecipe, DataSettings
from kikimimi.tasks.classification.runs import FoldRun, read_run, score_fold, train_fold
from kikimimi.tasks.classification.trainable import is_multi_label
from kikimimi.tasks.fold_scores import FoldScore, Summary, save_summary, summary_of
from kikimimi.training.devices import DeviceSettings


@dataclass(frozen=True, slots=True, eq=False)
class PreparedData:
    """A checked data set and the samples of its clips."""

    table: ClassificationData
    bank: WaveformBank


def prepare(
    settings: DataSettings, root: Path, cache: Path, *, decoding: Progress | None = None
) -> PreparedData:
    """Check a data set and decode its clips into `cache`, unless they are there already.

    Raises:
        ConfigError: there is no data set of that name.
        DatasetError: the data set is incomplete or malformed, or clips cannot be read.
    """
    table = load_data(settings.name, root)
    bank = open_bank(
        table.paths,
        sample_rate_hz=settings.sample_rate_hz,
        longest_s=settings.clip_s,
        cache=cache,
        progress=decoding,
    )
    return PreparedData(table, bank)


def train_folds(
    recipe: ClassificationRecipe,
    data: PreparedData,
    run: Path,
    *,
    folds: Sequence[int] = (),
    devices: DeviceSettings | None = None,
    workers: int = 0,
    progress: bool = True,
) -> Iterator[FoldScore]:
    """Train and score one fold after the other; finished ones are only scored.

    Args:
        recipe: the settings.
        data: what `prepare` gave.
        run: fold k goes to `<run>/fold<k>`.
        folds: which folds to test; all that the data set tests if none is named.
        devices: where to train.
        workers: processes that make training examples.
        progress: whether to tell the progress of training on standard error.

    Raises:
        ConfigError: the recipe cannot be run, or a run folder belongs to another one.
        KikimimiError: the loss became NaN, or a folder cannot be written.
    """
    for fold in _chosen(folds, data.table):
        folder = run / f"fold{fold}"
        train_fold(
            FoldRun(fold, recipe),
            folder,
            data.table,
            data.bank,
            devices=devices,
            workers=workers,
            progress=progress,
        )
        yield _scored(folder, data)
    summarise(run)


def evaluate_folds(run: Path, data: PreparedData, *, weights: str = "ema") -> Iterator[FoldScore]:
    """Score every finished fold of a run again.

    Raises:
        ConfigError: no fold of the run has finished.
    """
    for folder in finished_folds(run):
        yield _scored(folder, data, weights=weights)
    summarise(run)


def finished_folds(run: Path) -> list[Path]:
    """Folders of the folds of a run whose training has ended; `run` itself may be such a folder.

    Raises:
        ConfigError: there is none.
    """
    folders = [run, *sorted(run.glob("fold*"))]
    finished = [folder for folder in folders if (folder / "last.safetensors").exists()]
    if not finished:
        raise ConfigError(f"{run}: no training has ended there; give the folder of a run")
    return finished


def summarise(run: Path) -> Summary:
    """Mean and deviation over the scored folds of a run; also written to `<run>/summary.json`.

    Raises:
        ConfigError: no fold has been scored.
    """
    paths = sorted(run.glob("fold*/scores.json")) or sorted(run.glob("scores.json"))
    if not paths:
        raise ConfigError(f"{run}: no fold has been scored; train or evaluate first")
    read = [json.loads(path.read_text(encoding="utf-8")) for path in paths]
    summary = summary_of([_fold_score(r) for r in read])
    save_summary(summary, run / "summary.json")
    return summary


def score_ensemble(runs: Sequence[Path]) -> Summary:
    """Accuracy of the mean of the probabilities of several runs, fold by fold.

    Raises:
        ConfigError: a run has no scores, or the runs do not have the same folds and clips.
    """
    members = [saved_scores(run) for run in runs]
    folds = set(members[0])
    if any(set(member) != folds for member in members):
        raise ConfigError(
            "the runs of an ensemble have scored different folds; score the same ones"
        )
    scores = []
    for fold in sorted(folds):
        tables = [member[fold] for member in members]
        if any((table["names"] != tables[0]["names"]).any() for table in tables):
            raise ConfigError(f"fold {fold}: the runs of the ensemble have scored different clips")
        mean = ensemble([table["probabilities"] for table in tables])
        targets = tables[0]["targets"]
        multi_label = is_multi_label(read_run(finished_folds(runs[0])[0]).recipe)
        metric, value = figure_of_merit(mean, targets, multi_label=multi_label)
        scores.append(FoldScore(fold, value, len(targets), metric))
    return summary_of(scores)


def saved_scores(run: Path) -> dict[int, dict[str, np.ndarray]]:
    """What `score_fold` saved of each fold of a run, by fold.

    Raises:
        ConfigError: a finished fold has not been scored.
    """
    found = {}
    for folder in finished_folds(run):
        path = folder / "scores.npz"
        if not path.exists():
            raise ConfigError(f"{path}: not there; run kikimimi evaluate {run} first")
        with np.load(path, allow_pickle=False) as table:
            found[read_run(folder).test_fold] = dict(table)
    return found


def _chosen(folds: Sequence[int], data: ClassificationData) -> tuple[int, ...]:
    known = {int(fold) for fold in np.unique(data.folds)}
    for fold in folds:
        if fold not in known:
            raise ConfigError(f"the data set has no fold {fold}; its folds are {sorted(known)}")
    return tuple(folds) or data.test_folds


def _scored(folder: Path, data: PreparedData, *, weights: str = "ema") -> FoldScore:
    score_fold(folder, data.table, data.bank, weights=weights)
    figures = json.loads((folder / "scores.json").read_text(encoding="utf-8"))
    return _fold_score(figures)


def _fold_score(figures: dict[str, Any]) -> FoldScore:
    return FoldScore(figures["test_fold"], figures["value"], figures["clips"], figures["metric"])
