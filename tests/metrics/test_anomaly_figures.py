"""AUC, partial AUC, means and intervals of anomaly scores.

Oracles: scikit-learn's `roc_auc_score`, SciPy's `hmean`, DeLong's variance of an AUC.
"""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import hmean
from sklearn.metrics import precision_recall_fscore_support, roc_auc_score, roc_curve

from kikimimi.metrics.anomaly import ranking
from kikimimi.metrics.anomaly.intervals import figure_interval, score_interval
from kikimimi.metrics.anomaly.sections import (
    SectionScores,
    decision_figures,
    section_figures,
)
from kikimimi.metrics.anomaly.summary import (
    arithmetic_mean,
    harmonic_mean,
    mean_figures,
    official_score,
    score_of_sections,
)

SCORES = st.lists(st.integers(-5, 5).map(float), min_size=1, max_size=40)


def labelled(normal, anomalous):
    return np.repeat([0, 1], [len(normal), len(anomalous)]), np.r_[normal, anomalous]


def section(seed: int, machine: str = "fan", count: int = 40) -> SectionScores:
    generator = np.random.default_rng(seed)
    anomalous = np.arange(count) % 2 == 1
    target = np.arange(count) >= count // 2
    scores = generator.normal(size=count) + 0.8 * anomalous + 0.4 * target
    return SectionScores(machine, f"{seed:02}", scores, anomalous, target)


@settings(max_examples=25)
@given(SCORES, SCORES)
def test_auc_is_that_of_scikit_learn(normal, anomalous) -> None:
    truth, scores = labelled(normal, anomalous)
    assert ranking.auc(normal, anomalous) == pytest.approx(roc_auc_score(truth, scores), abs=1e-12)


@settings(max_examples=25)
@given(SCORES, SCORES, st.sampled_from([0.1, 0.05, 1 / 3, 1.0]))
def test_partial_auc_is_that_of_scikit_learn(normal, anomalous, max_fpr) -> None:
    truth, scores = labelled(normal, anomalous)
    expected = roc_auc_score(truth, scores, max_fpr=max_fpr)
    found = ranking.partial_auc(normal, anomalous, max_fpr=max_fpr)
    assert found == pytest.approx(expected, abs=1e-12)


@settings(max_examples=25)
@given(SCORES, SCORES)
def test_roc_curve_is_that_of_scikit_learn(normal, anomalous) -> None:
    truth, scores = labelled(normal, anomalous)
    expected = roc_curve(truth, scores, drop_intermediate=False)[:2]
    np.testing.assert_allclose(ranking.roc_curve(normal, anomalous), expected)


@settings(max_examples=25)
@given(SCORES, SCORES)
def test_auc_of_the_opposite_scores_is_the_rest_of_one(normal, anomalous) -> None:
    opposite = ranking.auc(-np.array(normal), -np.array(anomalous))
    assert ranking.auc(normal, anomalous) + opposite == pytest.approx(1)


@pytest.mark.parametrize(
    ("normal", "anomalous", "told"),
    [
        ([], [1], "no normal"),
        ([1], [], "no anomalous"),
        ([np.nan], [1], "NaN"),
        ([1], [np.inf], "anomalous clips are NaN"),
    ],
)
def test_impossible_scores_are_refused(normal, anomalous, told) -> None:
    with pytest.raises(ValueError, match=told):
        ranking.auc(normal, anomalous)


def test_a_false_alarm_rate_must_be_possible() -> None:
    with pytest.raises(ValueError, match="in \\(0, 1\\]"):
        ranking.partial_auc([0], [1], max_fpr=0)


def test_a_domain_is_its_normals_against_all_anomalies() -> None:
    found = section_figures(
        SectionScores(
            "fan", "00",
            scores=np.array([0.0, 2.0, 1.0, 3.0]),
            anomalous=np.array([False, False, True, True]),
            target=np.array([False, True, False, True]),
        )
    )  # fmt: skip
    assert found.auc_source == 1.0
    assert found.auc_target == 0.5
    assert found.auc == 0.75
    assert found.pauc == pytest.approx(roc_auc_score([0, 0, 1, 1], [0, 2, 1, 3], max_fpr=0.1))


