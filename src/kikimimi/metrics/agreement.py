"""How well distances between K classes agree with a given grouping of the classes.

Each figure stands beside its chance level: the same figure after the groups were dealt out to the
classes at random, with the sizes of the groups kept.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.cluster.hierarchy import fcluster, linkage
from scipy.spatial.distance import squareform
from scipy.special import comb

Matrix = NDArray[np.float64]
Groups = NDArray[np.int64]

SHUFFLES = 1000


@dataclass(frozen=True, slots=True)
class Agreement:
    """A figure with its chance level.

    `chance` is the mean over the shuffles, `p_value` the share of the shuffles (the grouping as
    it is counted among them) that reach `value`.
    """

    name: str
    value: float
    chance: float
    p_value: float


def agreement(
    distances: Matrix, groups: Sequence[str], *, shuffles: int = SHUFFLES, seed: int = 0
) -> tuple[Agreement, ...]:
    """Agreement of distances (K, K) with K group names, by every figure.

    "nearest": `nearest_agreement`; "map": `mean_average_precision`; "purity":
    `dendrogram_purity`; "rand": `rand_index`.

    Raises:
        ValueError: the matrix is no distance matrix of K classes, there is a single group, or no
            group has two classes.
    """
    _check(distances, groups)
    ids = np.unique(groups, return_inverse=True)[1]
    generator = np.random.default_rng(seed)
    shuffled = [generator.permutation(ids) for _ in range(shuffles)]
    return tuple(
        _against_chance(name, figure(distances), ids, shuffled) for name, figure in _FIGURES.items()
    )


def nearest_agreement(distances: Matrix, groups: Sequence[str]) -> float:
    """Share of the classes whose nearest other class is of their own group.

    Classes that are alone in their group do not count. Of equally near classes the first is taken.

    Raises:
        ValueError: as `agreement`.
    """
    return _figure_of("nearest", distances, groups)


def mean_average_precision(distances: Matrix, groups: Sequence[str]) -> float:
    """Mean average precision of finding the classes of one's own group, nearest first.

    Each class is the query once; classes that are alone in their group do not count.

    Raises:
        ValueError: as `agreement`.
    """
    return _figure_of("map", distances, groups)


def dendrogram_purity(distances: Matrix, groups: Sequence[str]) -> float:
    """Purity of the class tree (Heller & Ghahramani 2005).

    For two classes of one group, take the smallest branch that holds both: which share of its
    classes is of that group? The mean over all such pairs, 1 if each group is a branch.

    Raises:
        ValueError: as `agreement`.
    """
    return _figure_of("purity", distances, groups)


def rand_index(distances: Matrix, groups: Sequence[str]) -> float:
    """Adjusted Rand index (Hubert & Arabie 1985) of the class tree cut into as many groups.

    1 if the cut gives the groups exactly, 0 on average by chance.

    Raises:
        ValueError: as `agreement`.
    """
    return _figure_of("rand", distances, groups)


def class_tree(distances: Matrix) -> Matrix:
    """Tree of K classes by average linkage (UPGMA): distances (K, K) -> SciPy's (K - 1, 4).

    The leaves are ordered so that neighbours are near (Bar-Joseph et al. 2001).

    Raises:
        ValueError: it is no distance matrix of at least two classes.
    """
    _check_matrix(distances)
    condensed = squareform(distances, checks=False)
    return linkage(condensed, method="average", optimal_ordering=True)


def _figure_of(name: str, distances: Matrix, groups: Sequence[str]) -> float:
    _check(distances, groups)
    return _FIGURES[name](distances)(np.unique(groups, return_inverse=True)[1])


def _against_chance(
    name: str, figure: Callable[[Groups], float], groups: Groups, shuffled: Sequence[Groups]
) -> Agreement:
    value = figure(groups)
    by_chance = np.array([figure(each) for each in shuffled])
    reached = 1 + int((by_chance >= value - 1e-12).sum())
    return Agreement(name, value, float(by_chance.mean()), reached / (1 + len(shuffled)))


def _nearest(distances: Matrix) -> Callable[[Groups], float]:
    nearest = _ranking(distances)[:, 0]

    def figure(groups: Groups) -> float:
        accompanied = np.bincount(groups)[groups] > 1
        return float((groups[nearest] == groups)[accompanied].mean())

    return figure


def _map(distances: Matrix) -> Callable[[Groups], float]:
    ranking = _ranking(distances)
    ranks = np.arange(1, len(distances))

    def figure(groups: Groups) -> float:
        hits = groups[ranking] == groups[:, None]
        precision = hits.cumsum(axis=1) / ranks
        counts = hits.sum(axis=1)
        accompanied = counts > 0
        return float(((precision * hits).sum(axis=1)[accompanied] / counts[accompanied]).mean())

    return figure


def _purity(distances: Matrix) -> Callable[[Groups], float]:
    members, meeting = _branches(class_tree(distances))
    first, second = np.triu_indices(len(distances), 1)
    joints = meeting[first, second]

    def figure(groups: Groups) -> float:
        same = groups[first] == groups[second]
        counts = members @ np.eye(groups.max() + 1)[groups]
        purity = counts / members.sum(axis=1, keepdims=True)
        return float(purity[joints[same], groups[first[same]]].mean())

    return figure


def _branches(tree: Matrix) -> tuple[NDArray[np.bool_], NDArray[np.int64]]:
    """The leaves of each joint (K - 1, K), and the joint where two leaves meet (K, K)."""
    count = len(tree) + 1
    members = np.concatenate([np.eye(count, dtype=bool), np.zeros((count - 1, count), bool)])
    meeting = np.zeros((count, count), np.int64)
    for joint, (first, second) in enumerate(tree[:, :2].astype(np.int64)):
        members[count + joint] = members[first] | members[second]
        for one, other in ((first, second), (second, first)):
            meeting[np.ix_(members[one], members[other])] = joint
    return members[count:], meeting


def _rand(distances: Matrix) -> Callable[[Groups], float]:
    tree = class_tree(distances)

    def figure(groups: Groups) -> float:
        clusters = fcluster(tree, t=int(groups.max()) + 1, criterion="maxclust")
        return _adjusted_rand(groups, clusters)

    return figure


def _adjusted_rand(groups: Groups, clusters: Groups) -> float:
    table = np.zeros((groups.max() + 1, clusters.max() + 1))
    np.add.at(table, (groups, clusters), 1)
    together = comb(table, 2).sum()
    in_groups, in_clusters = (comb(table.sum(axis=axis), 2).sum() for axis in (1, 0))
    by_chance = in_groups * in_clusters / comb(len(groups), 2)
    return float((together - by_chance) / ((in_groups + in_clusters) / 2 - by_chance))


_FIGURES = {"nearest": _nearest, "map": _map, "purity": _purity, "rand": _rand}


def _ranking(distances: Matrix) -> NDArray[np.int64]:
    """The other classes of each class, nearest first: (K, K) -> (K, K - 1)."""
    others = distances.copy()
    np.fill_diagonal(others, -1.0)  # comes first, and is cut off
    return np.argsort(others, axis=1, kind="stable")[:, 1:]


def _check(distances: Matrix, groups: Sequence[str]) -> None:
    _check_matrix(distances)
    if len(groups) != len(distances):
        raise ValueError(f"{len(distances)} classes, but {len(groups)} groups")
    sizes = np.unique(groups, return_counts=True)[1]
    if len(sizes) < 2 or sizes.max() < 2:
        raise ValueError("agreement needs two groups or more, one of them with two classes")


def _check_matrix(distances: Matrix) -> None:
    shape = np.shape(distances)
    if len(shape) != 2 or shape[0] != shape[1] or shape[0] < 2:
        raise ValueError(f"a distance matrix has the shape (K, K) with K >= 2, not {shape}")
    if not (np.isfinite(distances).all() and (distances >= 0).all()):
        raise ValueError("a distance matrix holds finite numbers, none of them negative")
    if np.diagonal(distances).any() or not np.allclose(distances, distances.T):
        raise ValueError("a distance matrix is symmetric and 0 on its diagonal")
