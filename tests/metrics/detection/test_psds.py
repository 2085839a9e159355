import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kikimimi.metrics.detection.components import components
from kikimimi.metrics.detection.decoding import Decoding, decode, decode_all
from kikimimi.metrics.detection.frames import frame_matrix, runs
from kikimimi.metrics.detection.psds import (
    PSDS1,
    PSDS2,
    PsdsSettings,
    Roc,
    psds,
    psds_of_detections,
)
from kikimimi.metrics.detection.scores import DetectionScores
from kikimimi.types import Event

CLASSES = ("dog", "rain", "siren")
REFERENCE = {
    "a": (Event(1, 3, "dog"), Event(2, 8, "rain")),
    "b": (Event(0, 4, "dog"), Event(5, 6, "rain")),
}


def random_scores(seed: int, *, frames: int = 20, levels: int = 8) -> DetectionScores:
    values = np.random.default_rng(seed).integers(0, levels, (frames, len(CLASSES))) / levels
    return DetectionScores.on_grid(values, CLASSES, hop_s=0.5)


@given(st.integers(0, 10_000), st.integers(0, 40), st.integers(1, 9))
def test_components_are_the_runs_of_every_threshold(seed: int, frames: int, levels: int) -> None:
    scores = random_scores(seed, frames=frames, levels=levels).scores
    tree = components(scores)
    lengths = (tree.end - tree.first).astype(float)
    changes = tree.changes(lengths**2)
    for threshold in np.unique(scores):
        below = np.nextafter(threshold, -1)
        onsets, ends, columns = runs(scores > below)
        expected = [((ends - onsets)[columns == n] ** 2.0).sum() for n in range(len(CLASSES))]
        found = np.where(scores > below, changes, 0).sum(axis=0)
        assert found.tolist() == expected


@settings(max_examples=20)
@given(st.integers(0, 10_000), st.sampled_from([PSDS1, PSDS2]))
def test_the_exact_score_is_that_of_lists_at_every_threshold(
    seed: int, scenario: PsdsSettings
) -> None:
    scores = {"a": random_scores(seed), "b": random_scores(seed + 1)}
    lists = [decode_all(scores, Decoding(thresholds=level / 8)) for level in range(-1, 8)]
    easier = PsdsSettings(scenario.criteria, scenario.alpha_ct, 0.0, max_efpr=5000)
    exact = psds(scores, REFERENCE, settings=easier)
    listed = psds_of_detections(
        lists, REFERENCE, CLASSES, durations_s={"a": 10, "b": 10}, settings=easier
    )
    assert exact.value == pytest.approx(listed.value, abs=1e-12)
    assert exact.class_values == pytest.approx(listed.class_values, abs=1e-12)
    fewer = psds_of_detections(
        lists[::3], REFERENCE, CLASSES, durations_s={"a": 10, "b": 10}, settings=easier
    )
    assert fewer.value <= listed.value + 1e-12


def perfect(events: tuple[Event, ...]) -> DetectionScores:
    matrix = frame_matrix(events, CLASSES, frame_count=20, hop_s=0.5)
    return DetectionScores.on_grid(matrix.astype(float), CLASSES, hop_s=0.5)


def test_a_perfect_detector_has_one_and_a_silent_one_nothing() -> None:
    scores = {name: perfect(events) for name, events in REFERENCE.items()}
    silence = np.full((20, 3), -np.inf)
    silent = {name: each.with_scores(silence) for name, each in scores.items()}
    for scenario in (PSDS1, PSDS2):
        figures = psds(scores, REFERENCE, settings=scenario)
        assert figures.value == pytest.approx(1)
        assert figures.classes_without_reference == ("siren",)
        assert set(figures.class_values) == {"dog", "rain"}
        assert psds(silent, REFERENCE, settings=scenario).value == 0


def test_differences_between_classes_are_punished() -> None:
    scores = {name: perfect(events) for name, events in REFERENCE.items()}
    for each in scores.values():
        each.scores[:, 1] = 0.0
        each.scores[::2, 1] = 0.5  # rain is never found in one piece
    mean = psds(scores, REFERENCE, settings=PsdsSettings(PSDS1.criteria, alpha_st=0)).value
    assert psds(scores, REFERENCE).value < mean


def test_scores_of_minus_infinity_are_never_detected() -> None:
    values = np.full((20, 3), -np.inf)
    values[3:5, 0] = np.inf
    scores = DetectionScores.on_grid(values, CLASSES, hop_s=0.5)
    assert decode(scores, Decoding(thresholds=-1e300)) == (Event(1.5, 2.5, "dog", np.inf),)
    figures = psds({"a": scores}, {"a": (Event(1.5, 2.5, "dog"),)})
    assert figures.value == 1


def test_what_cannot_be_compared_is_refused() -> None:
    scores = {"a": random_scores(0)}
    with pytest.raises(ValueError, match="no event of any class"):
        psds(scores, {"a": ()})
    with pytest.raises(ValueError, match="'b' of the reference has no scores"):
        psds(scores, REFERENCE)
    with pytest.raises(ValueError, match="'b' is not in the reference"):
        psds(scores | {"b": random_scores(1)}, {"a": REFERENCE["a"]})
    with pytest.raises(ValueError, match="'a' has no duration"):
        psds(scores, {"a": REFERENCE["a"]}, durations_s={"b": 1.0})
    with pytest.raises(ValueError, match="no scores to evaluate"):
        psds({}, {})
    other = DetectionScores.on_grid(np.zeros((3, 1)), ("dog",), hop_s=1.0)
    with pytest.raises(ValueError, match="recording 'b': scores of other classes"):
        psds(scores | {"b": other}, REFERENCE)


def test_a_staircase_holds_until_its_next_step() -> None:
    roc = Roc(np.array([0.0, 10.0]), np.array([0.2, 0.6]))
    assert roc.at(np.array([0, 9.9, 10, 50])).tolist() == [0.2, 0.2, 0.6, 0.6]
    assert roc.area(20) == pytest.approx(0.4)
    assert roc.area(5) == pytest.approx(0.2)
