"""One rule at work: from scores to the alerts that it asks for."""

from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from kikimimi.encoders.detection.labels import event_tag, find_classes
from kikimimi.errors import ConfigError, EncoderError
from kikimimi.listening.contract import Happening, Scores, Sensor
from kikimimi.listening.feed import WallTime
from kikimimi.listening.rules.hours import hold_any
from kikimimi.listening.rules.rule import Rule
from kikimimi.listening.tracking import LevelWithin, Tracker


@dataclass(frozen=True, slots=True)
class Fulfilled:
    """A rule was fulfilled at `told_s` by `count` happenings, of which this is the last."""

    rule: Rule
    happening: Happening
    told_s: float
    count: int
    held_off: int


class RuleWatch:
    """Follows what a rule listens to.

    Args:
        rule: what it asks for.
        sensor: of its kind.
        level_within: what tells the level of a happening.

    Raises:
        ConfigError: the sensor knows none of what the rule names; the message names the nearest.
    """

    def __init__(
        self, rule: Rule, sensor: Sensor, *, level_within: LevelWithin | None = None
    ) -> None:
        self.rule = rule
        self._hours = rule.hours
        self._columns = _columns(rule, sensor)
        thresholds = sensor.thresholds[self._columns]
        given = rule.above_db if rule.kind == "level" else rule.score
        if given is not None:
            thresholds = np.full(len(self._columns), given, np.float32)
        self.labels = tuple(sensor.labels[column] for column in self._columns)
        self._tracker = Tracker(
            rule.kind,
            self.labels,
            thresholds=thresholds,
            gap_s=rule.gap_s,
            level_within=level_within,
        )
        self._taken_s = -np.inf  # the onset of the happening that was counted last
        self._onsets: deque[float] = deque(maxlen=rule.count)
        self._free_s = -np.inf  # when the hold-off ends
        self._held_off = 0

    def push(self, scores: Scores, wall: WallTime) -> Iterator[Fulfilled]:
        """Take the next scores (N, K) of the sensor; yield when the rule is fulfilled."""
        values = scores.values[:, self._columns]
        for happening in self._tracker.push(Scores(scores.start_s, scores.hop_s, values)):
            yield from self._heed(happening, wall, scores.end_s)

    def finish(self, wall: WallTime) -> Iterator[Fulfilled]:
        """The sound ended, or goes on after a gap."""
        for happening in self._tracker.finish():
            yield from self._heed(happening, wall, happening.offset_s)

    def _heed(self, happening: Happening, wall: WallTime, now_s: float) -> Iterator[Fulfilled]:
        rule = self.rule
        # A tenth of a sample's time at 768 kHz: sums of hops are not exact.
        is_long_enough = happening.duration_s >= rule.duration_s - 1e-7
        if not is_long_enough or happening.onset_s <= self._taken_s:
            return
        self._taken_s = happening.onset_s
        if self._hours and hold_any(self._hours, wall(happening.onset_s)):
            return
        self._onsets.append(happening.onset_s)
        within = happening.onset_s - self._onsets[0] <= rule.window_s
        if len(self._onsets) < rule.count or not within:
            return
        self._onsets.clear()
        if now_s < self._free_s:
            self._held_off += 1
            return
        self._free_s, held_off = now_s + rule.hold_off_s, self._held_off
        self._held_off = 0
        yield Fulfilled(rule, happening, now_s, rule.count, held_off)


def _columns(rule: Rule, sensor: Sensor) -> list[int]:
    """The numbers of the labels that a rule means."""
    if rule.kind == "anomaly":
        return list(range(len(sensor.labels)))
    if rule.level is not None:
        return [sensor.labels.index(rule.level)]
    found: set[int] = set()
    strange = ""
    for word in rule.words:
        try:
            found.update(find_classes([word], sensor.labels))
        except EncoderError as error:
            # What a vocabulary has another detector may know: the file is for both.
            if event_tag(word) == word:
                raise ConfigError(f"rule '{rule.name}': {error}") from None
            strange = str(error)
    if not found:
        raise ConfigError(f"rule '{rule.name}': {strange}")
    return sorted(found)
