"""Fitting a tag to a handful of examples.

1. Vectors are whitened by the library's own mean and covariance, as in exemplar LDA (Hariharan,
   Malik and Ramanan, "Discriminative decorrelation for clustering and classification", ECCV 2012).
2. The prior is the direction of the mean of the examples, so one example is enough.
3. Logistic regression moves away from it as examples and counter-examples come in. Unlabelled
   windows of the library are weak negatives of the same weight, all together, as the examples.
   Those that may have the tag are left out: the nearest few, and, in a library that is rich in it,
   all that are half as near to the examples as these are to each other, up to half of the library.
4. Of an example with several windows the best one is taken, found with the rule so far (Andrews,
   Tsochantaridis and Hofmann, "Support vector machines for multiple-instance learning", 2002).

Axes: W windows of a sound, n windows of the library, D size of a vector.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from kikimimi.library.taught.background import Background, Ids
from kikimimi.library.taught.head import Head, Whitening
from kikimimi.library.taught.logistic import Array, fit_logistic
from kikimimi.library.taught.threshold import choose_threshold
from kikimimi.types import FloatArray

SHRINKAGE = 0.2
PRIOR_LENGTH = 8.0
PRIOR_STRENGTH = 0.05
NEAR_SHARE = 0.02
LIKE_SHARE = 0.5
MOST_LEFT_OUT = 0.5
TYPICAL_CLOSENESS = 0.6
OWN_LOGIT = 4.0
_MOST_WHITENED = 20_000
_MOST_NEGATIVES = 1_500
_MOST_HELD_OUT = 8
_TINY = 1e-6
"""These were chosen on ESC-50's classes 0 to 24, as YAMNet and as networks trained on other folds
hear them; benchmarks/few_shot_tags.py reports on classes 25 to 49."""


def fit_head(
    wanted: Sequence[FloatArray], unwanted: Sequence[FloatArray], background: Background
) -> Head:
    """Learn a tag from sounds that have it and, if there are any, sounds that do not.

    Args:
        wanted: at least one sound, each as its windows (W, D).
        unwanted: counter-examples, each as its windows (W, D).
        background: the unlabelled library, at least one window.
    """
    head = fit_rule(wanted, unwanted, background)
    bags = [head.whitening.apply(windows) for windows in wanted]
    negatives = _negatives(head.whitening, unwanted, background)
    own = np.array([head.on_whitened(bag).max() for bag in bags])
    refused = np.array([head.on_whitened(bag).max() for bag in negatives.judged])
    _, library = background.highest(head.scores(background.vectors))
    threshold = choose_threshold(library, own, _held_out_shares(bags, negatives), refused)
    steepness = OWN_LOGIT / max(float(own.mean()) - threshold, _TINY)
    return replace(head, threshold=threshold, steepness=steepness)


def fit_rule(
    wanted: Sequence[FloatArray], unwanted: Sequence[FloatArray], background: Background
) -> Head:
    """Learn a tag as `fit_head` does, without looking for its threshold, which is left at 0.

    Enough for telling which of several tags fits a sound best.
    """
    whitening = Whitening.fit(
        background.vectors[_spread(len(background.vectors), _MOST_WHITENED)], shrinkage=SHRINKAGE
    )
    bags = [whitening.apply(windows) for windows in wanted]
    weights, bias = _fit(bags, _negatives(whitening, unwanted, background))
    return Head(whitening, weights, bias, threshold=0.0, steepness=1.0)


@dataclass(frozen=True, slots=True, eq=False)
class _Negatives:
    """Whitened counter-examples (W, D) and unlabelled windows (n, D)."""

    judged: list[Array]
    unlabelled: Array


def _negatives(
    whitening: Whitening, unwanted: Sequence[FloatArray], background: Background
) -> _Negatives:
    picked = _spread(len(background.vectors), _MOST_NEGATIVES)
    return _Negatives(
        [whitening.apply(windows) for windows in unwanted],
        whitening.apply(background.vectors[picked]),
    )


def _fit(bags: Sequence[Array], negatives: _Negatives) -> tuple[Array, float]:
    windows = np.stack([bag.mean(axis=0) for bag in bags])
    weights, bias = _fit_windows(windows, negatives)
    if all(len(bag) == 1 for bag in bags):
        return weights, bias
    best = np.stack([bag[np.argmax(bag @ weights)] for bag in bags])
    return _fit_windows(best, negatives)


def _fit_windows(windows: Array, negatives: _Negatives) -> tuple[Array, float]:
    centre = windows.mean(axis=0)
    direction = centre / max(float(np.linalg.norm(centre)), 1e-9)
    closeness = negatives.unlabelled @ direction
    far = negatives.unlabelled[closeness <= _farthest_like(windows, closeness)]
    blocks = [windows, *negatives.judged, far]
    importance = [np.ones(len(windows))]
    importance += [np.full(len(judged), 1 / len(judged)) for judged in negatives.judged]
    importance.append(np.full(len(far), len(windows) / len(far)))
    rows = np.concatenate(blocks)
    return fit_logistic(
        rows,
        (np.arange(len(rows)) < len(windows)).astype(np.float64),
        np.concatenate(importance),
        prior=PRIOR_LENGTH * direction,
        strength=PRIOR_STRENGTH / PRIOR_LENGTH**2,
    )


def _farthest_like(windows: Array, closeness: Array) -> float:
    """The closeness (n,) to the examples from which on an unlabelled window may have the tag."""
    like = max(LIKE_SHARE * _own_closeness(windows), np.quantile(closeness, 1 - MOST_LEFT_OUT))
    return min(float(like), float(np.quantile(closeness, 1 - NEAR_SHARE)))


def _own_closeness(windows: Array) -> float:
    """The mean cosine of an example to the mean of the others."""
    if len(windows) == 1:
        return TYPICAL_CLOSENESS
    others = (windows.sum(axis=0) - windows) / (len(windows) - 1)
    lengths = np.maximum(np.linalg.norm(others, axis=1), _TINY)
    return float(((windows * others).sum(axis=1) / lengths).mean())


def _held_out_shares(bags: Sequence[Array], negatives: _Negatives) -> Array:
    """Where an example lies that the others have not seen: 0 as the library, 1 as themselves."""
    if len(bags) < 2:
        return np.zeros(0)
    shares = []
    for left_out in _spread(len(bags), _MOST_HELD_OUT):
        others = [bag for place, bag in enumerate(bags) if place != left_out]
        weights, bias = _fit(others, negatives)
        middle = float(np.median(negatives.unlabelled @ weights + bias))
        own = float(np.mean([(bag @ weights + bias).max() for bag in others]))
        score = float((bags[left_out] @ weights + bias).max())
        shares.append((score - middle) / max(own - middle, 1e-9))
    return np.array(shares)


def _spread(count: int, most: int) -> Ids:
    """At most `most` places out of `count`, evenly spread."""
    return np.unique(np.linspace(0, count - 1, min(count, most)).astype(np.int64))
