"""Figures of a detector on clips with strong labels.

Axes: N frames, K classes.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from kikimimi.errors import DatasetError
from kikimimi.metrics.detection.decoding import Decoding, active_frames, decode, median_filter
from kikimimi.metrics.detection.event_based import event_based_figures
from kikimimi.metrics.detection.frame_based import frame_based_figures
from kikimimi.metrics.detection.frames import FrameMatrix, Rounding, frame_matrix
from kikimimi.metrics.detection.psds import PSDS1, PSDS2, psds
from kikimimi.metrics.detection.ranking import ranking_figures
from kikimimi.metrics.detection.scores import DetectionScores
from kikimimi.metrics.detection.segment_based import segment_based_figures
from kikimimi.paths import display_path
from kikimimi.tasks.detection.data import SplitData
from kikimimi.types import Event


@dataclass(frozen=True, slots=True)
class Reference:
    """The clips of a split by file name: what sounds in them, and how long they are."""

    events: dict[str, tuple[Event, ...]]
    durations_s: dict[str, float]


def reference_of(data: SplitData) -> Reference:
    """The strong labels of whole clips.

    Raises:
        DatasetError: a clip has none, or two clips have one file name.
    """
    events: dict[str, tuple[Event, ...]] = {}
    durations_s: dict[str, float] = {}
    for span in data.clip_spans():
        clip = data.segments[span.start].clip
        if clip.events is None:
            raise DatasetError(
                f"{display_path(clip.path)}: no strong labels; give a split that has them"
            )
        if clip.path.name in events:
            raise DatasetError(f"{display_path(clip.path)}: another clip of the split has its name")
        events[clip.path.name] = clip.events
        durations_s[clip.path.name] = sum(s.duration_s for s in data.segments[span])
    return Reference(events, durations_s)


def frame_figures(
    data: SplitData,
    scores: Sequence[DetectionScores],
    classes: Sequence[str],
    decoding: Decoding | None = None,
) -> dict[str, float]:
    """Micro and macro F, error rate and ROC-AUC over frames, thresholds 0.5 if none are given.

    Args:
        data: the clips.
        scores: of each clip, in their order.
        classes: K names.
        decoding: thresholds and median filters.
    """
    settings = decoding or Decoding()
    targets = clip_targets(data, scores, classes)
    found = [
        active_frames(median_filter(each, settings.median_frames), settings) for each in scores
    ]
    figures = frame_based_figures(targets, found, classes)
    return {
        "micro_f1": figures.micro_f1,
        "macro_f1": figures.macro_f1,
        "error_rate": figures.error_rate,
    }


def all_figures(
    data: SplitData,
    scores: Sequence[DetectionScores],
    classes: Sequence[str],
    decoding: Decoding | None = None,
) -> dict[str, float]:
    """All figures of the field for one way of making events of scores.

    Frames, ROC-AUC, segments of 1 s, events with a collar of 0.2 s, PSDS 1 and 2. AUC and PSDS
    know no thresholds; PSDS is of the filtered scores.

    Raises:
        DatasetError: as `reference_of`.
    """
    settings = decoding or Decoding()
    reference = reference_of(data)
    by_file = dict(zip(reference.events, scores, strict=True))
    found = {name: decode(each, settings) for name, each in by_file.items()}
    segments = segment_based_figures(
        reference.events, found, classes, durations_s=reference.durations_s
    )
    events = event_based_figures(reference.events, found, classes)
    ranking = ranking_figures(
        clip_targets(data, scores, classes), [each.scores for each in scores], classes
    )
    return {
        **frame_figures(data, scores, classes, settings),
        "micro_auc": ranking.micro,
        "macro_auc": ranking.macro,
        "segment_micro_f1": segments.micro_f1,
        "segment_error_rate": segments.error_rate,
        "event_micro_f1": events.micro_f1,
        "event_macro_f1": events.macro_f1,
        **_psds(by_file, reference, settings),
    }


def _psds(
    by_file: Mapping[str, DetectionScores], reference: Reference, decoding: Decoding
) -> dict[str, float]:
    filtered = {name: median_filter(each, decoding.median_frames) for name, each in by_file.items()}
    wanted = {"psds1": PSDS1, "psds2": PSDS2}
    return {
        name: psds(
            filtered, reference.events, settings=settings, durations_s=reference.durations_s
        ).value
        for name, settings in wanted.items()
    }


def clip_targets(
    data: SplitData, scores: Sequence[DetectionScores], classes: Sequence[str]
) -> list[FrameMatrix]:
    """Active frames (N, K) of each clip: those whose centre lies in an event."""
    targets = []
    for span, each in zip(data.clip_spans(), scores, strict=True):
        hop_s = float(np.diff(each.timestamps).mean())
        events = data.segments[span.start].clip.events or ()
        targets.append(
            frame_matrix(
                events,
                classes,
                frame_count=len(each.scores),
                hop_s=hop_s,
                rounding=Rounding.centre,
            )
        )
    return targets
