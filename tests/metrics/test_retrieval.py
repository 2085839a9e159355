import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.neighbors import NearestNeighbors

from kikimimi.metrics.retrieval import precision_at_k, squared_distances


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
