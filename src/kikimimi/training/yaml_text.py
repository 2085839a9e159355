"""YAML as recipes use it: plain values, no key twice, no aliases, booleans as in YAML 1.2."""

import re
from typing import Any

import yaml

from kikimimi.errors import ConfigError

_DEPTH = 32
_FLOAT_TAG, _BOOL_TAG = "tag:yaml.org,2002:float", "tag:yaml.org,2002:bool"
_EXPONENT = re.compile(r"[-+]?(\d[\d_]*\.?[\d_]*|\.\d[\d_]*)[eE][-+]?\d+$")
"""Numbers, such as 1e-3, that YAML 1.1, which PyYAML reads, takes for text."""
_BOOL = re.compile(r"(true|True|TRUE|false|False|FALSE)$")
"""What is left of the many truths of YAML 1.1, for which `on` and `no` are no words."""
_LINE_BREAKS = ("\x85", "\u2028", "\u2029")


class _Loader(yaml.SafeLoader):
    """Refuses a key that stands twice in a mapping, and aliases, which can swell without end."""

    def compose_node(self, parent: yaml.Node | None, index: int) -> yaml.Node | None:
        if self.check_event(yaml.AliasEvent):
            raise yaml.composer.ComposerError(problem="aliases (*name) are not read")
        return super().compose_node(parent, index)

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
        keys = [key.value for key, _ in node.value if isinstance(key, yaml.ScalarNode)]
        twice = next((key for key in keys if keys.count(key) > 1), None)
        if twice is not None:
            raise yaml.constructor.ConstructorError(problem=f"the key '{twice}' stands twice")
        return super().construct_mapping(node, deep=deep)


class _Dumper(yaml.SafeDumper):
    """Quotes text that `_Loader` would read as a number; writes no aliases."""

    def ignore_aliases(self, data: Any) -> bool:
        return True


def _represent_list(dumper: _Dumper, values: list[Any]) -> yaml.Node:
    return dumper.represent_sequence("tag:yaml.org,2002:seq", values, flow_style=True)


def _represent_text(dumper: _Dumper, text: str) -> yaml.Node:
    # other styles fold these line breaks into spaces; this one escapes them
    style = '"' if any(mark in text for mark in _LINE_BREAKS) else None
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, style=style)


_Loader.yaml_implicit_resolvers = {
    first: [(tag, pattern) for tag, pattern in resolvers if tag != _BOOL_TAG]
    for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
}
_Dumper.add_representer(list, _represent_list)
_Dumper.add_representer(str, _represent_text)
_Dumper.add_implicit_resolver(_FLOAT_TAG, _EXPONENT, list("-+.0123456789"))
_Loader.add_implicit_resolver(_FLOAT_TAG, _EXPONENT, list("-+.0123456789"))
_Loader.add_implicit_resolver(_BOOL_TAG, _BOOL, list("tTfF"))


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
