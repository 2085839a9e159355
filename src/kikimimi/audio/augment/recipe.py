"""Configured objects made from the mappings of a recipe, and the checks of their fields."""

from collections.abc import Mapping
from dataclasses import fields
from math import inf, isfinite
from typing import Any, TypeVar, get_origin, get_type_hints

from kikimimi.errors import ConfigError
from kikimimi.names import suggestion

T = TypeVar("T")


def create(
    kinds: Mapping[str, type[T]],
    name: str,
    settings: Mapping[str, Any],
    *,
    where: str,
    context: Mapping[str, Any] | None = None,
) -> T:
    """Make the dataclass that is registered under `name`.

    Args:
        kinds: frozen dataclasses by name.
        name: the one to make.
        settings: values of its fields; those not named keep their default.
        where: what the settings belong to, for messages.
        context: values known from elsewhere, given to a field of that name unless it is set.

    Raises:
        ConfigError: the name or a key is unknown (the message names the nearest), or a value is
            of the wrong type or impossible.
    """
    if name not in kinds:
        raise ConfigError(f"{where}: there is no '{name}'; {suggestion(name, kinds)}")
    kind, place = kinds[name], f"{where}: {name}"
    known = {field.name for field in fields(kind)}  # type: ignore[arg-type]
    unknown = [key for key in settings if key not in known]
    if unknown:
        raise ConfigError(f"{place}: unknown key '{unknown[0]}'; {suggestion(unknown[0], known)}")
    given = {key: value for key, value in (context or {}).items() if key in known}
    hints = get_type_hints(kind)
    values = {
        key: _converted(value, hints[key], f"{place}: {key}")
        for key, value in {**given, **settings}.items()
    }
    try:
        return kind(**values)
    except TypeError as error:  # a field without a default is missing
        raise ConfigError(f"{place}: {error}; name it in the recipe") from None


def require(condition: bool, message: str) -> None:
    """Refuse a configuration.

    Raises:
        ConfigError: the condition does not hold.
    """
    if not condition:
        raise ConfigError(message)


def require_range(
    what: str, low: float, high: float, *, least: float = -inf, most: float = inf
) -> None:
    """Refuse a range unless least <= low <= high <= most and both ends are finite.

    Raises:
        ConfigError: as said.
    """
    require(
        isfinite(low) and isfinite(high) and least <= low <= high <= most,
        f"{what} from {low} to {high} is no range within {least} to {most}; "
        "give finite values, the lower one first",
    )


def _converted(value: Any, hint: Any, where: str) -> Any:
    """`value` as the type `hint`: whole numbers may stand for floats, lists for tuples."""
    if hint is float and isinstance(value, int) and not isinstance(value, bool):
        return float(value)
    kind = get_origin(hint) or hint
    if kind is tuple and isinstance(value, list):
        return tuple(value)
    if not isinstance(value, kind) or (kind is int and isinstance(value, bool)):
        raise ConfigError(f"{where} must be {kind.__name__}, but is {value!r}")
    return value
