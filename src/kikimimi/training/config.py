"""Recipes: frozen dataclasses read from YAML, in which an unknown key is an error.

A recipe may say `base: other.yaml` (a path relative to itself); it then holds only what differs.
Mappings are merged key by key, anything else is replaced.
"""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, TypeVar

from kikimimi.errors import ConfigError
from kikimimi.training.typed_values import build, resolved
from kikimimi.training.yaml_text import parse_yaml, yaml_text

__all__ = ["build", "load_recipe", "read_yaml", "recipe_text", "resolved"]

C = TypeVar("C")


def load_recipe(path: Path, kind: type[C], *, overrides: Sequence[str] = ()) -> C:
    """Read a YAML recipe as the frozen dataclass `kind`.

    Args:
        path: the recipe.
        kind: its type.
        overrides: changes to it, such as `optimiser.lr=1e-3`; the value is YAML.

    Raises:
        ConfigError: a file cannot be read, is not a mapping, is its own base, or holds an unknown
            key or a value of the wrong type; the message names the file and the key.
    """
    values, files = _with_base(path, ())
    where = str(path) if len(files) == 1 else f"{path} (with {', '.join(files[1:])})"
    if overrides:
        where = f"{where} with {' '.join(overrides)}"
        for override in overrides:
            values = _merged(values, _parsed(override))
    return build(kind, values, where=where)


def read_recipe(path: Path) -> dict[str, Any]:
    """The values of a recipe with those of its base, unchecked.

    Raises:
        ConfigError: a file cannot be read, is not a mapping, or is its own base.
    """
    return _with_base(path, ())[0]


def recipe_text(config: Any) -> str:
    """YAML of a dataclass, or of a mapping of plain values, that `load_recipe` reads as equal."""
    return yaml_text(resolved(config))


def read_yaml(path: Path) -> dict[str, Any]:
    """The mapping that a YAML file holds, with its own keys only.

    Raises:
        ConfigError: the file cannot be read or is no mapping.
    """
    try:
        values = parse_yaml(path.read_text(encoding="utf-8"), where=str(path))
    except OSError as error:
        raise ConfigError(f"{path}: {error.strerror}; give the path of a recipe") from None
    except UnicodeDecodeError:
        raise ConfigError(f"{path}: not a text in UTF-8; give the path of a recipe") from None
    if not isinstance(values, dict):
        raise ConfigError(f"{path}: a recipe is a mapping of keys to values")
    return values


def _with_base(path: Path, above: tuple[Path, ...]) -> tuple[dict[str, Any], list[str]]:
    """The values of a recipe upon those of its base, and the files they came from."""
    place = path.resolve()
    if place in above:
        chain = " -> ".join(file.name for file in (*above, place))
        raise ConfigError(f"{above[0]}: a recipe cannot be its own base ({chain}); mend 'base'")
    values = read_yaml(path)
    base = values.pop("base", None)
    if base is None:
        return values, [str(path)]
    if not isinstance(base, str):
        raise ConfigError(f"{path}: base must be the path of a recipe, but is {base!r}")
    base_values, files = _with_base(path.parent / base, (*above, place))
    return _merged(base_values, values), [str(path), *files]


def _merged(base: Mapping[str, Any], changes: Mapping[str, Any]) -> dict[str, Any]:
    merged = dict(base)
    for key, value in changes.items():
        old = merged.get(key)
        both = isinstance(old, Mapping) and isinstance(value, Mapping)
        merged[key] = _merged(old, value) if both else value  # type: ignore[arg-type]
    return merged


def _parsed(override: str) -> dict[str, Any]:
    """`a.b=1` as {"a": {"b": 1}}."""
    name, equals, text = override.partition("=")
    keys = name.strip().split(".")
    if not equals or not all(keys):
        raise ConfigError(f"'{override}': a change of a recipe is written key.sub=value")
    value = parse_yaml(text, where=f"'{override}'")
    for key in reversed(keys):
        value = {key: value}
    return value
