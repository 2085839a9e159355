"""Logistic regression that keeps near a given vector of weights.

Axes: n rows, d features.
"""

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]

_MOST_STEPS = 30
_SMALLEST_STEP = 1e-4
_TOLERANCE = 1e-7
_FREE_BIAS = 1e-3
"""How strongly the bias is held, in parts of how strongly the weights are."""


def fit_logistic(
    features: Array, wanted: Array, importance: Array, *, prior: Array, strength: float
) -> tuple[Array, float]:
    """Minimise the weighted log-loss plus `strength` / 2 times the squared distance to `prior`.

    The maximum a posteriori estimate under a Gaussian prior of mean `prior`, by Newton's method
    with step halving (Bishop, Pattern Recognition and Machine Learning, 2006, 4.3.3 and 4.5).

    Args:
        features: (n, d).
        wanted: (n,), 1 or 0.
        importance: (n,), the weight of each row in the loss.
        prior: (d,).
        strength: above 0; the inverse variance of the prior.

    Returns:
        The weights (d,) and the bias.
    """
    design = np.hstack([features, np.ones((len(features), 1))])
    centre = np.append(prior, _starting_bias(features @ prior, wanted))
    precision = np.full(len(centre), strength)
    precision[-1] *= _FREE_BIAS
    signs = np.where(wanted > 0, -1.0, 1.0)

    def loss(point: Array) -> float:
        losses = importance @ np.logaddexp(0.0, signs * (design @ point))
        return float(losses + precision @ (point - centre) ** 2 / 2)

    point, present = centre, loss(centre)
    for _ in range(_MOST_STEPS):
        chances = sigmoid(design @ point)
        gradient = design.T @ (importance * (chances - wanted)) + precision * (point - centre)
        curvature = (design * (importance * chances * (1 - chances))[:, None]).T @ design
        direction = np.linalg.solve(curvature + np.diag(precision), gradient)
        size = 1.0
        while size > _SMALLEST_STEP and loss(point - size * direction) > present:
            size /= 2
        point = point - size * direction
        before, present = present, loss(point)
        if before - present < _TOLERANCE * max(1.0, abs(before)):
            break
    return point[:-1], float(point[-1])


def sigmoid(logits: Array) -> Array:
    """1 / (1 + exp(-z)) without overflow."""
    return np.exp(-np.logaddexp(0.0, -logits))


def _starting_bias(scores: Array, wanted: Array) -> float:
    """Half-way between the mean scores of the wanted and the unwanted rows."""
    return -float(scores[wanted > 0].mean() + scores[wanted == 0].mean()) / 2
