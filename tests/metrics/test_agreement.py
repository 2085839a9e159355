import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.cluster.hierarchy import fcluster
from scipy.spatial.distance import cdist
from sklearn.metrics import adjusted_rand_score, average_precision_score

from kikimimi.metrics.agreement import (
    agreement,
    class_tree,
    dendrogram_purity,
    mean_average_precision,
    nearest_agreement,
    rand_index,
)

POINTS = np.array([[0.0], [1.0], [2.1], [10.0], [11.0], [12.1]])
DISTANCES = cdist(POINTS, POINTS)
GROUPS = ["a", "a", "a", "b", "b", "b"]


def random_distances(seed: int, count: int = 9) -> np.ndarray:
    points = np.random.default_rng(seed).standard_normal((count, 3))
    return cdist(points, points)


def test_perfect_agreement() -> None:
    for figure in (nearest_agreement, mean_average_precision, dendrogram_purity, rand_index):
        assert figure(DISTANCES, GROUPS) == pytest.approx(1.0)


def test_one_class_in_the_wrong_group() -> None:
    # The nearest other classes are 1 0 1 4 3 4 (counted from 0); now class 2 belongs to b.
    groups = ["a", "a", "b", "b", "b", "b"]
    assert nearest_agreement(DISTANCES, groups) == pytest.approx(5 / 6)
    assert rand_index(DISTANCES, groups) == pytest.approx(
        adjusted_rand_score(groups, [0, 0, 0, 1, 1, 1])
    )


def test_purity_of_a_tree_with_one_class_in_the_wrong_group() -> None:
    # Leaf 2 joins (0 1); a's one pair meets in a pure branch of two, and of b's six pairs three
    # meet in (3 4 5), three with leaf 2 in the root, where 4 of 6 are of b.
    groups = ["a", "a", "b", "b", "b", "b"]
    expected = (1 + 3 * 1 + 3 * 4 / 6) / 7
    assert dendrogram_purity(DISTANCES, groups) == pytest.approx(expected)


def test_a_class_alone_in_its_group_does_not_count() -> None:
    groups = ["a", "a", "c", "b", "b", "b"]
    assert nearest_agreement(DISTANCES, groups) == 1.0
    assert mean_average_precision(DISTANCES, groups) == pytest.approx(1.0)


@given(seed=st.integers(0, 2**32 - 1))
@settings(max_examples=30, deadline=None)
def test_mean_average_precision_is_scikit_learn_s(seed: int) -> None:
    distances = random_distances(seed)
    groups = ["a", "b", "c"] * 3
    expected = []
    for query in range(9):
        others = [index for index in range(9) if index != query]
        relevant = [groups[index] == groups[query] for index in others]
        expected.append(average_precision_score(relevant, -distances[query, others]))
    assert mean_average_precision(distances, groups) == pytest.approx(np.mean(expected))


@given(seed=st.integers(0, 2**32 - 1))
@settings(max_examples=30, deadline=None)
def test_rand_index_is_scikit_learn_s_on_the_cut_tree(seed: int) -> None:
    distances = random_distances(seed)
    groups = ["a", "b", "b", "c", "c", "c", "a", "c", "b"]
    cut = fcluster(class_tree(distances), t=3, criterion="maxclust")
    expected = adjusted_rand_score(groups, cut)
    assert rand_index(distances, groups) == pytest.approx(expected)


@given(seed=st.integers(0, 2**32 - 1))
@settings(max_examples=20, deadline=None)
def test_the_order_of_the_classes_does_not_matter(seed: int) -> None:
    distances, groups = random_distances(seed), np.array(["a", "b", "c"] * 3)
    order = np.random.default_rng(seed).permutation(9)
    for figure in (nearest_agreement, mean_average_precision, dendrogram_purity, rand_index):
        mixed = figure(distances[np.ix_(order, order)], list(groups[order]))
        assert mixed == pytest.approx(figure(distances, list(groups)))


def test_chance_levels() -> None:
    figures = agreement(DISTANCES, GROUPS)
    assert [each.name for each in figures] == ["nearest", "map", "purity", "rand"]
    near, *_, rand = figures
    # 2 of the 5 others are of one's own group
    assert near.chance == pytest.approx(0.4, abs=0.03)
    assert rand.chance == pytest.approx(0, abs=0.03)
    # 2 of the 20 ways to deal out two groups of three are the given one, with a and b swapped
    for each in figures:
        assert each.value == pytest.approx(1.0)
        assert each.p_value == pytest.approx(0.1, abs=0.03)
    assert agreement(DISTANCES, GROUPS) == agreement(DISTANCES, GROUPS)


def test_class_tree_joins_the_nearest_first() -> None:
    tree = class_tree(DISTANCES)
    assert tree.shape == (5, 4)
    assert tree[0, 2] == pytest.approx(1.0)
    assert tree[-1, 2] == pytest.approx(cdist(POINTS[:3], POINTS[3:]).mean())


@pytest.mark.parametrize(
    ("distances", "groups", "message"),
    [
        (DISTANCES, ["a"] * 6, "two groups"),
        (DISTANCES, list("abcdef"), "two classes"),
        (DISTANCES, ["a", "b"], "6 classes, but 2"),
        (DISTANCES[:2], ["a", "b"], "shape"),
        (-DISTANCES, GROUPS, "negative"),
        (np.triu(DISTANCES), GROUPS, "symmetric"),
        (DISTANCES * np.nan, GROUPS, "finite"),
    ],
)
def test_wrong_calls(distances, groups, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        agreement(distances, groups)
