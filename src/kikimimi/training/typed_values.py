"""Between plain values, as YAML holds them, and dataclasses whose fields say their types."""

import math
import types
from collections.abc import Mapping, Sequence
from dataclasses import MISSING, Field, fields, is_dataclass
from pathlib import Path
from typing import Any, Literal, TypeVar, Union, get_args, get_origin, get_type_hints

from kikimimi.errors import ConfigError
from kikimimi.names import suggestion

C = TypeVar("C")


def build(kind: type[C], values: Mapping[str, Any], *, where: str) -> C:
    """Make the dataclass `kind` of `values`, checking names and types.

    Fields may be bool, int, float, str, Path, Any, Literal, Optional and other unions,
    tuple[X, ...], tuple[X, Y], dict[str, X], and dataclasses.

    Raises:
        ConfigError: a key is unknown or missing, or a value has the wrong type; the message
            begins with `where`, names the key, and for an unknown one the nearest.
    """
    known: dict[str, Field[Any]] = {
        field.name: field
        for field in fields(kind)  # type: ignore[arg-type]
        if field.init
    }
    for key in values:
        if key not in known:
            raise ConfigError(f"{where}: unknown key '{key}'; {suggestion(str(key), known)}")
    for name, field in known.items():
        if name not in values and field.default is MISSING and field.default_factory is MISSING:
            raise ConfigError(f"{where}: the key '{name}' is missing; give it a value")
    hints = get_type_hints(kind)
    prepared = {
        key: _convert(hints[key], value, f"{where}: {key}") for key, value in values.items()
    }
    try:
        return kind(**prepared)
    except (TypeError, ValueError, ConfigError) as error:
        raise ConfigError(f"{where}: {error}") from None


def resolved(config: Any) -> Any:
    """The plain value that `build` makes into `config`: every field, defaults included."""
    if is_dataclass(config) and not isinstance(config, type):
        return {f.name: resolved(getattr(config, f.name)) for f in fields(config) if f.init}
    if isinstance(config, Mapping):
        return {key: resolved(value) for key, value in config.items()}
    if isinstance(config, tuple | list):
        return [resolved(value) for value in config]
    return str(config) if isinstance(config, Path) else config


def _convert(hint: Any, value: Any, where: str) -> Any:
    if hint is Any:
        return _frozen(value)
    if is_dataclass(hint):
        if not isinstance(value, Mapping):
            raise ConfigError(f"{where} must be a mapping of keys to values, but is {value!r}")
        return build(hint, value, where=where)  # type: ignore[arg-type]
    converter = _CONVERTERS.get(get_origin(hint) or hint)
    if converter is None:
        raise TypeError(f"{where}: recipes have no values of type {hint}")
    return converter(get_args(hint), value, where)


def _frozen(value: Any) -> Any:
    """Lists as tuples, at any depth, so that equal recipes compare equal."""
    if isinstance(value, Mapping):
        return {key: _frozen(item) for key, item in value.items()}
    return tuple(_frozen(item) for item in value) if isinstance(value, list | tuple) else value


def _bool(_: tuple[Any, ...], value: Any, where: str) -> bool:
    return _instance(bool, value, where)


def _int(_: tuple[Any, ...], value: Any, where: str) -> int:
    if isinstance(value, bool):
        raise ConfigError(f"{where} must be int, but is {value!r}")
    return _instance(int, value, where)


def _float(_: tuple[Any, ...], value: Any, where: str) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float) or math.isnan(value):
        raise ConfigError(f"{where} must be float, but is {value!r}")
    return float(value)


def _str(_: tuple[Any, ...], value: Any, where: str) -> str:
    return _instance(str, value, where)


def _none(_: tuple[Any, ...], value: Any, where: str) -> None:
    if value is not None:
        raise ConfigError(f"{where} must be null, but is {value!r}")


def _path(_: tuple[Any, ...], value: Any, where: str) -> Path:
    return Path(_instance(str, value, where)) if not isinstance(value, Path) else value


def _instance(kind: type[C], value: Any, where: str) -> C:
    if not isinstance(value, kind):
        raise ConfigError(f"{where} must be {kind.__name__}, but is {value!r}")
    return value


def _literal(choices: tuple[Any, ...], value: Any, where: str) -> Any:
    for choice in choices:
        if type(choice) is type(value) and choice == value:
            return choice
    options = ", ".join(str(choice) for choice in choices)
    raise ConfigError(f"{where} must be one of {options}, but is {value!r}")


def _union(members: tuple[Any, ...], value: Any, where: str) -> Any:
    """The first member type that fits."""
    real = [member for member in members if member is not types.NoneType]
    if value is None and len(real) < len(members):
        return None
    problems = []
    for member in real:
        try:
            return _convert(member, value, where)
        except ConfigError as error:
            problems.append(str(error))
    raise ConfigError(problems[0] if len(problems) == 1 else " or ".join(problems))


def _tuple(members: tuple[Any, ...], value: Any, where: str) -> tuple[Any, ...]:
    if not isinstance(value, Sequence) or isinstance(value, str):
        raise ConfigError(f"{where} must be a list, but is {value!r}")
    endless = len(members) == 2 and members[1] is Ellipsis
    if not members:
        return _frozen(value)
    if not endless and len(value) != len(members):
        raise ConfigError(f"{where} must have {len(members)} items, but has {len(value)}")
    kinds = [members[0]] * len(value) if endless else members
    pairs = enumerate(zip(kinds, value, strict=True))
    return tuple(_convert(kind, item, f"{where}[{i}]") for i, (kind, item) in pairs)


def _dict(members: tuple[Any, ...], value: Any, where: str) -> dict[str, Any]:
    if not isinstance(value, Mapping):
        raise ConfigError(f"{where} must be a mapping of keys to values, but is {value!r}")
    kind = members[1] if members else Any
    return {
        _instance(str, key, f"{where}: key"): _convert(kind, item, f"{where}.{key}")
        for key, item in value.items()
    }


_CONVERTERS: dict[Any, Any] = {
    bool: _bool,
    int: _int,
    float: _float,
    str: _str,
    types.NoneType: _none,
    Path: _path,
    Literal: _literal,
    Union: _union,
    types.UnionType: _union,
    tuple: _tuple,
    dict: _dict,
    Mapping: _dict,
}
