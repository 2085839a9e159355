from itertools import permutations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from sklearn.metrics import average_precision_score
from sklearn.neighbors import NearestNeighbors

from kikimimi.metrics.retrieval import (
    hamming_distances,
    mean_average_precision,
    precision_at_k,
    query_average_precision,
    squared_distances,
)


def test_neighbours_of_the_same_label_count() -> None:
    embeddings = np.array([[0.0], [0.1], [5.0], [5.1]], np.float32)
    assert precision_at_k(embeddings, ["a", "a", "b", "b"], k=1) == 1.0
    assert precision_at_k(embeddings, ["a", "b", "a", "b"], k=1) == 0.0


def test_clips_of_the_query_s_own_source_do_not_count() -> None:
    embeddings = np.array([[0.0], [0.1], [5.0], [5.1]], np.float32)
    labels, sources = ["a", "a", "a", "b"], ["s", "s", "t", "u"]
    # without its twin, the first clip's neighbour is the third (a), and so is the second's
    assert precision_at_k(embeddings, labels, k=1, sources=sources) == 0.5


def test_too_few_candidates_are_an_error() -> None:
    with pytest.raises(ValueError, match="fewer than 2"):
        precision_at_k(np.zeros((2, 3), np.float32), ["a", "b"], k=2)


@given(st.integers(0, 2**32 - 1), st.integers(1, 5))
def test_equals_scikit_learn_s_neighbours(seed: int, k: int) -> None:
    generator = np.random.default_rng(seed)
    embeddings = generator.standard_normal((20, 4)).astype(np.float32)
    labels = [str(label) for label in generator.integers(0, 3, 20)]
    nearest = NearestNeighbors(n_neighbors=k).fit(embeddings).kneighbors(return_distance=False)
    agree = [[labels[j] == labels[i] for j in row] for i, row in enumerate(nearest)]
    assert precision_at_k(embeddings, labels, k=k) == pytest.approx(np.mean(agree))


def test_squared_distances_are_those_of_the_definition() -> None:
    rows = np.random.default_rng(0).standard_normal((6, 3)).astype(np.float32)
    expected = ((rows[:, None] - rows[None]) ** 2).sum(-1)
    np.testing.assert_allclose(squared_distances(rows), expected, atol=1e-5)


@settings(max_examples=40)
@given(st.integers(0, 2**32 - 1))
def test_average_precision_equals_scikit_learn_s(seed: int) -> None:
    generator = np.random.default_rng(seed)
    count = int(generator.integers(4, 25))
    distances = generator.permuted(np.arange(count * count)).reshape(count, count).astype(float)
    labels = np.array([str(label) for label in generator.integers(0, 3, count)])
    sources = np.array([str(source) for source in generator.integers(0, count, count)])
    expected = []
    for query in range(count):
        others = sources != sources[query]
        answers = labels[others] == labels[query]
        if answers.any():
            expected.append(average_precision_score(answers, -distances[query][others]))
    if not expected:
        with pytest.raises(ValueError, match="no query"):
            mean_average_precision(distances, labels.tolist(), sources=sources.tolist())
        return
    found = mean_average_precision(distances, labels.tolist(), sources=sources.tolist())
    assert found == pytest.approx(np.mean(expected))


def _precisions(answers: tuple[bool, ...], k: int) -> float:
    hits = [sum(answers[: at + 1]) / (at + 1) for at in range(min(k, len(answers))) if answers[at]]
    return sum(hits) / min(k, sum(answers))


@settings(max_examples=40)
@given(st.integers(0, 2**32 - 1), st.integers(1, 8))
def test_equal_distances_count_with_the_mean_over_all_orders(seed: int, k: int) -> None:
    generator = np.random.default_rng(seed)
    distances = generator.integers(0, 3, size=6)
    answers = generator.integers(0, 2, size=6).astype(bool)
    if not answers.any():
        answers[0] = True
    orders = [
        order for order in permutations(range(6)) if (np.diff(distances[list(order)]) >= 0).all()
    ]
    expected = np.mean([_precisions(tuple(answers[list(order)]), k) for order in orders])
    # the query is one more row; the others are queries without an answer or far from this one
    table = np.zeros((7, 7))
    table[0, 1:] = distances
    labels = ["q", *("q" if answer else f"other {at}" for at, answer in enumerate(answers))]
    table[1:] = np.arange(7)
    others = [
        _precisions(tuple(labels[at] == "q" for at in range(7) if at != query), k)
        for query in range(1, 7)
        if labels[query] == "q"
    ]
    found = mean_average_precision(table, labels, k=k)
    assert found == pytest.approx(np.mean([expected, *others]))


def test_a_perfect_and_a_reversed_ranking() -> None:
    embeddings = np.array([[0.0], [0.1], [5.0], [5.1]], np.float32)
    distances = squared_distances(embeddings)
    assert mean_average_precision(distances, ["a", "a", "b", "b"]) == 1.0
    assert mean_average_precision(-distances, ["a", "a", "b", "b"]) == pytest.approx(1 / 3)
    assert mean_average_precision(distances, ["a", "b", "b", "a"], k=1) == 0.0


@pytest.mark.parametrize(
    ("shape", "labels", "k"), [((3, 2), 3, None), ((3, 3), 2, None), ((3, 3), 3, 0)]
)
def test_impossible_rankings_are_errors(shape: tuple[int, int], labels: int, k: int | None) -> None:
    with pytest.raises(ValueError):
        mean_average_precision(np.zeros(shape), ["a"] * labels, k=k)


def test_hamming_distances_count_unequal_bits() -> None:
    codes = np.random.default_rng(0).integers(0, 256, size=(20, 6), dtype=np.uint8)
    expected = [[sum(int(byte).bit_count() for byte in x ^ y) for y in codes] for x in codes]
    np.testing.assert_array_equal(hamming_distances(codes), expected)


@settings(deadline=None)
@given(
    arrays(np.float64, (3, 12), elements=st.floats(0, 1, width=16)),
    st.lists(st.sampled_from("abc"), min_size=12, max_size=12),
)
def test_average_precision_of_queries_is_that_of_scikit_learn(
    distances: np.ndarray, labels: list[str]
) -> None:
    distances = distances + np.arange(36).reshape(3, 12) * 1e-6  # no ties, whose order is open
    asked = [label for label in "abc" if label in labels]
    expected = [
        average_precision_score([each == label for each in labels], -distances["abc".index(label)])
        for label in asked
    ]
    found = query_average_precision(distances, list("abc"), labels)
    assert found == pytest.approx(np.mean(expected))


def test_average_precision_of_queries_at_k_looks_no_further() -> None:
    distances = np.array([[0.1, 0.2, 0.3, 0.4]])
    assert query_average_precision(distances, ["a"], ["a", "b", "b", "a"], k=2) == 0.5
