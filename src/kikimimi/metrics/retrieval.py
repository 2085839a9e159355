"""Figures of merit of a search by example."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from kikimimi.types import FloatArray


def precision_at_k(
    embeddings: FloatArray,
    labels: Sequence[str],
    *,
    k: int,
    sources: Sequence[str] | None = None,
) -> float:
    """Share of the k nearest neighbours that have the query's label, mean over all queries.

    Each row is the query once; the others are ranked by Euclidean distance. Rows of the query's
    own source are left out, because clips cut from one recording are no test of likeness.

    Args:
        embeddings: (V, D).
        labels: V labels.
        k: how many neighbours count; at least 1.
        sources: V names of the recordings that the rows were cut from; each row its own if None.

    Raises:
        ValueError: the lengths differ, or a query has fewer than k candidates.
    """
    distances = _candidates(squared_distances(embeddings), labels, sources)
    if (np.isfinite(distances).sum(axis=1) < k).any():
        raise ValueError(f"a query has fewer than {k} candidates of other sources")
    nearest = np.argsort(distances, axis=1, kind="stable")[:, :k]
    label_ids = np.unique(labels, return_inverse=True)[1]
    return float((label_ids[nearest] == label_ids[:, None]).mean())


def mean_average_precision(
    distances: NDArray[Any],
    labels: Sequence[str],
    *,
    k: int | None = None,
    sources: Sequence[str] | None = None,
) -> float:
    """Average precision of the ranking of each row, mean over the queries that have an answer.

    Each row is the query once; the others are ranked by their distance to it, and those of its
    label are the answers. Rows of the query's own source are left out. Equal distances, which
    Hamming distances mostly are, count with the expected value over all orders of the equals
    (McSherry and Najork, "Computing Information Retrieval Performance Measures Efficiently in the
    Presence of Tied Scores", ECIR 2008). With `k`, the precisions at the answers among the first
    k are summed and divided by the largest number that there could be, min(k, answers).

    Args:
        distances: (V, V), row v from query v; finite.
        labels: V labels.
        k: how far down a ranking to look; all of it if None.
        sources: V names of the recordings that the rows were cut from; each row its own if None.

    Raises:
        ValueError: the sizes do not fit, k is below 1, or no query has an answer.
    """
    if k is not None and k < 1:
        raise ValueError(f"a ranking cannot be cut at {k}")
    allowed = _candidates(distances, labels, sources)
    label_ids = np.unique(labels, return_inverse=True)[1]
    found = []
    for row, label in zip(allowed, label_ids, strict=True):
        present = np.isfinite(row)
        answers = label_ids[present] == label
        if answers.any():
            found.append(_average_precision(row[present], answers, k or len(row)))
    if not found:
        raise ValueError("no query has a candidate of its own label")
    return float(np.mean(found))


def query_average_precision(
    distances: NDArray[Any],
    query_labels: Sequence[str],
    labels: Sequence[str],
    *,
    k: int | None = None,
) -> float:
    """`mean_average_precision` of queries that are not rows themselves, such as words for sounds.

    Args:
        distances: (Q, V), row q from query q; finite.
        query_labels: Q labels.
        labels: V labels.
        k: how far down a ranking to look; all of it if None.

    Raises:
        ValueError: the sizes do not fit, k is below 1, or no query has an answer.
    """
    if k is not None and k < 1:
        raise ValueError(f"a ranking cannot be cut at {k}")
    if distances.shape != (len(query_labels), len(labels)):
        raise ValueError(
            f"distances {distances.shape}, {len(query_labels)} queries, {len(labels)} labels"
        )
    found = []
    for row, label in zip(distances, query_labels, strict=True):
        answers = np.array([each == label for each in labels])
        if answers.any():
            found.append(_average_precision(row, answers, k or len(row)))
    if not found:
        raise ValueError("no query has a candidate of its own label")
    return float(np.mean(found))


def _average_precision(distances: NDArray[Any], answers: NDArray[np.bool_], k: int) -> float:
    """Expected average precision of one ranking at k, over all orders of equal distances."""
    group = np.unique(distances, return_inverse=True)[1]
    sizes = np.bincount(group)
    hits = np.bincount(group, weights=answers)
    position = np.arange(1, len(distances) + 1)
    group = np.sort(group)  # the group that holds each position
    before = (np.cumsum(sizes) - sizes)[group]
    hits_before = (np.cumsum(hits) - hits)[group]
    size, hit = sizes[group], hits[group]
    # Given an answer at a position, each earlier one of its group is an answer with this chance.
    others = (hit - 1) / np.maximum(size - 1, 1)
    precision = (hits_before + 1 + (position - before - 1) * others) / position
    expected = hit / size * precision
    return float(expected[:k].sum() / min(k, answers.sum()))


def _candidates(
    distances: NDArray[Any], labels: Sequence[str], sources: Sequence[str] | None
) -> NDArray[np.float64]:
    """A copy of distances (V, V) in which rows of the query's own source are infinitely far."""
    count = len(distances)
    source_ids = np.arange(count) if sources is None else np.unique(sources, return_inverse=True)[1]
    if not len(labels) == len(source_ids) == count or distances.shape != (count, count):
        raise ValueError(
            f"distances {distances.shape}, {len(labels)} labels, {len(source_ids)} sources"
        )
    allowed = distances.astype(np.float64)
    allowed[source_ids[:, None] == source_ids[None, :]] = np.inf
    return allowed


def hamming_distances(codes: NDArray[np.uint8]) -> NDArray[np.int64]:
    """Numbers of unequal bits between all rows of packed codes: (V, K / 8) -> (V, V)."""
    bits = np.unpackbits(codes, axis=1).astype(np.float64)
    ones = bits.sum(axis=1)
    return np.rint(ones[:, None] + ones[None, :] - 2 * bits @ bits.T).astype(np.int64)


def squared_distances(embeddings: FloatArray) -> np.ndarray:
    """Squared Euclidean distances between all rows: (V, D) -> (V, V) float64."""
    rows = embeddings.astype(np.float64)
    norms = np.square(rows).sum(axis=1)
    return np.maximum(norms[:, None] + norms[None, :] - 2 * rows @ rows.T, 0)
