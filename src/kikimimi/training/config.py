"""Recipes: frozen dataclasses read from YAML, in which an unknown key is an error."""

from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from difflib import get_close_matches
from pathlib import Path
from typing import Any, TypeVar, get_type_hints

import yaml

from kikimimi.errors import ConfigError

C = TypeVar("C")


def load_recipe(path: Path, kind: type[C]) -> C:
    """Read a YAML recipe as the frozen dataclass `kind`.

    Raises:
        ConfigError: the file cannot be read, is not a mapping, or holds an unknown key or a value
            of the wrong type; the message names the file and the key.
    """
    try:
        values = yaml.safe_load(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise ConfigError(f"{path}: {error.strerror}; give the path of a recipe") from None
    except yaml.YAMLError as error:
        line = str(error).splitlines()[0]
        raise ConfigError(f"{path}: not valid YAML ({line}); mend the file") from None
    if not isinstance(values, dict):
        raise ConfigError(f"{path}: a recipe is a mapping of keys to values")
    return build(kind, values, where=str(path))


def build(kind: type[C], values: Mapping[str, Any], *, where: str) -> C:
    """Make the dataclass `kind` of `values`, checking names and types.

    Raises:
        ConfigError: as `load_recipe` says.
    """
    hints = get_type_hints(kind)
    known = [field.name for field in fields(kind)]  # type: ignore[arg-type]
    for key in values:
        if key not in known:
            near = get_close_matches(str(key), known, n=1)
            hint = f"did you mean '{near[0]}'?" if near else f"known keys: {', '.join(known)}"
            raise ConfigError(f"{where}: unknown key '{key}'; {hint}")
    prepared = {
        key: _convert(hints[key], value, f"{where}: {key}") for key, value in values.items()
    }
    try:
        return kind(**prepared)
    except TypeError as error:
        raise ConfigError(f"{where}: {error}") from None


def _convert(hint: Any, value: Any, where: str) -> Any:
    if is_dataclass(hint) and isinstance(value, Mapping):
        return build(hint, value, where=where)  # type: ignore[arg-type]
    if isinstance(value, list):
        return tuple(value)
    if hint is float and isinstance(value, int) and not isinstance(value, bool):
        return float(value)
    if isinstance(hint, type) and not isinstance(value, hint):
        raise ConfigError(f"{where} must be {hint.__name__}, but is {value!r}")
    return value
