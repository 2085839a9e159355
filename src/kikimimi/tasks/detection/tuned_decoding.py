"""Thresholds and median filters of each class, chosen on a validation split."""

from collections.abc import Sequence

from kikimimi.metrics.detection.scores import DetectionScores
from kikimimi.metrics.detection.tuning import Tuning, tune
from kikimimi.tasks.detection.data import SplitData
from kikimimi.tasks.detection.evaluation import reference_of
from kikimimi.tasks.detection.recipe import TuningSettings


def tuned_on(
    data: SplitData, scores: Sequence[DetectionScores], settings: TuningSettings
) -> Tuning:
    """The filter and the threshold of each class with the best F on a split.

    A class that the split does not have keeps 0.5 and the shortest filter.

    Raises:
        DatasetError: a clip of the split has no strong labels.
    """
    reference = reference_of(data)
    return tune(
        dict(zip(reference.events, scores, strict=True)),
        reference.events,
        criterion=settings.criterion,
        median_frames=settings.median_frames,
    )
