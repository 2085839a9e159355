"""What a search is asked to be like: one example or several, in the forms that people give them."""

import os
from collections.abc import Callable, Sequence

import numpy as np

from kikimimi.library.combination import Combination
from kikimimi.library.example import Example, WeightedExample
from kikimimi.library.records import SoundReference
from kikimimi.library.space import Metric
from kikimimi.types import FloatArray

OneLike = Example | SoundReference | FloatArray
Like = OneLike | Sequence[OneLike | WeightedExample]
"""One example, or several of which those of weight -1 are to be unlike."""


def combination_of(
    like: Like,
    vectors_of: Callable[[Example], FloatArray],
    *,
    metric: Metric = "euclidean",
    pca: int | None = None,
) -> Combination:
    """The vectors of what is to be like and unlike.

    Sounds that are named by their ids are not to be found themselves.

    Args:
        like: the examples.
        vectors_of: gives the vectors (Q, D) of an example.
        metric: how sounds are compared.
        pca: in this number of principal components.

    Raises:
        QueryError: there is nothing to be like; an example is unknown.
        AudioError: an example cannot be read.
    """
    positives: list[FloatArray] = []
    negatives: list[FloatArray] = []
    excluded: list[int] = []
    for each, weight in map(_weighted, _several(like)):
        vectors = each if isinstance(each, np.ndarray) else vectors_of(each)
        (positives if weight > 0 else negatives).append(vectors)
        if isinstance(each, Example) and isinstance(each.sound, int):
            excluded.append(each.sound)
    combination = Combination(positives, negatives, metric, pca, tuple(excluded))
    combination.check()
    return combination


def _several(like: Like) -> Sequence[OneLike | WeightedExample]:
    single = isinstance(like, Example | int | str | os.PathLike | np.ndarray)
    return [like] if single else like  # type: ignore[list-item, return-value]


def _weighted(each: OneLike | WeightedExample) -> tuple[Example | FloatArray, int]:
    if isinstance(each, WeightedExample):
        return each.example, each.weight
    if isinstance(each, Example | np.ndarray):
        return each, 1
    return Example(each), 1
