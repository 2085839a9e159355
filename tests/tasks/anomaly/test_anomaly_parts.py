"""Thresholds, shrinkage, pooling and domains of anomaly detection, by what papers define."""

import subprocess
import sys

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from scipy import stats
from sklearn.covariance import ledoit_wolf_shrinkage
from sklearn.covariance import oas as sklearn_oas
from sklearn.neighbors import NearestNeighbors

from kikimimi.errors import AnomalyError
from kikimimi.features.logmel import LogMel
from kikimimi.metrics.anomaly.ranking import auc
from kikimimi.tasks.anomaly.detectors.registry import create_detector
from kikimimi.tasks.anomaly.detectors.shrinkage import ShrunkCovariance, ledoit_wolf, oas
from kikimimi.tasks.anomaly.features.log_mel_frames import BASELINE, LogMelFrames
from kikimimi.tasks.anomaly.features.pooling import POOLINGS
from kikimimi.tasks.anomaly.features.registry import create_features
from kikimimi.tasks.anomaly.threshold import gamma_threshold

FRAMES = arrays(np.float32, (7, 3), elements=st.floats(-10, 10, width=32))


@pytest.mark.parametrize("rate", [0.01, 0.1, 0.5])
def test_threshold_of_distances_is_the_quantile_of_scipys_gamma_fit(rate) -> None:
    scores = stats.gamma.rvs(3.0, scale=0.2, size=200, random_state=0)
    shape, _, scale = stats.gamma.fit(scores, floc=0)
    expected = stats.gamma.ppf(1 - rate, shape, scale=scale)
    assert gamma_threshold(scores, false_alarm_rate=rate) == pytest.approx(expected, rel=1e-3)


@pytest.mark.parametrize("shift", [0.0, -5.0])
@pytest.mark.parametrize("rate", [0.05, 0.2])
def test_threshold_keeps_the_false_alarm_rate(shift, rate) -> None:
    normal = shift + stats.gamma.rvs(2.0, size=20000, random_state=1)
    threshold = gamma_threshold(normal[:5000], false_alarm_rate=rate)
    assert (normal[5000:] > threshold).mean() == pytest.approx(rate, abs=0.25 * rate)


def test_scores_of_copies_have_their_own_level_for_threshold() -> None:
    assert gamma_threshold([0.5, 0.5, 0.5], false_alarm_rate=0.1) == 0.5
    assert gamma_threshold([0.0, 0.0], false_alarm_rate=0.1) == 0.0


@pytest.mark.parametrize("scores", [[], [1.0, np.nan], [np.inf]])
def test_scores_without_a_threshold_are_told(scores) -> None:
    with pytest.raises(AnomalyError, match="cannot be fitted"):
        gamma_threshold(scores, false_alarm_rate=0.1)


@pytest.mark.parametrize("shape", [(20, 50), (50, 20), (5, 300)])
def test_shrinkages_are_those_of_scikit_learn(shape) -> None:
    rows = np.random.default_rng(0).standard_normal(shape) * np.arange(1, shape[1] + 1)
    centred = rows - rows.mean(axis=0)
    assert ledoit_wolf(centred) == pytest.approx(ledoit_wolf_shrinkage(rows))
    assert oas(centred) == pytest.approx(sklearn_oas(rows)[1])


@pytest.mark.parametrize("shape", [(20, 50), (50, 20)])
def test_shrunk_distances_are_those_of_the_inverted_matrix(shape) -> None:
    rows = np.random.default_rng(1).standard_normal(shape)
    centred = rows - rows.mean(axis=0)
    covariance = centred.T @ centred / shape[0]
    sphere = np.trace(covariance) / shape[1] * np.eye(shape[1])
    inverse = np.linalg.inv(0.7 * covariance + 0.3 * sphere)
    found = ShrunkCovariance.of(centred, 0.3).quadratic(rows)
    np.testing.assert_allclose(found, np.einsum("rd,de,re->r", rows, inverse, rows))


def test_neighbours_are_those_of_scikit_learn() -> None:
    generator = np.random.default_rng(2)
    bank, queries = generator.standard_normal((40, 8)), generator.standard_normal((9, 8))
    found = create_detector("knn", n_neighbors=3).fit(bank).anomaly_score(queries)
    known = NearestNeighbors(n_neighbors=3, metric="cosine").fit(bank)
    np.testing.assert_allclose(found, known.kneighbors(queries)[0].mean(axis=1), atol=1e-6)


