"""One rule: what it listens to, and when it is fulfilled."""

from dataclasses import dataclass
from math import isfinite

from kikimimi.errors import ConfigError
from kikimimi.listening.contract import Kind
from kikimimi.listening.rules.hours import Hours, parse_hours
from kikimimi.listening.sensors.levels import LEVELS
from kikimimi.names import suggestion


@dataclass(frozen=True, slots=True)
class Rule:
    """When somebody is told.

    Attributes:
        name: of the rule, for those who are told.
        description: a sentence for people.
        event: words for events, in English or Japanese; any of them fulfils the rule.
        level: one of `LAF`, `LAS`, `LAeq_1s`, `LAeq_60s`.
        anomaly: True for what the fitted model takes for an anomaly.
        score: the least score of an event or an anomaly; what the detector or model itself takes
            for heard if not given.
        above_db: the level that must be exceeded.
        duration_s: how long it must last; short pauses count in.
        gap_s: what a short pause is.
        count: how many must come within `window_s`.
        window_s: see `count`.
        hold_off_s: after an alert none of this rule for so long.
        quiet_hours: times of the day in which it is not heeded, such as `22:00-06:30`.
        actions: names of those who are told; all if not given.
    """

    name: str
    description: str = ""
    event: str | tuple[str, ...] | None = None
    level: str | None = None
    anomaly: bool = False
    score: float | None = None
    above_db: float | None = None
    duration_s: float = 0.0
    gap_s: float = 0.5
    count: int = 1
    window_s: float = 60.0
    hold_off_s: float = 10.0
    quiet_hours: tuple[str, ...] = ()
    actions: tuple[str, ...] | None = None

    def __post_init__(self) -> None:
        _require(bool(self.name.strip()), "the rule has no name; give it one")
        kinds = [self.event is not None, self.level is not None, self.anomaly]
        _require(sum(kinds) == 1, "say one of event, level and anomaly, and no more")
        _require(bool(self.words) or self.event is None, "event names no event; name one or more")
        if self.level is not None:
            _require(self.level in LEVELS, f"there is no level '{self.level}'; {_near(self.level)}")
            _require(self.above_db is not None, "a rule of levels needs above_db")
            _require(self.score is None, "levels have no score; use above_db")
        else:
            _require(self.above_db is None, "above_db is for levels; use score")
        numbers = (self.duration_s, self.gap_s, self.window_s, self.hold_off_s)
        _require(all(isfinite(n) and n >= 0 for n in numbers), "times must be 0 s or more")
        _require(self.count >= 1, f"count must be 1 or more, but is {self.count}")
        _require(self.count == 1 or self.window_s > 0, "count needs a window_s over 0")
        score = 0.0 if self.score is None else self.score
        _require(isfinite(score), "score must be a finite number")
        _require(self.event is None or 0 <= score < 1, "the score of an event lies in [0, 1)")
        _ = self.hours  # refuses what cannot be read

    @property
    def kind(self) -> Kind:
        """What it listens to."""
        if self.event is not None:
            return "event"
        return "level" if self.level is not None else "anomaly"

    @property
    def words(self) -> tuple[str, ...]:
        """The words for events."""
        return (self.event,) if isinstance(self.event, str) else tuple(self.event or ())

    @property
    def hours(self) -> tuple[Hours, ...]:
        """When it is not heeded."""
        return tuple(parse_hours(text) for text in self.quiet_hours)


def _near(level: str) -> str:
    return suggestion(level, LEVELS)


def _require(condition: bool, message: str) -> None:
    if not condition:
        raise ConfigError(message)
