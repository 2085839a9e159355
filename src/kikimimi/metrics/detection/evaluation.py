"""All figures of detection at once."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from kikimimi.metrics.detection.checks import EventsByFile, check_scores
from kikimimi.metrics.detection.event_based import Collar, Matching, event_based_figures
from kikimimi.metrics.detection.figures import DetectionFigures
from kikimimi.metrics.detection.frame_based import frame_based_figures
from kikimimi.metrics.detection.frames import frame_matrix_at
from kikimimi.metrics.detection.intersection_based import (
    Criteria,
    IntersectionFigures,
    intersection_based_figures,
)
from kikimimi.metrics.detection.psds import PSDS1, PSDS2, PsdsFigures, psds
from kikimimi.metrics.detection.ranking import RankingFigures, ranking_figures
from kikimimi.metrics.detection.scores import DetectionScores
from kikimimi.metrics.detection.segment_based import segment_based_figures


@dataclass(frozen=True, slots=True)
class EvaluationSettings:
    """How long a segment is, how near is near enough, and how much overlap is enough."""

    segment_s: float = 1.0
    collar: Collar = field(default_factory=Collar)
    matching: Matching = Matching.optimal
    criteria: Criteria = field(default_factory=Criteria)


@dataclass(frozen=True, slots=True)
class ScoreFigures:
    """What only frame scores tell; `frame` compares the events found, frame by frame.

    PSDS is None where the reference has no event at all.
    """

    frame: DetectionFigures
    ranking: RankingFigures
    psds1: PsdsFigures | None
    psds2: PsdsFigures | None


@dataclass(frozen=True, slots=True)
class DetectionReport:
    """All figures; `from_scores` is None where there are none."""

    recordings: int
    segment: DetectionFigures
    event: DetectionFigures
    intersection: IntersectionFigures
    from_scores: ScoreFigures | None


def evaluate_detections(
    reference: EventsByFile,
    estimated: EventsByFile,
    classes: Sequence[str],
    *,
    scores_by_file: Mapping[str, DetectionScores] | None = None,
    settings: EvaluationSettings | None = None,
) -> DetectionReport:
    """Compare events with a reference by every figure.

    Args:
        reference: events of each recording.
        estimated: events that were found.
        classes: K names; those of the scores, if there are scores.
        scores_by_file: scores of the same recordings, filtered if that belongs to the system.
        settings: the field's usual ones if None.

    Raises:
        ValueError: recordings or classes do not fit together, or an event cannot be evaluated.
    """
    chosen = settings or EvaluationSettings()
    return DetectionReport(
        recordings=len(reference),
        segment=segment_based_figures(reference, estimated, classes, segment_s=chosen.segment_s),
        event=event_based_figures(
            reference, estimated, classes, collar=chosen.collar, matching=chosen.matching
        ),
        intersection=intersection_based_figures(
            reference, estimated, classes, criteria=chosen.criteria
        ),
        from_scores=(
            None if scores_by_file is None else _of_scores(reference, estimated, scores_by_file)
        ),
    )


def _of_scores(
    reference: EventsByFile, estimated: EventsByFile, scores_by_file: Mapping[str, DetectionScores]
) -> ScoreFigures:
    classes = check_scores(scores_by_file, reference)
    truths, founds = (
        [
            frame_matrix_at(events.get(filename, ()), classes, scores.timestamps)
            for filename, scores in scores_by_file.items()
        ]
        for events in (reference, estimated)
    )
    return ScoreFigures(
        frame=frame_based_figures(truths, founds, classes),
        ranking=ranking_figures(truths, [each.scores for each in scores_by_file.values()], classes),
        psds1=psds(scores_by_file, reference, settings=PSDS1) if any(reference.values()) else None,
        psds2=psds(scores_by_file, reference, settings=PSDS2) if any(reference.values()) else None,
    )
