"""Area under the receiver operating characteristic over frames: no threshold needed.

Axis letters: N frames, K classes.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from kikimimi.metrics.detection.checks import check_classes

Rows = NDArray[Any] | Sequence[NDArray[Any]]
"""One array (N, K), or one for each clip."""


@dataclass(frozen=True, slots=True)
class RankingFigures:
    """ROC-AUC in [0, 1]; 0.5 is chance.

    `excluded` names the classes that are always or never active, for which there is no AUC. They
    count in `micro`, whose frames and classes are all ranked together, and not in `macro`.
    """

    micro: float
    macro: float
    class_auc: dict[str, float]
    excluded: tuple[str, ...]


def ranking_figures(targets: Rows, scores: Rows, classes: Sequence[str]) -> RankingFigures:
    """ROC-AUC of each class, their mean (macro), and of all decisions together (micro).

    Args:
        targets: active or not, (N, K), or a list of such arrays, one for each clip.
        scores: of any scale, higher for active, of the same shapes.
        classes: K names.

    Raises:
        ValueError: shapes differ, a score is NaN (the message names class and frame), or a class
            is named twice.
    """
    check_classes(classes)
    truth, values = _stack(targets), _stack(scores)
    if truth.shape != values.shape or truth.ndim != 2 or truth.shape[1] != len(classes):
        raise ValueError(f"targets {truth.shape}, scores {values.shape}, {len(classes)} classes")
    bad = np.argwhere(np.isnan(values))
    if len(bad):
        frame, column = bad[0]
        raise ValueError(f"score of '{classes[column]}' in frame {frame} is NaN")
    active = truth > 0.5
    areas = {
        name: roc_auc(active[:, column], values[:, column]) for column, name in enumerate(classes)
    }
    known = {name: area for name, area in areas.items() if not math.isnan(area)}
    return RankingFigures(
        micro=roc_auc(active.ravel(), values.ravel()),
        macro=float(np.mean(list(known.values()))) if known else math.nan,
        class_auc=known,
        excluded=tuple(name for name in classes if name not in known),
    )


def roc_auc(active: NDArray[np.bool_], scores: NDArray[Any]) -> float:
    """Chance that an active decision (N,) scores above an inactive one, ties counting half.

    That is the Mann-Whitney statistic divided by the number of pairs (Hanley & McNeil 1982). NaN
    if there is no active one or no inactive one.
    """
    positives = int(active.sum())
    negatives = len(active) - positives
    if not positives or not negatives:
        return math.nan
    order = np.argsort(scores)
    rising = scores[order]
    starts = np.flatnonzero(np.concatenate([[True], rising[1:] != rising[:-1]]))
    hits = np.add.reduceat(active[order].astype(np.float64), starts)
    misses = np.diff(starts, append=len(scores)) - hits
    below = np.cumsum(misses) - misses
    return float((hits * (below + misses / 2)).sum() / (positives * negatives))


def _stack(rows: Rows) -> NDArray[Any]:
    if isinstance(rows, np.ndarray):
        return rows
    return np.concatenate([np.asarray(each) for each in rows]) if len(rows) else np.zeros((0, 0))