def test_local_density_is_the_formula_of_the_paper() -> None:
    generator = np.random.default_rng(3)
    bank, query = generator.standard_normal((12, 4)), generator.standard_normal(4)
    between = np.linalg.norm(bank[:, None] - bank, axis=2)
    densities = np.sort(between, axis=1)[:, 1:4].mean(axis=1)  # the first is the row itself
    expected = (np.linalg.norm(query - bank, axis=1) / densities).min()
    detector = create_detector("ldn", density_neighbors=3, metric="euclidean").fit(bank)
    assert detector.anomaly_score(query[None])[0] == pytest.approx(expected, rel=1e-5)


def test_weights_of_ranks_tell_of_the_nearest_alone_at_zero() -> None:
    bank = np.random.default_rng(4).standard_normal((12, 4))
    one = create_detector("ldn", density_neighbors=1).fit(bank)
    zero = create_detector("ldn", density_neighbors=5, rank_decay=0.0).fit(bank)
    np.testing.assert_allclose(one.densities_, zero.densities_)


def shifted_domains(seed: int):
    """Many source rows close together, and few target rows that lie far apart."""
    generator = np.random.default_rng(seed)
    centre = np.zeros(12)
    centre[0] = 6.0
    source = 0.1 * generator.standard_normal((200, 12))
    target = centre + 0.6 * generator.standard_normal((60, 12))
    anomalies = 0.1 * generator.standard_normal((60, 12)) + 0.35 * np.eye(12)[1]
    return source, target, anomalies


@pytest.mark.parametrize("name", ["ldn", "mem_mixup", "smote"])
def test_normal_sound_of_a_rare_domain_is_kept_apart_from_anomalies(name) -> None:
    source, target, anomalies = shifted_domains(0)
    rows = np.concatenate([source, target[:10]])
    domains = np.repeat([0, 1], [200, 10])

    def target_auc(name: str) -> float:
        detector = create_detector(name, metric="euclidean").fit(rows, domains=domains)
        unseen = detector.anomaly_score(target[10:])
        return auc(unseen, detector.anomaly_score(anomalies))

    assert target_auc(name) > target_auc("knn") + 0.3


def test_mixed_rows_lie_between_a_target_row_and_its_nearest_source_rows() -> None:
    detector = create_detector("mem_mixup", n_mixed=2, mix=0.75, metric="euclidean")
    source = np.array([[0.0, 0.0], [1.0, 0.0], [9.0, 9.0]])
    target = np.array([[0.0, 4.0], [4.0, 0.0]])
    detector.fit(np.concatenate([source, target]), domains=[0, 0, 0, 1, 1])
    made = {tuple(row) for row in detector._target_bank().tolist()}
    assert made == {(0, 4), (4, 0), (0, 3), (0.25, 3), (3, 0), (3.25, 0)}


def test_smote_makes_as_many_target_rows_as_source_rows_between_them() -> None:
    detector = create_detector("smote", metric="euclidean")
    source = np.random.default_rng(0).standard_normal((20, 3))
    target = np.array([[10.0, 0.0, 0.0], [12.0, 0.0, 0.0], [11.0, 0.0, 0.0]])
    bank = detector.fit(np.concatenate([source, target]), domains=[0] * 20 + [1] * 3)._target_bank()
    assert len(bank) == 20
    assert (bank[:, 1:] == 0).all()
    assert bank[:, 0].min() >= 10
    assert bank[:, 0].max() <= 12


@pytest.mark.parametrize("domains", [[0] * 9 + [1], [1] * 9 + [0]])
def test_a_domain_of_one_clip_is_refused(domains) -> None:
    rows = np.random.default_rng(0).standard_normal((10, 4))
    with pytest.raises(AnomalyError, match=r"of the .* domain .* too few"):
        create_detector("smote").fit(rows, domains=domains)


def test_a_fault_in_one_band_is_plainer_to_sub_bands() -> None:
    generator = np.random.default_rng(5)
    normal, unseen = generator.uniform(1, 2, (2, 60, 64))
    faulty = generator.uniform(1, 2, (60, 64))
    faulty[:, 3::16] += 0.7  # band 3 of 16, with 4 channels
    whole = create_detector("knn", metric="euclidean").fit(normal)
    bands = create_detector("sub_bands", bands=16, detector=whole).fit(normal)
    plain = auc(whole.anomaly_score(unseen), whole.anomaly_score(faulty))
    assert auc(bands.anomaly_score(unseen), bands.anomaly_score(faulty)) >= plain
    assert bands.band_scores(faulty).mean(axis=0).argmax() == 3


