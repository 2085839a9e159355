"""What is heard in a sound: sensors, the rules that follow them, and the happenings between.

Axes: C channels, T samples.
"""

from collections.abc import Iterable, Iterator, Sequence

from kikimimi.audio.sources import downmix
from kikimimi.errors import ConfigError, KikimimiError
from kikimimi.listening.contract import Kind, Publish, Scores, Sensor, SoundFormat
from kikimimi.listening.feed import FaultTeller, HappeningTeller, LevelTeller, WallTime
from kikimimi.listening.level_history import LevelHistory
from kikimimi.listening.rules.rule import Rule
from kikimimi.listening.rules.watch import Fulfilled, RuleWatch
from kikimimi.listening.sensors.levels import LAF, LEVELS
from kikimimi.listening.tracking import EachLabel
from kikimimi.types import FloatArray

_SENSOR_ERRORS = (KikimimiError, ValueError, ArithmeticError, RuntimeError)
"""What a model may raise for a stretch that it cannot bear."""


class Hearing:
    """Turns samples into fulfilled rules, and tells of levels and happenings.

    Args:
        sensors: what turns sound into scores; the levels first, so that others know how loud it
            was.
        rules: each is followed on the sensor of its kind.
        publish: told of levels, happenings and faults.
        wall: the clock on the wall.

    Raises:
        ConfigError: a rule names what no sensor knows.
    """

    def __init__(
        self,
        sensors: Sequence[Sensor],
        rules: Sequence[Rule],
        *,
        publish: Publish,
        wall: WallTime,
    ) -> None:
        self.sensors = tuple(sensors)
        self._wall = wall
        self._history = LevelHistory()
        self._watches = [
            RuleWatch(rule, sensor, level_within=self._history.within)
            for rule, sensor in _paired(rules, self.sensors)
        ]
        self._trackers: dict[Kind, EachLabel] = {
            sensor.kind: EachLabel(
                sensor.kind,
                sensor.labels,
                thresholds=sensor.thresholds,
                level_within=self._history.within,
            )
            for sensor in self.sensors
            if sensor.kind != "level"
        }
        self._tell_happening = HappeningTeller(publish)
        self._tell_levels = LevelTeller(publish)
        self._tell_fault = FaultTeller(publish)
        self._origin_s = 0.0

    def start(self, sound: SoundFormat, *, at_s: float) -> None:
        """Begin anew at a place in the sound; hold-offs and counts of rules go on."""
        self._sound, self._origin_s = sound, at_s
        for sensor in self.sensors:
            sensor.start(sound)
        self._history.start(at_s)
        self._tell_levels.start()

    def push(self, samples: FloatArray, *, end_s: float) -> Iterator[Fulfilled]:
        """Take the next samples (C, T), which end at `end_s`; yield the rules that are fulfilled.

        Where a sensor fails, all begin anew behind these samples.
        """
        mono = downmix(samples.T)
        try:
            for sensor in self.sensors:
                for scores in self._placed(sensor.push(samples, mono)):
                    yield from self._judge(sensor, scores)
        except _SENSOR_ERRORS as error:
            self._tell_fault("hearing", f"{type(error).__name__}: {error}", at_s=end_s)
            yield from self._let_go()
            self.start(self._sound, at_s=end_s)

    def finish(self) -> Iterator[Fulfilled]:
        """The sound ends here, or what comes does not join."""
        try:
            for sensor in self.sensors:
                for scores in self._placed(sensor.finish()):
                    yield from self._judge(sensor, scores)
        except _SENSOR_ERRORS as error:
            self._tell_fault("hearing", f"{type(error).__name__}: {error}", at_s=self._origin_s)
        yield from self._let_go()

    def _placed(self, scores: Iterable[Scores]) -> Iterator[Scores]:
        """Scores at the times of the whole sound."""
        for each in scores:
            yield Scores(self._origin_s + each.start_s, each.hop_s, each.values)

    def _judge(self, sensor: Sensor, scores: Scores) -> Iterator[Fulfilled]:
        if sensor.kind == "level":
            self._history.push(scores.values[:, LEVELS.index(LAF)], hop_s=scores.hop_s)
            self._tell_levels(scores, self._wall)
        for watch in self._watches:
            if watch.rule.kind == sensor.kind:
                yield from watch.push(scores, self._wall)
        if sensor.kind in self._trackers:
            for happening in self._trackers[sensor.kind].push(scores):
                self._tell_happening(happening, self._wall)

    def _let_go(self) -> Iterator[Fulfilled]:
        """End what is under way."""
        for watch in self._watches:
            yield from watch.finish(self._wall)
        for tracker in self._trackers.values():
            for happening in tracker.finish():
                self._tell_happening(happening, self._wall)


def _paired(rules: Sequence[Rule], sensors: Sequence[Sensor]) -> list[tuple[Rule, Sensor]]:
    by_kind = {sensor.kind: sensor for sensor in sensors}
    for rule in rules:
        if rule.kind not in by_kind:
            raise ConfigError(
                f"rule '{rule.name}': nothing listens for its kind ({rule.kind}); give what does, "
                "or leave the rule out"
            )
    return [(rule, by_kind[rule.kind]) for rule in rules]
