"""Every detection that some threshold gives, from the scores themselves.

For a threshold t, a detection is a run of frames whose scores are above t. As t falls, runs are
born at local maxima, grow, and merge: they form a tree with at most as many nodes as there are
frames. Each node is one run, found by thresholds below its level and not below its parent's. So
what a threshold gives is a sum of changes over the levels above it, which is how Ebbers, Serizel &
Haeb-Umbach ("Threshold-Independent Evaluation of Sound Event Detection Scores", ICASSP 2022) count
at all thresholds at once; here the changes are summed over the nodes of the tree.

Axis letters: N frames, K classes.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, slots=True, eq=False)
class Components:
    """The runs of scores (N, K), one for each frame and class.

    Attributes:
        levels: the scores (N, K); the run of a frame has no lower score than this.
        first: first frame of the run (N, K).
        end: frame behind the last one of the run (N, K).
        parent: frame whose level is the highest at which the run is part of a longer one (N, K);
            -1 if there is none.
        counts: whether the frame stands for its run (N, K); each run is counted once, at the first
            of its lowest frames, and scores of minus infinity are never detected.
    """

    levels: NDArray[Any]
    first: NDArray[np.int64]
    end: NDArray[np.int64]
    parent: NDArray[np.int64]
    counts: NDArray[np.bool_]

    def changes(self, weights: NDArray[Any]) -> NDArray[Any]:
        """How the sum of the weights (N, K) of the runs changes at each frame's level: (N, K).

        The sum over all runs that a threshold gives is the sum of the changes at the levels above
        the threshold. Weights of frames that do not count are ignored.
        """
        born = np.where(self.counts, weights, 0)
        ends = np.nonzero(self.counts & (self.parent >= 0))
        died = np.zeros_like(born)
        np.add.at(died, (self.parent[ends], ends[1]), born[ends])
        return born - died


def components(scores: NDArray[Any]) -> Components:
    """Find all runs of scores (N, K) that are not NaN."""
    classes = scores.shape[1]
    if not len(scores):
        nothing = np.zeros((0, classes), dtype=np.int64)
        return Components(scores, nothing, nothing, nothing, nothing.astype(bool))
    minima = _window_minima(scores)
    first = _reach_back(scores, minima, strict=False)
    end = _reach_forward(scores, minima)
    floor = np.full((1, classes), -np.inf)
    padded = np.concatenate([scores, floor])  # row -1, too, is the floor
    before = np.take_along_axis(padded, first - 1, axis=0)
    behind = np.take_along_axis(padded, end, axis=0)
    parent = np.where(before >= behind, first - 1, end)
    parent[np.maximum(before, behind) == -np.inf] = -1
    alone = _reach_back(scores, minima, strict=True) == first
    return Components(scores, first, end, parent, alone & (scores > -np.inf))


def _window_minima(scores: NDArray[Any]) -> list[NDArray[Any]]:
    """Minima over 1, 2, 4, ... frames from each frame on, as far as they fit."""
    minima = [scores]
    while 2 * (width := 2 ** (len(minima) - 1)) <= len(scores):
        last = minima[-1]
        minima.append(np.minimum(last[:-width], last[width:]))
    return minima


def _reach_back(
    scores: NDArray[Any], minima: list[NDArray[Any]], *, strict: bool
) -> NDArray[np.int64]:
    """First frame of the run of scores not below (`strict`: above) each frame's, up to it."""
    begin, classes = _own_places(scores), scores.shape[1]
    for power in reversed(range(len(minima))):
        step = classes << power
        start = begin - step
        lowest = minima[power].ravel().take(start, mode="clip")
        fits = (lowest > scores) if strict else (lowest >= scores)
        begin -= step * (fits & (start >= 0))
    return begin // classes


def _reach_forward(scores: NDArray[Any], minima: list[NDArray[Any]]) -> NDArray[np.int64]:
    """End of the run of scores not below each frame's, from it on."""
    classes = scores.shape[1]
    end = _own_places(scores) + classes
    for power in reversed(range(len(minima))):
        lowest = minima[power].ravel().take(end, mode="clip")
        end += (classes << power) * ((lowest >= scores) & (end < minima[power].size))
    return end // classes


def _own_places(scores: NDArray[Any]) -> NDArray[np.int64]:
    """Where each score stands when the rows are laid one behind the other (N, K).

    Looking scores up in flat arrays takes half the time of `take_along_axis`.
    """
    return np.arange(scores.size).reshape(scores.shape)
