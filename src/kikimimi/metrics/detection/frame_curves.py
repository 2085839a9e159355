"""Frame-based and segment-based counts of each class at every threshold.

Axis letters: N frames, M segments, K classes.
"""

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from kikimimi.metrics.detection.checks import EventsByFile, check_scores
from kikimimi.metrics.detection.frames import (
    SLACK,
    FrameMatrix,
    count_frames,
    frame_matrix,
    frame_matrix_at,
)
from kikimimi.metrics.detection.operating_points import Changes, OperatingPoints
from kikimimi.metrics.detection.scores import DetectionScores


def frame_operating_points(
    scores_by_file: Mapping[str, DetectionScores], reference: EventsByFile
) -> dict[str, OperatingPoints]:
    """Counts over frames; an event makes every frame active that it touches.

    Raises:
        ValueError: scores and reference are not of the same recordings and classes, or an event
            cannot be evaluated.
    """
    classes = check_scores(scores_by_file, reference)
    parts = [
        (scores.scores, frame_matrix_at(reference[filename], classes, scores.timestamps))
        for filename, scores in scores_by_file.items()
    ]
    return _points(classes, parts)


def segment_operating_points(
    scores_by_file: Mapping[str, DetectionScores],
    reference: EventsByFile,
    *,
    segment_s: float = 1.0,
) -> dict[str, OperatingPoints]:
    """Counts over segments; a segment scores as high as the highest frame that touches it.

    Times are on the grid of the segments if they are up to rounding, as in sed_scores_eval;
    `segment_based_figures`, like sed_eval, may count such an event in one segment more.

    Raises:
        ValueError: scores and reference are not of the same recordings and classes, an event
            cannot be evaluated, or a segment's length is not positive.
    """
    if not segment_s > 0:
        raise ValueError(f"a segment is a positive number of seconds, not {segment_s}")
    classes = check_scores(scores_by_file, reference)
    parts = []
    for filename, scores in scores_by_file.items():
        events = reference[filename]
        end_s = max([scores.timestamps[-1], *(event.offset_s for event in events)])
        count = count_frames(end_s, segment_s)
        truth = frame_matrix(events, classes, frame_count=count, hop_s=segment_s)
        parts.append((_segment_scores(scores, segment_s, len(truth)), truth))
    return _points(classes, parts)


def _segment_scores(scores: DetectionScores, segment_s: float, count: int) -> NDArray[np.float64]:
    """Highest score of the frames that touch each segment: (M, K)."""
    highest = np.full((count, len(scores.classes)), -np.inf)
    first = np.floor(scores.timestamps[:-1] / segment_s + SLACK).astype(np.int64)
    last = np.ceil(scores.timestamps[1:] / segment_s - SLACK).astype(np.int64) - 1
    for step in range(int((last - first).max(initial=-1)) + 1):
        touching = first + step <= last
        np.maximum.at(highest, first[touching] + step, scores.scores[touching])
    return highest


def _points(
    classes: tuple[str, ...], parts: list[tuple[NDArray[np.float64], FrameMatrix]]
) -> dict[str, OperatingPoints]:
    levels = np.concatenate([scores for scores, _ in parts])
    truth = np.concatenate([active for _, active in parts])
    points = {}
    for column, name in enumerate(classes):
        changes = Changes()
        heard = levels[:, column] > -np.inf
        active = truth[:, column]
        amounts = np.stack([active, ~active], axis=1)
        changes.add(levels[heard, column], amounts[heard])
        points[name] = changes.operating_points(int(active.sum()))
    return points
