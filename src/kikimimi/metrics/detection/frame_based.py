"""Frame-based figures: each frame and class is one decision.

Axis letters: N frames, K classes.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from kikimimi.metrics.detection.checks import check_classes
from kikimimi.metrics.detection.figures import ClassFigures, DetectionFigures
from kikimimi.metrics.detection.frames import FrameMatrix

Matrices = FrameMatrix | Sequence[FrameMatrix]
"""One matrix (N, K), or one for each clip."""


def frame_based_figures(
    reference: Matrices, estimated: Matrices, classes: Sequence[str]
) -> DetectionFigures:
    """F and error rate over frames.

    In each frame, the smaller of the numbers of misses and of false alarms are substitutions; what
    remains are deletions or insertions (Mesaros et al. 2016, eqs. 8-11).

    Args:
        reference: active classes (N, K), or a list of such matrices, one for each clip.
        estimated: the same of what was found.
        classes: K names.

    Raises:
        ValueError: shapes differ, values are neither true nor false, or a class is named twice.
    """
    check_classes(classes)
    truth, found = _stack(reference, len(classes)), _stack(estimated, len(classes))
    if truth.shape != found.shape:
        raise ValueError(f"reference {truth.shape} and estimated {found.shape} differ in shape")
    hits = truth & found
    misses = (truth & ~found).sum(axis=1)
    alarms = (found & ~truth).sum(axis=1)
    substitutions = np.minimum(misses, alarms)
    return DetectionFigures(
        tuple(
            ClassFigures(name, int(count), int(right), int(all_found - right))
            for name, count, right, all_found in zip(
                classes, truth.sum(axis=0), hits.sum(axis=0), found.sum(axis=0), strict=True
            )
        ),
        substitutions=int(substitutions.sum()),
        deletions=int((misses - substitutions).sum()),
        insertions=int((alarms - substitutions).sum()),
    )


def _stack(matrices: Matrices, class_count: int) -> NDArray[np.bool_]:
    one = isinstance(matrices, np.ndarray) and matrices.ndim == 2
    rows = [np.asarray(each) for each in ([matrices] if one else matrices)]
    for each in rows:
        if each.ndim != 2 or each.shape[1] != class_count:
            raise ValueError(
                f"a matrix of {class_count} classes has the shape (N, {class_count}), "
                f"not {each.shape}"
            )
        if each.dtype != np.bool_ and not np.isin(each, (0, 1)).all():
            raise ValueError("activity is true or false; compare scores with a threshold first")
    if not rows:
        return np.zeros((0, class_count), dtype=bool)
    return np.concatenate(rows).astype(bool)