@pytest.mark.parametrize(
    ("name", "settings", "told"),
    [
        ("sub_bands", {"bands": 3}, "cannot be split into 3 bands"),
        ("sub_bands", {"order": "bands"}, "did you mean 'bands_first'"),
        ("gaussian", {"shrinkage": "oass"}, "did you mean 'oas'"),
        ("gaussian", {"shrinkage": 0}, "give a shrinkage above 0"),
        ("gaussian", {"shrinkage": 2}, "from 0 to 1"),
        ("knn", {"metric": "cosin"}, "did you mean 'cosine'"),
        ("knn", {"n_neighbors": 0}, "n_neighbors is 0"),
        ("autoencoder", {"folds": 1}, "folds is 1"),
        ("autoencoder", {"distance": "mae"}, "no distance 'mae'"),
        ("mem_mixup", {"mix": 2}, "mix is 2"),
    ],
)
def test_impossible_settings_are_told_when_fitted(name, settings, told) -> None:
    rows = np.random.default_rng(0).standard_normal((10, 16))
    with pytest.raises(ValueError, match=told):
        create_detector(name, **settings).fit(rows)


def test_auto_encoder_has_the_sizes_of_the_baseline() -> None:
    rows = np.random.default_rng(0).standard_normal((12, 640))
    network = create_detector("autoencoder", epochs=1, folds=0).fit(rows).network_
    widths = [m.out_features for m in network.modules() if hasattr(m, "out_features")]
    assert widths == [128] * 4 + [8] + [128] * 4 + [640]


@settings(max_examples=25)
@given(FRAMES)
def test_weighted_rank_pooling_goes_from_maximum_to_mean(frames) -> None:
    pool = POOLINGS["weighted_rank"]
    np.testing.assert_allclose(pool(frames, 0.0)[0], frames.max(axis=0), atol=1e-6)
    np.testing.assert_allclose(pool(frames, 1.0)[0], frames.mean(axis=0), atol=1e-5)
    between = pool(frames, 0.5)[0]
    assert np.all(between <= frames.max(axis=0) + 1e-5)
    assert np.all(between >= frames.mean(axis=0) - 1e-5)


def test_rows_of_the_baseline_are_five_frames_of_128_bands() -> None:
    samples = np.random.default_rng(0).standard_normal(16000).astype(np.float32)
    log_mel = LogMel(BASELINE)(samples)
    rows = LogMelFrames().rows(samples)
    assert rows.shape == (log_mel.shape[1] - 4, 640)
    np.testing.assert_array_equal(rows[3], log_mel[:, 3:8].T.ravel())
    assert LogMelFrames().rows(samples[:100]).shape == (1, 640)


@pytest.mark.parametrize(
    "settings",
    [{"encoder": "logmel_statistics", "layer": "log_mel"}, {"kind": "log_mel_frames"}],
)
def test_loudness_is_a_feature_unless_the_level_is_set(settings) -> None:
    samples = 0.1 * np.random.default_rng(0).standard_normal(16000).astype(np.float32)
    heard, set_to_one = create_features(**settings), create_features(**settings, sets_level=True)
    assert not np.allclose(heard.rows(samples), heard.rows(0.1 * samples), atol=0.5)
    np.testing.assert_allclose(set_to_one.rows(samples), set_to_one.rows(0.1 * samples), atol=1e-3)


@pytest.mark.parametrize(
    ("code", "heavy"),
    [
        ("import kikimimi.tasks.anomaly.contract", ("torch", "sklearn", "scipy")),
        (
            "from kikimimi.tasks.anomaly.detectors.registry import create_detector\n"
            "create_detector('autoencoder')\n"
            "import kikimimi.tasks.anomaly.fitting, kikimimi.tasks.anomaly.storage",
            ("torch",),
        ),
    ],
)
def test_nothing_heavy_is_imported_before_it_is_needed(code, heavy) -> None:
    code = f"import sys\n{code}\nprint([m for m in {heavy!r} if m in sys.modules])"
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert run.stdout.strip() == "[]"
