import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kikimimi.metrics.detection.decoding import Decoding, decode_all
from kikimimi.metrics.detection.event_based import event_based_figures
from kikimimi.metrics.detection.figures import ClassAverages
from kikimimi.metrics.detection.frame_based import frame_based_figures
from kikimimi.metrics.detection.frames import frame_matrix
from kikimimi.metrics.detection.intersection_based import intersection_based_figures
from kikimimi.metrics.detection.operating_points import OperatingPoints
from kikimimi.metrics.detection.scores import DetectionScores
from kikimimi.metrics.detection.segment_based import segment_based_figures
from kikimimi.metrics.detection.tuning import CRITERIA, tune
from kikimimi.types import Event

CLASSES = ("dog", "rain", "siren")
HOP_S = 0.125  # exact in binary, so that all figures round alike
LEVELS = 6
Case = tuple[dict[str, DetectionScores], dict[str, tuple[Event, ...]]]


def random_case(seed: int) -> Case:
    """Two clips of 4 s with dogs and rain, and scores that know of them."""
    rng = np.random.default_rng(seed)
    scores, reference = {}, {}
    for name in ("a", "b"):
        starts = rng.integers(0, 24, 2)
        ends = starts + rng.integers(1, 8, 2)
        reference[name] = tuple(
            Event(start * HOP_S, end * HOP_S, label)
            for start, end, label in zip(starts, ends, CLASSES, strict=False)
        )
        active = frame_matrix(reference[name], CLASSES, frame_count=32, hop_s=HOP_S)
        noisy = rng.integers(0, LEVELS - 2, (32, 3)) + 2 * active
        scores[name] = DetectionScores.on_grid(noisy / LEVELS, CLASSES, hop_s=HOP_S)
    return scores, reference


def figures_of(criterion: str, scores, reference, decoding: Decoding) -> ClassAverages:
    found = decode_all(scores, decoding)
    if criterion == "frame":
        matrices = [
            [frame_matrix(each[name], CLASSES, frame_count=32, hop_s=HOP_S) for name in scores]
            for each in (reference, found)
        ]
        return frame_based_figures(*matrices, CLASSES)
    compare = {
        "segment": segment_based_figures,
        "event": event_based_figures,
        "intersection": intersection_based_figures,
    }
    return compare[criterion](reference, found, CLASSES)


@settings(max_examples=15)
@given(st.integers(0, 10_000), st.sampled_from(sorted(CRITERIA)))
def test_no_threshold_and_filter_is_better_than_the_chosen_ones(seed: int, criterion: str) -> None:
    scores, reference = random_case(seed)
    chosen = tune(scores, reference, criterion=criterion, median_frames=(1, 3))
    reached = figures_of(criterion, scores, reference, chosen.decoding())
    assert chosen.macro_f1 == pytest.approx(reached.macro_f1)
    for each, figures in zip(chosen.classes[:2], reached.classes, strict=False):
        assert each.f1 == pytest.approx(figures.f1)
    tried = [
        [each.f1 for each in figures_of(criterion, scores, reference, decoding).classes[:2]]
        for decoding in (
            Decoding(thresholds=(level + 0.5) / LEVELS, median_frames=length)
            for level in range(-1, LEVELS + 1)
            for length in (1, 3)
        )
    ]
    for column in range(2):
        best = max(row[column] for row in tried)
        assert chosen.classes[column].f1 == pytest.approx(best)


def test_classes_that_validation_does_not_have_get_the_fallback() -> None:
    scores, reference = random_case(1)
    chosen = tune(scores, reference, median_frames=(5, 3), fallback_threshold=0.4)
    siren = chosen.classes[2]
    assert (siren.threshold, siren.median_frames) == (0.4, 3)
    assert math.isnan(siren.f1)
    assert chosen.classes_without_reference == ("siren",)


def test_a_filter_is_chosen_where_scores_flicker() -> None:
    values = np.zeros((40, 1))
    values[10:30] = 0.9
    values[10:30:5] = 0.0
    scores = {"a": DetectionScores.on_grid(values, ("dog",), hop_s=0.1)}
    chosen = tune(scores, {"a": (Event(1, 3, "dog"),)}, median_frames=(1, 3, 5))
    assert chosen.classes[0].median_frames == 3
    assert chosen.classes[0].f1 == 1


def test_a_threshold_gives_its_point_back() -> None:
    levels = np.array([np.inf, 0.9, np.nextafter(0.9, 0), 0.2, -3.0])
    points = OperatingPoints(levels, np.arange(5.0), np.arange(5.0), 7)
    for index in range(5):
        assert points.index(points.threshold(index)) == index
    assert points.best()[0] < -3


@pytest.mark.parametrize(
    ("options", "reason"),
    [
        ({"criterion": "frames"}, "did you mean 'frame'"),
        ({"median_frames": ()}, "at least one length"),
        ({"median_frames": (2,)}, "odd number"),
    ],
)
def test_choices_without_sense_are_refused(options: dict, reason: str) -> None:
    with pytest.raises(ValueError, match=reason):
        tune(*random_case(0), **options)
