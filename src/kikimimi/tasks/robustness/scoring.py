"""Scores of one method on one fold, clean and under each condition.

Axes: V clips, D embedding size.
"""

from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np

from kikimimi.audio.conditions import Condition
from kikimimi.tasks.robustness.clips import CLEAN, ClipSet, recorded
from kikimimi.tasks.robustness.methods import Heard, Listener
from kikimimi.types import FloatArray

ConditionScores = dict[str, Any]
"""`accuracy` by classifier, `cosine_distance`, `relative_distance`."""


def score(
    listener: Listener, test: ClipSet, conditions: Mapping[str, Condition], *, seed: int
) -> Iterator[tuple[str, ConditionScores]]:
    """Score the clean test clips, then their copies under each condition, one at a time."""
    clean = listener.hear(test.waveforms)
    apart = mean_distance_between_classes(clean.embeddings, test.targets)
    yield CLEAN, _scores(clean, clean, test.targets, apart)
    for name, condition in conditions.items():
        heard = listener.hear(recorded(test, name, condition, seed=seed))
        yield name, _scores(heard, clean, test.targets, apart)


def _scores(heard: Heard, clean: Heard, targets: np.ndarray, apart: float) -> ConditionScores:
    moved = float(cosine_distances(heard.embeddings, clean.embeddings).mean())
    return {
        "accuracy": {
            name: float((predicted == targets).mean())
            for name, predicted in heard.predictions.items()
        },
        "cosine_distance": moved,
        "relative_distance": moved / apart if apart > 0 else 0.0,
    }


def cosine_distances(first: FloatArray, second: FloatArray) -> np.ndarray:
    """1 - cosine of the angle between equal rows: (V, D), (V, D) -> (V,), 0 to 2."""
    products = (_unit(first) * _unit(second)).sum(axis=1)
    return np.clip(1 - products, 0, 2)


def mean_distance_between_classes(embeddings: FloatArray, targets: np.ndarray) -> float:
    """Mean cosine distance of all pairs of clips of different classes; 0 if there are none.

    What a condition moves an embedding by is large or small against this: the raw distance is not
    comparable between encoders, whose embeddings fill more or less of the sphere.
    """
    rows = _unit(embeddings)
    different = targets[:, None] != targets[None, :]
    if not different.any():
        return 0.0
    return float((1 - rows @ rows.T)[different].mean())


def _unit(rows: FloatArray) -> np.ndarray:
    wide = rows.astype(np.float64)
    return wide / np.maximum(np.linalg.norm(wide, axis=1, keepdims=True), 1e-12)
