"""What every detector of anomalies must keep. Axes: R rows, D size of a row."""

import inspect
import json

import numpy as np
import pytest
from sklearn.base import clone
from sklearn.utils.estimator_checks import parametrize_with_checks

from kikimimi.errors import AnomalyError, ConfigError
from kikimimi.metrics.anomaly.ranking import auc
from kikimimi.tasks.anomaly.detectors.base import MIN_CLIPS
from kikimimi.tasks.anomaly.detectors.registry import (
    create_detector,
    detector_names,
    detector_settings,
)

# as short a training as can be
QUICK = {"autoencoder": {"epochs": 2, "folds": 2, "hidden": 8, "bottleneck": 4}}
QUICKEST = {"autoencoder": {"epochs": 1, "folds": 0, "hidden": 4, "bottleneck": 2}}
VARIANTS = {
    **{name: {"name": name, **QUICK.get(name, {})} for name in detector_names()},
    "selective": {"name": "autoencoder", "distance": "mahalanobis", **QUICK["autoencoder"]},
    "sub-bands of densities": {
        **{"name": "sub_bands", "bands": 4, "order": "bands_first"},
        "detector": {"name": "ldn", "density_neighbors": 2},
    },
    "sub-bands of two domains": {"name": "sub_bands", "bands": 2, "detector": {"name": "smote"}},
    "euclidean": {"name": "knn", "metric": "euclidean", "n_neighbors": 3},
    "oas": {"name": "gaussian", "shrinkage": "oas"},
}
MEMORY = {"knn", "ldn", "sub_bands", "mem_mixup", "smote"}


def not_applicable(detector) -> dict[str, str]:
    if detector_settings(detector)["name"] not in MEMORY:
        return {}
    why = "a memory knows its own rows, so that none of them is anomalous; as LOF for novelty"
    return dict.fromkeys(("check_outliers_train", "check_outliers_fit_predict"), why)


@parametrize_with_checks(
    [create_detector(name, **QUICKEST.get(name, {})) for name in detector_names()],
    expected_failed_checks=not_applicable,
)
def test_scikit_learn_takes_it_for_an_estimator(estimator, check) -> None:
    check(estimator)


def normal_rows(count: int, *, seed: int = 0) -> np.ndarray:
    """Points of a line in 16 dimensions, and a little noise."""
    generator = np.random.default_rng(seed)
    directions = np.random.default_rng(99).standard_normal((2, 16))
    along = generator.uniform(1, 2, (count, 2))
    return along @ directions + 0.1 * generator.standard_normal((count, 16))


def anomalous_rows(count: int) -> np.ndarray:
    fault = np.random.default_rng(7).standard_normal(16)
    return normal_rows(count, seed=5) + 2 * fault


@pytest.fixture(params=VARIANTS)
def detector(request):
    return create_detector(**VARIANTS[request.param])


@pytest.fixture(scope="module", params=VARIANTS)
def fitted(request):
    detector = create_detector(**VARIANTS[request.param])
    return detector.fit(normal_rows(120), domains=np.arange(120) % 10 == 0)


def test_anomalies_score_above_unseen_normal_rows(fitted) -> None:
    normal = fitted.anomaly_score(normal_rows(60, seed=1))
    assert auc(normal, fitted.anomaly_score(anomalous_rows(60))) > 0.95


def test_signs_are_those_of_scikit_learn(fitted) -> None:
    rows = np.concatenate([normal_rows(20, seed=2), anomalous_rows(20)])
    scores = fitted.anomaly_score(rows)
    np.testing.assert_array_equal(fitted.score_samples(rows), -scores)
    np.testing.assert_allclose(fitted.decision_function(rows), fitted.threshold_ - scores)
    np.testing.assert_array_equal(fitted.predict(rows), np.where(scores > fitted.threshold_, -1, 1))


def test_a_row_has_the_same_score_among_any_others(fitted) -> None:
    rows = normal_rows(30, seed=3)
    alone = [fitted.anomaly_score(row[None])[0] for row in rows]
    np.testing.assert_allclose(fitted.anomaly_score(rows), alone, rtol=1e-5, atol=1e-7)


def test_training_scores_are_like_those_of_unseen_rows(fitted) -> None:
    unseen = fitted.anomaly_score(normal_rows(400, seed=4))
    assert fitted.training_scores_.shape == (120,)
    # 120 rows tell the share above their own 90 % point to about 3 points; a domain of 12 to less
    assert 0.02 < (unseen > fitted.threshold_).mean() < 0.25


def test_a_higher_false_alarm_rate_lowers_the_threshold(detector) -> None:
    rows = normal_rows(40)
    strict = clone(detector).set_params(false_alarm_rate=0.01).fit(rows).threshold_
    assert clone(detector).set_params(false_alarm_rate=0.3).fit(rows).threshold_ < strict


