"""From which score on a sound has a taught tag, when only a few sounds are known to have it.

Where the scores of further sounds with the tag lie is estimated from the examples, each scored by
the others, and a prior for when there are few. How many there are in the library is the largest
number that the count of sounds above each score allows (the bound behind mixture proportion
estimation: Blanchard, Lee and Scott, "Semi-supervised novelty detection", JMLR 2010); where that
is more than a usual part of a library, the geometric mean of both, since the bound is loose when
the examples are unlike each other. The threshold is the score with the highest F1 to be expected.
"""

import math

import numpy as np

from kikimimi.library.taught.logistic import Array

TYPICAL_SHARE = 0.6
TYPICAL_SPREAD = 0.2
PRIOR_EXAMPLES = 1.5
USUAL_PART = 0.01
_LEAST_SEEN = 0.5
_LEAST_SHARE = 0.35
_HIGHEST_SHARE = 0.8
_GRID = 200


def choose_threshold(library: Array, own: Array, held_out: Array, refused: Array) -> float:
    """The threshold for the scores of sounds.

    Args:
        library: the scores of the sounds of the library.
        own: the scores of the examples, by the rule that was fitted to them.
        held_out: scores of examples by rules that have not seen them, as shares of the way from
            the middle of the library (0) to the rule's own examples (1).
        refused: the scores of the counter-examples.
    """
    middle, top = float(np.median(library)), float(own.mean())
    way = max(top - middle, 1e-9)
    weight = PRIOR_EXAMPLES + len(held_out)
    share = (PRIOR_EXAMPLES * TYPICAL_SHARE + held_out.sum()) / weight
    squares = PRIOR_EXAMPLES * TYPICAL_SPREAD**2 + ((held_out - share) ** 2).sum()
    spread = float(np.sqrt(squares / weight))
    shares = np.linspace(min(max(share - 2 * spread, _LEAST_SHARE), 0.9), 1.0, _GRID)
    seen = _normal_below((share - shares) / spread)
    above = len(library) - np.searchsorted(np.sort(library), middle + way * shares)
    counted = np.maximum(above, 0.5)
    present = _present(counted, seen, usual=max(USUAL_PART * len(library), 1.0))
    found = np.minimum(present * seen, counted)
    expected = 2 * found / (counted + present)
    threshold = middle + way * float(shares[np.argmax(expected)])
    if len(refused) == 0:
        return threshold
    return max(threshold, min(float(refused.max()), middle + way * _HIGHEST_SHARE))


def _present(counted: Array, seen: Array, *, usual: float) -> float:
    """How many sounds have the tag: the bound, drawn towards the usual number if it is higher."""
    sure = seen >= min(_LEAST_SEEN, float(seen[0]))
    bound = max(float((counted[sure] / seen[sure]).min()), 1.0)
    return bound if bound < usual else math.sqrt(bound * usual)


def _normal_below(values: Array) -> Array:
    """The cumulative distribution of the standard normal."""
    return np.array([math.erfc(-value / math.sqrt(2)) / 2 for value in values])
