"""The few-shot head against definitions and scikit-learn."""

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from scipy.optimize import minimize
from sklearn.linear_model import LogisticRegression
from sklearn.utils.estimator_checks import parametrize_with_checks

from kikimimi.errors import LibraryError
from kikimimi.library.taught.background import Background
from kikimimi.library.taught.estimator import FewShotClassifier
from kikimimi.library.taught.fitting import fit_head, fit_rule
from kikimimi.library.taught.head import Head, Whitening
from kikimimi.library.taught.logistic import fit_logistic


@parametrize_with_checks([FewShotClassifier()])
def test_scikit_learn_takes_it_for_a_classifier(estimator: Any, check: Any) -> None:
    check(estimator)


def problem(seed: int, count: int = 60, size: int = 5) -> tuple[NDArray, NDArray, NDArray]:
    generator = np.random.default_rng(seed)
    rows = generator.standard_normal((count, size))
    wanted = (rows[:, 0] + generator.standard_normal(count) > 0).astype(np.float64)
    wanted[:2] = (0, 1)
    return rows, wanted, generator.uniform(0.1, 2, count)


def test_without_a_prior_it_is_logistic_regression() -> None:
    rows, wanted, importance = problem(0)
    weights, bias = fit_logistic(rows, wanted, importance, prior=np.zeros(5), strength=0.5)
    other = LogisticRegression(C=1 / 0.5, tol=1e-10, max_iter=1000)
    other.fit(rows, wanted, sample_weight=importance)
    np.testing.assert_allclose(weights, other.coef_[0], atol=2e-3)
    assert bias == pytest.approx(other.intercept_[0], abs=2e-3)


@settings(max_examples=15, deadline=None)
@given(st.integers(0, 10_000), st.floats(0.01, 10))
def test_the_minimum_is_a_minimum(seed: int, strength: float) -> None:
    rows, wanted, importance = problem(seed)
    prior = np.random.default_rng(seed).standard_normal(5)
    weights, bias = fit_logistic(rows, wanted, importance, prior=prior, strength=strength)
    start = -(rows @ prior)[wanted > 0].mean() / 2 - (rows @ prior)[wanted == 0].mean() / 2

    def loss(point: NDArray) -> float:
        logits = rows @ point[:-1] + point[-1]
        losses = importance @ np.logaddexp(0, np.where(wanted > 0, -logits, logits))
        held = ((point[:-1] - prior) ** 2).sum() + 1e-3 * (point[-1] - start) ** 2
        return float(losses + strength * held / 2)

    best = minimize(loss, np.append(prior, start), method="BFGS").fun
    assert loss(np.append(weights, bias)) <= best * (1 + 1e-6) + 1e-6


def test_a_strong_prior_is_kept_and_a_weak_one_gives_way() -> None:
    rows, wanted, importance = problem(3)
    prior = np.array([-3.0, 0, 0, 0, 0])
    strong, _ = fit_logistic(rows, wanted, importance, prior=prior, strength=1e6)
    weak, _ = fit_logistic(rows, wanted, importance, prior=prior, strength=1e-3)
    np.testing.assert_allclose(strong, prior, atol=1e-3)
    assert weak[0] > 0.5


def test_whitened_vectors_vary_alike_in_all_directions() -> None:
    generator = np.random.default_rng(0)
    vectors = generator.standard_normal((20_000, 4)) * (1, 2, 5, 10) + 3
    whitening = Whitening.fit(vectors, shrinkage=0.0)
    spread = (vectors - whitening.mean) @ whitening.matrix
    np.testing.assert_allclose(np.cov(spread.T), np.eye(4), atol=0.01)


@pytest.mark.parametrize("count", [1, 2, 10])
def test_few_or_equal_vectors_can_be_whitened(count: int) -> None:
    for vectors in (np.ones((count, 6)), np.random.default_rng(0).standard_normal((count, 6))):
        assert np.isfinite(Whitening.fit(vectors, shrinkage=0.2).apply(vectors)).all()


