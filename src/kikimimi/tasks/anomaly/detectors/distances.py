"""Distances to rows of normal sound. Axes: Q queries, R rows, D size of a row.

Each distance is computed from its two rows alone, so that a score never depends on the others.
"""

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray
from scipy.spatial.distance import cdist

from kikimimi.errors import AnomalyError
from kikimimi.names import suggestion

METRICS = ("cosine", "euclidean")

_AT_ONCE = 256

Rows = NDArray[np.float64]
Bank = NDArray[np.float32]
"""Rows of normal sound as they are kept, `prepared`."""


def prepared(rows: Rows, metric: str) -> Rows:
    """Rows as they are compared: of length 1 under "cosine", where a row of zeros stays.

    Raises:
        AnomalyError: there is no such metric.
    """
    if metric not in METRICS:
        raise AnomalyError(f"there is no metric '{metric}'; {suggestion(metric, METRICS)}")
    if metric == "euclidean":
        return rows
    lengths = np.linalg.norm(rows, axis=1, keepdims=True)
    return rows / np.where(lengths > 0, lengths, 1)


def distances(queries: Rows | Bank, rows: Rows | Bank, metric: str) -> Rows:
    """(Q, D), (R, D), both `prepared` -> (Q, R); 1 - cosine under "cosine"."""
    found = cdist(queries, rows, "sqeuclidean" if metric == "cosine" else "euclidean")
    return found / 2 if metric == "cosine" else found


def in_blocks(count: int) -> Iterator[slice]:
    """Stretches of the queries that are compared at once."""
    for start in range(0, count, _AT_ONCE):
        yield slice(start, min(start + _AT_ONCE, count))


def mean_of_nearest(found: Rows, count: int) -> NDArray[np.float64]:
    """(Q, R) -> (Q,): the mean of the `count` smallest; infinite ones (left out) do not count."""
    count = min(count, found.shape[1])
    nearest = np.partition(found, count - 1, axis=1)[:, :count]
    there = np.isfinite(nearest)
    return np.where(there, nearest, 0).sum(axis=1) / np.maximum(there.sum(axis=1), 1)
