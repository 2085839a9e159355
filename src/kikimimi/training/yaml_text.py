"""YAML as recipes use it: plain values only, no key twice, and 1e-3 is a number."""

import re
from typing import Any

import yaml

from kikimimi.errors import ConfigError

_DEPTH = 32
_FLOAT_TAG = "tag:yaml.org,2002:float"
_EXPONENT = re.compile(r"[-+]?(\d[\d_]*\.?[\d_]*|\.\d[\d_]*)[eE][-+]?\d+$")
"""Numbers of YAML 1.2 that YAML 1.1, which PyYAML reads, takes for text."""


class _Loader(yaml.SafeLoader):
    """Refuses a key that stands twice in a mapping."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
        keys = [key.value for key, _ in node.value if isinstance(key, yaml.ScalarNode)]
        twice = next((key for key in keys if keys.count(key) > 1), None)
        if twice is not None:
            raise yaml.constructor.ConstructorError(problem=f"the key '{twice}' stands twice")
        return super().construct_mapping(node, deep=deep)


class _Dumper(yaml.SafeDumper):
    """Quotes text that `_Loader` would read as a number; writes no anchors."""

    def ignore_aliases(self, data: Any) -> bool:
        return True


def _represent_list(dumper: _Dumper, values: list[Any]) -> yaml.Node:
    return dumper.represent_sequence("tag:yaml.org,2002:seq", values, flow_style=True)


_Dumper.add_representer(list, _represent_list)
for _class in (_Loader, _Dumper):
    _class.add_implicit_resolver(_FLOAT_TAG, _EXPONENT, list("-+.0123456789"))


def parse_yaml(text: str, *, where: str) -> Any:
    """The value that a YAML text holds: None, bool, int, float, str, and lists and dicts of them.

    Raises:
        ConfigError: it is not YAML, holds other kinds of values, or is nested too deeply.
    """
    try:
        value = yaml.load(text, Loader=_Loader)
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        line = " ".join(str(error).split())
        raise ConfigError(f"{where}: not valid YAML ({line}); mend the text") from None
    _check_plain(value, where, _DEPTH)
    return value


def yaml_text(values: dict[str, Any]) -> str:
    """Plain values as YAML, in their order."""
    return yaml.dump(
        values, Dumper=_Dumper, sort_keys=False, allow_unicode=True, default_flow_style=False
    )


def _check_plain(value: Any, where: str, depth: int) -> None:
    if depth == 0:
        raise ConfigError(f"{where}: nested more than {_DEPTH} deep; mend the text")
    if isinstance(value, dict):
        for key, item in value.items():
            if not isinstance(key, str):
                raise ConfigError(f"{where}: the key {key!r} must be text; put it in quotes")
            _check_plain(item, f"{where}: {key}", depth - 1)
    elif isinstance(value, list):
        for item in value:
            _check_plain(item, where, depth - 1)
    elif not isinstance(value, None | bool | int | float | str):
        raise ConfigError(f"{where}: {value!r} is no plain value; put it in quotes")
