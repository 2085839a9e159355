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
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from kikimimi.errors import ConfigError
from kikimimi.listening.contract import Action
from kikimimi.listening.rules.rule import Rule
from kikimimi.names import suggestion
from kikimimi.paths import display_path
from kikimimi.training.typed_values import build
from kikimimi.training.yaml_text import parse_yaml

_SHIPPED = Path(__file__).with_name("shipped")


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
        if not self.rules:
            raise ConfigError("there are no rules; write one or more")
        names = [rule.name for rule in self.rules]
        twice = next((name for name in names if names.count(name) > 1), None)
        if twice is not None:
            raise ConfigError(f"two rules are named '{twice}'; give each its own name")
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
