"""Figures of merit of a search by example."""

from collections.abc import Sequence

import numpy as np

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
    count = len(embeddings)
    source_ids = np.arange(count) if sources is None else np.unique(sources, return_inverse=True)[1]
    if not len(labels) == len(source_ids) == count:
        raise ValueError(f"{count} embeddings, {len(labels)} labels, {len(source_ids)} sources")
    distances = squared_distances(embeddings)
    distances[source_ids[:, None] == source_ids[None, :]] = np.inf
    if (np.isfinite(distances).sum(axis=1) < k).any():
        raise ValueError(f"a query has fewer than {k} candidates of other sources")
    nearest = np.argsort(distances, axis=1, kind="stable")[:, :k]
    label_ids = np.unique(labels, return_inverse=True)[1]
    return float((label_ids[nearest] == label_ids[:, None]).mean())


def squared_distances(embeddings: FloatArray) -> np.ndarray:
    """Squared Euclidean distances between all rows: (V, D) -> (V, V) float64."""
    rows = embeddings.astype(np.float64)
    norms = np.square(rows).sum(axis=1)
    return np.maximum(norms[:, None] + norms[None, :] - 2 * rows @ rows.T, 0)