def clusters(seed: int = 0, size: int = 16) -> tuple[NDArray[np.float32], NDArray[np.int64]]:
    """Twenty kinds of 50 unit vectors each, with a common direction as embeddings have."""
    generator = np.random.default_rng(seed)
    centres = generator.standard_normal((20, size)) + 1
    labels = np.repeat(np.arange(20), 50)
    vectors = centres[labels] + 0.5 * generator.standard_normal((1000, size))
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    return vectors.astype(np.float32), labels


def quality(head: Head, vectors: NDArray[np.float32], truth: NDArray[np.bool_]) -> float:
    found = head.scores(vectors) > head.threshold
    return 2 * (found & truth).sum() / (found.sum() + truth.sum())


def test_more_examples_and_corrections_help() -> None:
    vectors, labels = clusters()
    background = Background(vectors, np.arange(1000))
    before, after, corrected = [], [], []
    for kind in range(20):
        truth = labels == kind
        own = np.flatnonzero(truth)
        one = fit_head([vectors[own[:1]]], [], background)
        many = fit_head([vectors[[row]] for row in own[:5]], [], background)
        doubt = np.argsort(np.abs(one.scores(vectors) - one.threshold))[:10]
        judged = fit_head(
            [vectors[[row]] for row in {int(own[0]), *doubt[truth[doubt]].tolist()}],
            [vectors[[row]] for row in doubt[~truth[doubt]]],
            background,
        )
        before.append(quality(one, vectors, truth))
        after.append(quality(many, vectors, truth))
        corrected.append(quality(judged, vectors, truth))
    assert np.mean(before) > 0.4
    assert np.mean(after) > max(0.7, np.mean(before))
    assert np.mean(corrected) > np.mean(before)


def test_a_library_rich_in_the_tags_does_not_mislead_them() -> None:
    vectors, labels = clusters(seed=1)
    vectors, labels = vectors[labels < 5], labels[labels < 5]
    background = Background(vectors, np.arange(len(vectors)))
    scores = [
        fit_rule([row[None] for row in vectors[labels == kind][:3]], [], background).scores(vectors)
        for kind in range(5)
    ]
    assert (np.argmax(scores, axis=0) == labels).mean() > 0.95


def test_the_best_window_of_an_example_counts() -> None:
    vectors, labels = clusters()
    background = Background(vectors, np.arange(1000))
    own, other = np.flatnonzero(labels == 0), np.flatnonzero(labels != 0)
    generator = np.random.default_rng(0)
    bags = [
        np.stack([vectors[row], vectors[generator.choice(other)], vectors[generator.choice(other)]])
        for row in own[:5]
    ]
    head = fit_head(bags, [], background)
    truth = labels == 0
    assert quality(head, vectors, truth) > 0.6


def test_scores_do_not_depend_on_the_other_rows() -> None:
    vectors, _ = clusters()
    head = fit_head([vectors[:1]], [], Background(vectors, np.arange(1000)))
    one_by_one = np.concatenate([head.scores(vectors[[row]]) for row in range(50)])
    np.testing.assert_allclose(one_by_one, head.scores(vectors)[:50], rtol=1e-9)


def test_a_head_comes_back_from_its_bytes() -> None:
    vectors, _ = clusters()
    head = fit_head([vectors[:1]], [vectors[60:61]], Background(vectors, np.arange(1000)))
    again = Head.from_bytes(head.to_bytes())
    np.testing.assert_allclose(again.scores(vectors), head.scores(vectors), atol=1e-4)
    assert (again.threshold, again.steepness) == (head.threshold, head.steepness)
    assert again.probabilities(np.array([again.threshold])) == pytest.approx(0.5)


@settings(max_examples=30, deadline=None)
@given(st.binary(max_size=200))
def test_other_bytes_are_damage(packed: bytes) -> None:
    with pytest.raises(LibraryError, match="damaged"):
        Head.from_bytes(packed)
