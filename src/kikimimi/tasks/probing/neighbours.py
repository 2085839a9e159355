"""Classification by the nearest neighbours of frozen embeddings.

Axes: V clips, Q queries, D embedding size, K classes.
"""

import numpy as np
from numpy.typing import NDArray

from kikimimi.errors import ConfigError
from kikimimi.tasks.probing.linear import Examples
from kikimimi.types import FloatArray

_BLOCK_ROWS = 1024


def neighbour_scores(train: Examples, queries: FloatArray, *, k: int, classes: int) -> FloatArray:
    """Scores (Q, K): how many of the k nearest clips by cosine similarity are of each class.

    Of classes with as many, the one whose clips are more similar in sum is ahead.

    Raises:
        ConfigError: k is not between 1 and the number of clips.
    """
    if not 1 <= k <= len(train.embeddings):
        raise ConfigError(
            f"the {k} nearest of {len(train.embeddings)} clips cannot be asked for; "
            f"choose k from 1 to {len(train.embeddings)}"
        )
    known = unit_rows(train.embeddings)
    labels = _one_hot(train.targets, classes)
    scores = np.empty((len(queries), classes), np.float32)
    for start in range(0, len(queries), _BLOCK_ROWS):
        block = slice(start, start + _BLOCK_ROWS)
        similarities = unit_rows(queries[block]) @ known.T
        nearest = np.argpartition(-similarities, k - 1, axis=1)[:, :k]
        weights = 1 + np.take_along_axis(similarities, nearest, axis=1) / (4 * k)
        scores[block] = np.einsum("qk,qkc->qc", weights, labels[nearest])
    return scores


def unit_rows(rows: FloatArray) -> FloatArray:
    """Rows of length 1; a row of zeros stays."""
    lengths = np.linalg.norm(rows, axis=1, keepdims=True)
    return np.asarray(rows / np.where(lengths > 0, lengths, 1), np.float32)


def _one_hot(targets: NDArray[np.int64] | NDArray[np.float32], classes: int) -> NDArray[np.float32]:
    if targets.ndim == 2:
        return targets.astype(np.float32)
    return np.eye(classes, dtype=np.float32)[targets]
