import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from sklearn.metrics import f1_score, roc_auc_score

from kikimimi.metrics.detection.frame_based import frame_based_figures
from kikimimi.metrics.detection.ranking import ranking_figures

CLASSES = ("dog", "rain", "siren")
PAIRS = st.integers(1, 30).flatmap(
    lambda n: st.tuples(*[arrays(np.bool_, (n, 3), elements=st.booleans())] * 2)
)


@settings(max_examples=25)
@given(PAIRS)
def test_micro_and_macro_f_are_those_of_scikit_learn(pair: tuple[np.ndarray, np.ndarray]) -> None:
    truth, found = pair
    figures = frame_based_figures(truth, found, CLASSES)
    present = truth.any(axis=0)
    if not present.any():
        assert math.isnan(figures.micro_f1) and math.isnan(figures.macro_f1)
        return
    assert figures.micro_f1 == pytest.approx(
        f1_score(truth.ravel(), found.ravel(), zero_division=0)
    )
    by_class = f1_score(truth, found, average=None, zero_division=0)
    assert figures.macro_f1 == pytest.approx(by_class[present].mean())
    absent = tuple(np.array(CLASSES)[~present])
    assert figures.classes_without_reference == absent


def test_a_wrong_class_is_one_substitution() -> None:
    truth = np.array([[1, 0, 0], [1, 1, 0], [0, 0, 0]])
    found = np.array([[0, 1, 0], [0, 0, 1], [0, 1, 1]])
    figures = frame_based_figures(truth, found, CLASSES)
    assert (figures.substitutions, figures.deletions, figures.insertions) == (2, 1, 2)
    assert figures.error_rate == pytest.approx(5 / 3)
    assert figures.micro_f1 == 0


def test_clips_may_come_as_a_list_and_nothing_is_found_in_none() -> None:
    rng = np.random.default_rng(0)
    truth, found = rng.random((2, 20, 3)) < 0.4
    whole = frame_based_figures(truth, found, CLASSES)
    pieces = frame_based_figures([truth[:7], truth[7:]], [found[:7], found[7:]], CLASSES)
    assert pieces == whole
    empty = frame_based_figures([], [], CLASSES)
    assert empty.micro.reference_count == 0
    assert empty.classes_without_reference == CLASSES
    assert math.isnan(empty.error_rate)


def test_what_is_no_activity_is_refused() -> None:
    good = np.zeros((4, 3), dtype=bool)
    with pytest.raises(ValueError, match="threshold first"):
        frame_based_figures(good, np.full((4, 3), 0.5), CLASSES)
    with pytest.raises(ValueError, match="threshold first"):
        frame_based_figures(good, np.full((4, 3), np.nan), CLASSES)
    with pytest.raises(ValueError, match="differ in shape"):
        frame_based_figures(good, good[:2], CLASSES)
    with pytest.raises(ValueError, match="3 classes"):
        frame_based_figures(good[:, :2], good[:, :2], CLASSES)


@settings(max_examples=25)
@given(st.integers(0, 10_000), st.integers(2, 60), st.sampled_from([2, 5, 1000]))
def test_areas_are_those_of_scikit_learn(seed: int, frames: int, levels: int) -> None:
    rng = np.random.default_rng(seed)
    truth = rng.random((frames, 3)) < 0.3
    scores = rng.integers(0, levels, (frames, 3)) / levels
    figures = ranking_figures(truth, scores, CLASSES)
    known = [n for n in range(3) if 0 < truth[:, n].sum() < frames]
    assert figures.excluded == tuple(CLASSES[n] for n in range(3) if n not in known)
    for n in known:
        expected = roc_auc_score(truth[:, n], scores[:, n])
        assert figures.class_auc[CLASSES[n]] == pytest.approx(expected, abs=1e-12)
    if known:
        assert figures.macro == pytest.approx(roc_auc_score(truth[:, known], scores[:, known]))
        assert figures.micro == pytest.approx(roc_auc_score(truth.ravel(), scores.ravel()))
    else:
        assert math.isnan(figures.macro)


def test_nan_scores_are_refused_by_class_and_frame() -> None:
    scores = np.zeros((4, 3))
    scores[2, 1] = np.nan
    with pytest.raises(ValueError, match="'rain' in frame 2 is NaN"):
        ranking_figures(np.zeros((4, 3), dtype=bool), scores, CLASSES)
    with pytest.raises(ValueError, match="3 classes"):
        ranking_figures([], [], CLASSES)
