"""How well scores rank anomalies above normal clips. Axis: V clips."""

from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from kikimimi.types import FloatArray

DCASE_MAX_FPR = 0.1

_Scores = NDArray[np.float64]


def auc(normal: ArrayLike, anomalous: ArrayLike) -> float:
    """Area under the ROC curve: the chance that an anomaly scores above a normal clip.

    A tie counts a half (Mann and Whitney's U, divided by the number of pairs).

    Args:
        normal: scores of normal clips, one or more.
        anomalous: scores of anomalous clips, one or more.

    Raises:
        ValueError: there are no clips of a kind, or a score is not finite.
    """
    below, above = _checked(normal, "normal"), _checked(anomalous, "anomalous")
    ranked = np.sort(below)
    lower = np.searchsorted(ranked, above, side="left")
    not_higher = np.searchsorted(ranked, above, side="right")
    return float((lower + not_higher).sum() / (2 * len(below) * len(above)))


def partial_auc(
    normal: ArrayLike, anomalous: ArrayLike, *, max_fpr: float = DCASE_MAX_FPR
) -> float:
    """Area under the ROC curve where the false-alarm rate is at most `max_fpr`, standardised.

    0.5 is chance and 1 is perfect (McClish, "Analyzing a portion of the ROC curve", Medical
    Decision Making 9, 1989). The curve is linear between its points, also up to `max_fpr`.

    Raises:
        ValueError: as `auc`, or `max_fpr` does not lie in (0, 1].
    """
    if not 0 < max_fpr <= 1:
        raise ValueError(f"the highest false-alarm rate is {max_fpr}; give one in (0, 1]")
    false_alarms, hits = roc_curve(normal, anomalous)
    inside = false_alarms <= max_fpr
    x = np.append(false_alarms[inside], max_fpr)
    y = np.append(hits[inside], np.interp(max_fpr, false_alarms, hits))
    area = float(np.sum(np.diff(x) * (y[1:] + y[:-1]) / 2))
    chance = max_fpr**2 / 2
    return 0.5 * (1 + (area - chance) / (max_fpr - chance))


def roc_curve(normal: ArrayLike, anomalous: ArrayLike) -> tuple[_Scores, _Scores]:
    """False-alarm rates and hit rates, ascending, from (0, 0) to (1, 1); ties are one step.

    Raises:
        ValueError: as `auc`.
    """
    below, above = _checked(normal, "normal"), _checked(anomalous, "anomalous")
    levels = np.unique(np.concatenate([below, above]))[::-1]
    false_alarms = _share_at_least(below, levels)
    hits = _share_at_least(above, levels)
    return np.append(0.0, false_alarms), np.append(0.0, hits)


def _share_at_least(scores: _Scores, levels: _Scores) -> _Scores:
    return (len(scores) - np.searchsorted(np.sort(scores), levels, side="left")) / len(scores)


def _checked(scores: ArrayLike | FloatArray, kind: str) -> NDArray[Any]:
    values = np.asarray(scores, dtype=np.float64).ravel()
    if not len(values):
        raise ValueError(f"there are no {kind} clips, so there is no ROC curve")
    if not np.isfinite(values).all():
        raise ValueError(f"scores of {kind} clips are NaN or infinite")
    return values
