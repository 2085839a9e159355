"""From scores to happenings, by hysteresis.

A happening begins where a score is above its threshold and goes on while one is above its release,
which lies lower; pauses shorter than a gap do not end it. What flickers about a threshold is thus
one happening.

Axes: N frames, K labels.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from kikimimi.listening.contract import Happening, Kind, Scores
from kikimimi.types import FloatArray

LevelWithin = Callable[[float, float], float | None]
"""LAFmax between two times, as far as it is known."""

_RELEASE_SHARE = 0.7
_RELEASE_DB = 3.0


def default_releases(kind: Kind, thresholds: NDArray[np.float32]) -> NDArray[np.float32]:
    """What scores must stay above: 3 dB under the threshold of a level, 0.7 of other thresholds."""
    if kind == "level":
        return thresholds - np.float32(_RELEASE_DB)
    return np.where(thresholds > 0, thresholds * np.float32(_RELEASE_SHARE), thresholds)


@dataclass(slots=True)
class _Open:
    """A happening under way."""

    label: str
    onset_s: float
    offset_s: float
    score: float


class Tracker:
    """Follows labels that count as one: whichever is heard, it is the same happening.

    It is called by the label that was highest above its threshold when it was loudest.

    Args:
        kind: of the happenings.
        labels: the K labels.
        thresholds: (K,) what begins it.
        releases: (K,) what keeps it going.
        gap_s: the longest pause within it.
        level_within: what tells its level.
    """

    def __init__(
        self,
        kind: Kind,
        labels: Sequence[str],
        *,
        thresholds: NDArray[np.float32],
        releases: NDArray[np.float32] | None = None,
        gap_s: float = 0.5,
        level_within: LevelWithin | None = None,
    ) -> None:
        self._kind: Kind = kind
        self._labels = tuple(labels)
        self._thresholds = thresholds
        self._releases = default_releases(kind, thresholds) if releases is None else releases
        self._gap_s = gap_s
        self._level_within = level_within
        self._open: _Open | None = None
        self._peak = -np.inf

    def push(self, scores: Scores) -> Iterator[Happening]:
        """Take the next scores (N, K); yield what begins, goes on and is over.

        What is under way is told once for each call, and once more when it is over.
        """
        for number, row in enumerate(scores.values):
            start_s = scores.start_s + number * scores.hop_s
            yield from self._take(row, start_s, start_s + scores.hop_s)
        if self._open is not None and self._open.offset_s > scores.start_s:
            yield self._happening(self._open, is_over=False)

    def finish(self) -> Iterator[Happening]:
        """Yield what was under way when the sound ended."""
        if self._open is not None:
            yield self._happening(self._open, is_over=True)
        self._open = None

    def _take(self, row: FloatArray, start_s: float, end_s: float) -> Iterator[Happening]:
        begins = bool((row > self._thresholds).any())
        if self._open is not None and start_s - self._open.offset_s > self._gap_s:
            yield from self.finish()
        if self._open is None and begins:
            self._open, self._peak = _Open("", start_s, end_s, -np.inf), -np.inf
        if self._open is not None and (begins or bool((row > self._releases).any())):
            self._open.offset_s = end_s
            self._take_peak(row)

    def _take_peak(self, row: FloatArray) -> None:
        assert self._open is not None
        above = row - self._thresholds
        best = int(np.argmax(above))
        if above[best] > self._peak:
            self._peak = float(above[best])
            self._open.label, self._open.score = self._labels[best], float(row[best])

    def _happening(self, found: _Open, *, is_over: bool) -> Happening:
        level = self._level_within and self._level_within(found.onset_s, found.offset_s)
        return Happening(
            kind=self._kind,
            label=found.label,
            onset_s=found.onset_s,
            offset_s=found.offset_s,
            score=found.score,
            level_db=level,
            is_over=is_over,
        )


class EachLabel:
    """A tracker for each label, made when it is first heard; quiet labels cost nothing."""

    def __init__(
        self,
        kind: Kind,
        labels: Sequence[str],
        *,
        thresholds: NDArray[np.float32],
        gap_s: float = 0.5,
        level_within: LevelWithin | None = None,
    ) -> None:
        self._kind: Kind = kind
        self._labels = tuple(labels)
        self._thresholds = thresholds
        self._gap_s = gap_s
        self._level_within = level_within
        self._open: dict[int, Tracker] = {}

    def push(self, scores: Scores) -> Iterator[Happening]:
        """As `Tracker.push`, of each label by itself."""
        begun = np.flatnonzero((scores.values > self._thresholds).any(axis=0)).tolist()
        for number in sorted({*self._open, *begun}):
            tracker = self._open.setdefault(number, self._tracker(number))
            column = Scores(scores.start_s, scores.hop_s, scores.values[:, number : number + 1])
            happenings = list(tracker.push(column))
            if happenings and happenings[-1].is_over:
                del self._open[number]
            yield from happenings

    def finish(self) -> Iterator[Happening]:
        """Yield all that was under way."""
        for tracker in self._open.values():
            yield from tracker.finish()
        self._open.clear()

    def _tracker(self, number: int) -> Tracker:
        return Tracker(
            self._kind,
            self._labels[number : number + 1],
            thresholds=self._thresholds[number : number + 1],
            gap_s=self._gap_s,
            level_within=self._level_within,
        )
