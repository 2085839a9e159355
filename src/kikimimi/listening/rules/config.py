"""What a file of rules says.

    time_zone: Asia/Tokyo
    actions:
      tell: {kind: json_lines, path: alerts.jsonl}
    rules:
      - name: glass
        event: [glass breaking, ガラス]
        score: 0.4
        hold_off_s: 30
        quiet_hours: ["09:00-18:00"]
        actions: [tell]

A rule says one of `event`, `level` and `anomaly`. An unknown key is an error that names the nearest
one.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import tzinfo
from math import isfinite
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from kikimimi.errors import ConfigError
from kikimimi.listening.contract import Action, Kind
from kikimimi.listening.rules.hours import Hours, parse_hours
from kikimimi.listening.sensors.levels import LEVELS
from kikimimi.names import suggestion
from kikimimi.paths import display_path
from kikimimi.training.typed_values import build
from kikimimi.training.yaml_text import parse_yaml

_SHIPPED = Path(__file__).with_name("shipped")


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


@dataclass(frozen=True, slots=True)
class RuleFile:
    """Rules, and those who are told, by name.

    Attributes:
        description: a sentence for people.
        time_zone: of quiet hours and of the times that are told; the system's if not given.
        actions: settings of each action; its `kind` is the name of a way of telling.
        rules: one or more.
    """

    rules: tuple[Rule, ...]
    description: str = ""
    time_zone: str | None = None
    actions: dict[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        _require(bool(self.rules), "there are no rules; write one or more")
        names = [rule.name for rule in self.rules]
        twice = next((name for name in names if names.count(name) > 1), None)
        _require(twice is None, f"two rules are named '{twice}'; give each its own name")
        for rule in self.rules:
            for name in rule.actions or ():
                if name not in self.actions:
                    hint = suggestion(name, self.actions) if self.actions else "there are none"
                    raise ConfigError(f"rule '{rule.name}': there is no action '{name}'; {hint}")

    @property
    def zone(self) -> tzinfo | None:
        """The time zone; None for the system's.

        Raises:
            ConfigError: there is no such zone.
        """
        if self.time_zone is None:
            return None
        try:
            return ZoneInfo(self.time_zone)
        except (ZoneInfoNotFoundError, ValueError, OSError):
            raise ConfigError(
                f"there is no time zone '{self.time_zone}'; name one such as Asia/Tokyo"
            ) from None


def shipped_rules() -> list[str]:
    """Names of the files of rules that come with the package."""
    return sorted(path.stem for path in _SHIPPED.glob("*.yaml"))


def load_rules(name: str | Path) -> tuple[RuleFile, str]:
    """Read a file of rules, or one that comes with the package; and what messages call it.

    Raises:
        ConfigError: there is none, it is not valid YAML, or it says what no rule can.
    """
    path = Path(name)
    if not path.is_file() and path.parent == Path() and path.suffix in ("", ".yaml"):
        path = _SHIPPED / f"{path.stem}.yaml"
    where = display_path(path)
    try:
        text = path.read_text(encoding="utf-8")
    except FileNotFoundError:
        hint = suggestion(Path(name).stem, shipped_rules())
        raise ConfigError(
            f"there is no file of rules '{display_path(name)}'; {hint} or give a path"
        ) from None
    except OSError as error:
        raise ConfigError(f"{where}: {error.strerror}; give the path of a file of rules") from None
    except UnicodeDecodeError:
        raise ConfigError(f"{where}: not a text in UTF-8; give a file of rules") from None
    return parse_rules(text, where=where), where


def parse_rules(text: str, *, where: str) -> RuleFile:
    """Make rules of their YAML text. `where` stands for the text in messages.

    Raises:
        ConfigError: as `load_rules`.
    """
    values = parse_yaml(text, where=where)
    if not isinstance(values, Mapping):
        raise ConfigError(f"{where}: a file of rules is a mapping with a list of 'rules'")
    listed = values.get("rules")
    if not isinstance(listed, list):
        raise ConfigError(f"{where}: 'rules' must be a list of rules, but is {listed!r}")
    rules = [_rule(entry, f"{where}: {_called(entry, n)}") for n, entry in enumerate(listed, 1)]
    rest = {key: value for key, value in values.items() if key != "rules"}
    file = build(_Head, rest, where=where)
    try:
        found = RuleFile(tuple(rules), file.description, file.time_zone, file.actions)
        _ = found.zone
    except ConfigError as error:
        raise ConfigError(f"{where}: {error}") from None
    return found


def make_actions(file: RuleFile, *, where: str) -> dict[str, Action]:
    """The actions of a file, by name.

    Raises:
        ConfigError: a kind or a key is unknown, or a value impossible.
    """
    from kikimimi.listening.actions.registry import create_action

    made = {}
    for name, settings in file.actions.items():
        place = f"{where}: action '{name}'"
        if not isinstance(settings, Mapping) or not isinstance(settings.get("kind"), str):
            raise ConfigError(f"{place}: write its kind, such as {{kind: json_lines}}")
        rest = {key: value for key, value in settings.items() if key != "kind"}
        made[name] = create_action(settings["kind"], rest, where=place)
    return made


@dataclass(frozen=True, slots=True)
class _Head:
    """What a file says beside its rules."""

    description: str = ""
    time_zone: str | None = None
    actions: dict[str, Any] = field(default_factory=dict)


def _called(entry: Any, number: int) -> str:
    named = entry.get("name") if isinstance(entry, Mapping) else None
    return f"rule {number} ('{named}')" if isinstance(named, str) else f"rule {number}"


def _rule(entry: Any, where: str) -> Rule:
    if not isinstance(entry, Mapping):
        raise ConfigError(f"{where}: a rule is a mapping of keys to values, not {entry!r}")
    return build(Rule, entry, where=where)


def _near(level: str) -> str:
    return suggestion(level, LEVELS)


def _require(condition: bool, message: str) -> None:
    if not condition:
        raise ConfigError(message)