def test_what_was_fitted_is_taken_over_by_another(fitted) -> None:
    settings = json.loads(json.dumps(detector_settings(fitted)))
    other = create_detector(**settings).restore(fitted.fitted_state())
    rows = np.concatenate([normal_rows(10, seed=6), anomalous_rows(10)])
    np.testing.assert_array_equal(other.anomaly_score(rows), fitted.anomaly_score(rows))
    np.testing.assert_array_equal(other.predict(rows), fitted.predict(rows))


def test_state_that_lacks_something_is_told(fitted) -> None:
    state = fitted.fitted_state()
    for name in ("threshold_", next(reversed(fitted.learned_state()))):
        rest = {key: value for key, value in state.items() if key != name}
        other = create_detector(**detector_settings(fitted))
        if not name.startswith("network."):
            with pytest.raises(AnomalyError, match="fit it again"):
                other.restore(rest)


@pytest.mark.parametrize("name", ["knn", "euclidean", "ldn"])
def test_training_scores_are_those_of_a_fit_without_the_clip(name) -> None:
    rows, clips = normal_rows(24), np.arange(24) // 2
    kept = create_detector(**VARIANTS[name]).fit(rows, groups=clips).training_scores_
    for clip in range(12):
        other = create_detector(**VARIANTS[name]).fit(
            rows[clips != clip], groups=clips[clips != clip]
        )
        found = other.anomaly_score(rows[clips == clip])
        np.testing.assert_allclose(kept[clips == clip], found, rtol=1e-5, atol=1e-7)


def test_training_scores_of_a_gaussian_are_nearly_those_of_a_fit_without_the_clip() -> None:
    rows = normal_rows(30)
    kept = create_detector("gaussian", shrinkage=0.2).fit(rows).training_scores_
    for clip in range(30):
        other = create_detector("gaussian", shrinkage=0.2).fit(np.delete(rows, clip, axis=0))
        # the sphere that is shrunk to is held, and it alone differs
        assert kept[clip] == pytest.approx(other.anomaly_score(rows[clip, None])[0], rel=0.05)


@pytest.mark.parametrize("name", ["knn", "ldn", "gaussian", "mem_mixup", "smote"])
def test_copies_in_a_clip_do_not_vouch_for_each_other(name) -> None:
    rows, clips = np.repeat(normal_rows(12), 3, axis=0), np.repeat(np.arange(12), 3)
    detector = create_detector(name)
    together = detector.fit(rows, groups=clips).threshold_
    assert together > clone(detector).fit(rows).threshold_


@pytest.mark.parametrize(
    ("rows", "options", "told"),
    [
        (normal_rows(MIN_CLIPS - 1), {}, "minimum of 3"),
        (normal_rows(12), {"groups": np.repeat([0, 1], 6)}, "2 clips of normal sound are too few"),
        (np.ones((9, 16)), {}, "silent or copied"),
        (np.full((9, 16), np.nan), {}, "NaN"),
        (np.full((9, 16), np.inf), {}, "infinity"),
        (normal_rows(9)[0], {}, "Reshape"),
        (normal_rows(9), {"groups": np.arange(8)}, "one for each of 9 rows"),
        (normal_rows(9), {"domains": np.arange(9)}, "0 \\(source\\) or 1"),
    ],
)  # fmt: skip
def test_rows_that_teach_nothing_are_refused(detector, rows, options, told) -> None:
    with pytest.raises(AnomalyError, match=told) as caught:
        detector.fit(rows, **options)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("rows", [normal_rows(3)[:, :8], np.full((1, 16), np.nan)])
def test_rows_that_cannot_be_scored_are_refused(fitted, rows) -> None:
    with pytest.raises(AnomalyError) as caught:
        fitted.anomaly_score(rows)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("rate", [0, 1, -0.1, 2])
def test_impossible_false_alarm_rates_are_refused(detector, rate) -> None:
    with pytest.raises(AnomalyError, match="false-alarm rate"):
        detector.set_params(false_alarm_rate=rate).fit(normal_rows(9))


def test_every_setting_is_documented(detector) -> None:
    kind = type(detector)
    text = inspect.getdoc(kind)
    assert all(f"{name}:" in text for name in inspect.signature(kind).parameters)


def test_unknown_names_and_settings_are_told() -> None:
    with pytest.raises(ConfigError, match="did you mean 'knn'"):
        create_detector("knnn")
    with pytest.raises(ConfigError, match="did you mean 'n_neighbors'"):
        create_detector("knn", n_neighbours=3)
