"""Event-based figures: an event is found if one of its class begins and ends near enough.

The definitions are those of sed_eval (Mesaros, Heittola & Virtanen, "Metrics for Polyphonic Sound
Event Detection", Applied Sciences 2016, section 3.2). Axis letters: R events of the reference,
E estimated events.
"""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

from kikimimi.metrics.detection.checks import EventsByFile, check_classes, check_files
from kikimimi.metrics.detection.figures import ClassFigures, DetectionFigures
from kikimimi.metrics.detection.matching import maximum_matching
from kikimimi.types import Event

Hits = NDArray[np.bool_]
"""Which event of the reference (R) fits which estimated event (E): (R, E)."""


class Matching(StrEnum):
    """Which of several fitting events is taken."""

    optimal = "optimal"
    """As many pairs as possible."""
    greedy = "greedy"
    """Each event of the reference, in the order given, takes the first that is left."""


@dataclass(frozen=True, slots=True)
class Collar:
    """How near is near enough.

    Attributes:
        collar_s: greatest distance of onsets, and of offsets, in seconds.
        offset_share: the offset may also be off by this share of the length of the reference
            event, if that is more.
        onset: whether onsets are compared.
        offset: whether offsets are compared.
        decimals: distances are rounded to so many decimals of a second before they are compared,
            6 being what sed_scores_eval does. None compares in double precision as sed_eval does,
            so that 0.8 s and 0.6 s are farther apart than 0.2 s.
    """

    collar_s: float = 0.2
    offset_share: float = 0.5
    onset: bool = True
    offset: bool = True
    decimals: int | None = None

    def __post_init__(self) -> None:
        """Check the values.

        Raises:
            ValueError: a collar is negative, a share not in [0, 1], or nothing is compared.
        """
        if not (math.isfinite(self.collar_s) and self.collar_s >= 0):
            raise ValueError(f"a collar is 0 or more seconds, not {self.collar_s}")
        if not 0 <= self.offset_share <= 1:
            raise ValueError(f"the share of an event's length is 0 to 1, not {self.offset_share}")
        if not (self.onset or self.offset):
            raise ValueError("compare onsets, offsets or both")

    def hits(
        self,
        onsets_s: NDArray[np.float64],
        offsets_s: NDArray[np.float64],
        estimated_onsets_s: NDArray[np.float64],
        estimated_offsets_s: NDArray[np.float64],
    ) -> Hits:
        """Which pairs are near enough, whatever their classes: times (R,), (R,), (E,), (E,)."""
        near = np.ones((len(onsets_s), len(estimated_onsets_s)), dtype=bool)
        if self.onset:
            near &= self._within(onsets_s[:, None] - estimated_onsets_s, self.collar_s)
        if self.offset:
            allowed = np.maximum(self.collar_s, self.offset_share * (offsets_s - onsets_s))
            near &= self._within(offsets_s[:, None] - estimated_offsets_s, allowed[:, None])
        return near

    def _within(
        self, distances_s: NDArray[np.float64], allowed_s: NDArray[np.float64] | float
    ) -> Hits:
        if self.decimals is None:
            return np.abs(distances_s) <= allowed_s
        return np.round(np.abs(distances_s) - allowed_s, self.decimals) <= 0


def event_based_figures(
    reference: EventsByFile,
    estimated: EventsByFile,
    classes: Sequence[str],
    *,
    collar: Collar | None = None,
    matching: Matching | str = Matching.optimal,
) -> DetectionFigures:
    """F and error rate over events.

    Overlapping events of one class stay events of their own. Events that are left and lie near
    enough but are of different classes are substitutions. Recordings that are missing in
    `estimated` count as ones in which nothing was found.

    Args:
        reference: events of each recording.
        estimated: events that were found.
        classes: K names.
        collar: how near is near enough; 0.2 s, or half of the length for offsets, if None.
        matching: "optimal" or "greedy", see `Matching`.

    Raises:
        ValueError: a recording is not in the reference, or an event cannot be evaluated.
    """
    columns = check_classes(classes)
    check_files(reference, estimated, columns)
    allowed, match = collar or Collar(), _MATCHINGS[Matching(matching)]
    right = dict.fromkeys(classes, 0)
    substitutions = 0
    for filename, truth in reference.items():
        found = estimated.get(filename, ())
        near = allowed.hits(*_times(truth), *_times(found))
        pairs = match(near & (_labels(truth)[:, None] == _labels(found)))
        for row, _ in pairs:
            right[truth[row].event_label] += 1
        substitutions += _substitutions(near, pairs)
    expected = _count(reference, classes)
    returned = _count(estimated, classes)
    hits = sum(right.values())
    return DetectionFigures(
        tuple(
            ClassFigures(name, expected[name], right[name], returned[name] - right[name])
            for name in classes
        ),
        substitutions=substitutions,
        deletions=sum(expected.values()) - hits - substitutions,
        insertions=sum(returned.values()) - hits - substitutions,
    )


def _optimal(hits: Hits) -> list[tuple[int, int]]:
    graph: dict[int, list[int]] = {}
    for row, column in zip(*(axis.tolist() for axis in np.nonzero(hits)), strict=True):
        graph.setdefault(column, []).append(row)
    return list(maximum_matching(graph).items())


def _greedy(hits: Hits) -> list[tuple[int, int]]:
    free = np.ones(hits.shape[1], dtype=bool)
    pairs = []
    for row in np.flatnonzero(hits.any(axis=1)):
        columns = np.flatnonzero(hits[row] & free)
        if len(columns):
            free[columns[0]] = False
            pairs.append((int(row), int(columns[0])))
    return pairs


_MATCHINGS: dict[Matching, Callable[[Hits], list[tuple[int, int]]]] = {
    Matching.optimal: _optimal,
    Matching.greedy: _greedy,
}


def _substitutions(near: Hits, pairs: Sequence[tuple[int, int]]) -> int:
    """How many events that are left pair off, each with the first one near enough."""
    left = near.copy()
    for row, column in pairs:
        left[row] = False
        left[:, column] = False
    return len(_greedy(left))


def _times(events: Sequence[Event]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    onsets = np.array([event.onset_s for event in events], dtype=np.float64)
    return onsets, np.array([event.offset_s for event in events], dtype=np.float64)


def _labels(events: Sequence[Event]) -> NDArray[np.object_]:
    return np.array([event.event_label for event in events], dtype=object)


def _count(events_by_file: EventsByFile, classes: Sequence[str]) -> dict[str, int]:
    counts = dict.fromkeys(classes, 0)
    for events in events_by_file.values():
        for event in events:
            counts[event.event_label] += 1
    return counts
