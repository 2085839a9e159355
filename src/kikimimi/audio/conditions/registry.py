"""The named recording conditions, family by family."""

from kikimimi.audio.conditions import codecs, levels, microphones, noises, rooms
from kikimimi.audio.conditions.contract import Condition
from kikimimi.errors import ConfigError
from kikimimi.names import suggestion

_FAMILIES = (microphones, rooms, noises, codecs, levels)


def condition_names() -> tuple[str, ...]:
    """Return the name of every condition, always in the same order."""
    return tuple(_conditions())


def named_condition(name: str) -> Condition:
    """Return the condition of that name.

    Raises:
        ConfigError: there is none; the message names the nearest.
    """
    known = _conditions()
    if name not in known:
        hint = suggestion(str(name), known)
        raise ConfigError(f"there is no recording condition '{name}'; {hint}")
    return known[name]


def _conditions() -> dict[str, Condition]:
    return {name: value for family in _FAMILIES for name, value in family.CONDITIONS.items()}