def test_without_domains_there_is_no_target_figure() -> None:
    both = section(1)
    alone = SectionScores("fan", "00", both.scores, both.anomalous, np.zeros(40))
    found = section_figures(alone)
    assert found.auc_target is None
    assert found.domain_aucs == (found.auc,)
    assert mean_figures([found]).auc_target is None


@pytest.mark.parametrize(
    ("scores", "anomalous", "told"),
    [
        ([1.0, 2.0], [True, True], "both kinds"),
        ([1.0, np.nan], [True, False], "NaN"),
        ([1.0], [True, False], "one of each"),
    ],
)
def test_impossible_sections_are_refused_by_name(scores, anomalous, told) -> None:
    with pytest.raises(ValueError, match=f"fan section 00.*{told}"):
        SectionScores("fan", "00", np.array(scores), np.array(anomalous), np.zeros(len(anomalous)))


@settings(max_examples=25)
@given(st.lists(st.floats(1e-6, 1), min_size=1, max_size=20))
def test_means_are_those_of_scipy_and_numpy(values) -> None:
    assert harmonic_mean(values) == pytest.approx(hmean(values))
    assert arithmetic_mean(values) == pytest.approx(np.mean(values))
    assert harmonic_mean(values) <= arithmetic_mean(values) + 1e-12


@pytest.mark.parametrize("values", [[], [-0.1, 0.5], [np.nan]])
def test_a_mean_of_nothing_is_refused(values) -> None:
    with pytest.raises(ValueError, match="one or more"):
        harmonic_mean(values)


def test_a_figure_of_zero_makes_the_harmonic_mean_all_but_zero() -> None:
    assert 0 < harmonic_mean([0.0, 1.0]) < 1e-12


def test_official_score_takes_every_figure_once() -> None:
    found = [section_figures(section(seed)) for seed in range(3)]
    values = [v for each in found for v in (each.auc_source, each.auc_target, each.pauc)]
    assert official_score(found) == pytest.approx(hmean(values))
    assert official_score(found, mean=arithmetic_mean) == pytest.approx(np.mean(values))
    assert score_of_sections([section(s) for s in range(3)]) == official_score(found)


def test_decisions_are_counted_as_scikit_learn_does() -> None:
    generator = np.random.default_rng(0)
    truth, called = generator.random((2, 50)) > 0.5
    found = decision_figures(truth, called)
    expected = precision_recall_fscore_support(truth, called, average="binary")[:3]
    assert (found.precision, found.recall, found.f1) == pytest.approx(expected)
    assert decision_figures([True, False], [False, False]).precision == 0.0


def delong_variance(normal, anomalous) -> float:
    """DeLong, DeLong and Clarke-Pearson, Biometrics 44, 1988."""
    higher = (anomalous[:, None] > normal) + 0.5 * (anomalous[:, None] == normal)
    hits, alarms = higher.mean(axis=1), higher.mean(axis=0)
    return hits.var(ddof=1) / len(hits) + alarms.var(ddof=1) / len(alarms)


def test_jackknife_interval_of_an_auc_agrees_with_delong() -> None:
    large = section(3, count=400)
    found = figure_interval(large, lambda figures: figures.auc)
    normal, anomalous = large.scores[~large.anomalous], large.scores[large.anomalous]
    assert found.value == ranking.auc(normal, anomalous)
    assert found.half_width == pytest.approx(
        1.96 * delong_variance(normal, anomalous) ** 0.5, rel=0.02
    )
    assert found.low < found.value < found.high


def test_interval_of_a_score_over_one_section_is_that_of_its_figures() -> None:
    one = section(4)
    alone = score_interval([one], score=lambda figures: figures[0].pauc)
    assert alone == figure_interval(one, lambda figures: figures.pauc)


def test_interval_narrows_with_the_machines() -> None:
    few = score_interval([section(seed) for seed in range(2)])
    many = score_interval([section(seed) for seed in range(8)])
    assert many.half_width == pytest.approx(few.half_width / 2, rel=0.5)


def test_a_kind_with_one_clip_gives_no_interval() -> None:
    lone = SectionScores("fan", "00", np.arange(3.0), np.array([0, 0, 1]), np.zeros(3))
    with pytest.raises(ValueError, match="both kinds"):
        figure_interval(lone, lambda figures: figures.auc)
