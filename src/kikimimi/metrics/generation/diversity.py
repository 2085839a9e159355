"""How different the sounds of one set are from each other. Axes: n clips, D embedding size."""

import numpy as np
from numpy.typing import NDArray
from scipy.spatial.distance import pdist

from kikimimi.metrics.distribution import Cloud, checked_cloud


def mean_cosine_distance(cloud: Cloud) -> float:
    """Mean of 1 - cosine over all pairs of rows (n, D): 0 for equal sounds, 1 for unrelated ones.

    Raises:
        ValueError: there are fewer than two rows, or a row is zero.
    """
    return float(pdist(_unit_rows(cloud, least=2), "sqeuclidean").mean() / 2)


def vendi_score(cloud: Cloud) -> float:
    """The effective number of different rows (n, D), from 1 to n.

    Friedman and Dieng, "The Vendi score: a diversity evaluation metric for machine learning",
    TMLR 2023: the exponential of the entropy of the eigenvalues of the cosine similarities over n.

    Raises:
        ValueError: there are no rows, or one is zero.
    """
    rows = _unit_rows(cloud, least=1)
    eigenvalues = np.square(np.linalg.svd(rows, compute_uv=False)) / len(rows)
    present = eigenvalues[eigenvalues > 1e-12]
    return float(np.exp(-(present * np.log(present)).sum()))


def _unit_rows(cloud: Cloud, *, least: int) -> NDArray[np.float64]:
    rows = checked_cloud(cloud, least=least)
    lengths = np.linalg.norm(rows, axis=1, keepdims=True)
    if not lengths.all():
        raise ValueError("an embedding is zero and has no direction; leave its sound out")
    return rows / lengths
