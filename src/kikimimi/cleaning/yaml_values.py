"""YAML as presets use it: no key twice, booleans and numbers as in YAML 1.2."""

import re
from typing import Any

import yaml

from kikimimi.errors import ConfigError

_FLOAT_TAG, _BOOL_TAG = "tag:yaml.org,2002:float", "tag:yaml.org,2002:bool"
_EXPONENT = re.compile(r"[-+]?(\d+\.?\d*|\.\d+)[eE][-+]?\d+$")
_BOOL = re.compile(r"(true|True|TRUE|false|False|FALSE)$")


class _Loader(yaml.SafeLoader):
    """Refuses a key that stands twice in a mapping."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
        keys = [key.value for key, _ in node.value if isinstance(key, yaml.ScalarNode)]
        twice = next((key for key in keys if keys.count(key) > 1), None)
        if twice is not None:
            raise yaml.constructor.ConstructorError(
                problem=f"the key '{twice}' stands twice", problem_mark=node.start_mark
            )
        return super().construct_mapping(node, deep=deep)


_Loader.yaml_implicit_resolvers = {
    first: [(tag, pattern) for tag, pattern in resolvers if tag != _BOOL_TAG]
    for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
}
_Loader.add_implicit_resolver(_FLOAT_TAG, _EXPONENT, list("-+.0123456789"))
_Loader.add_implicit_resolver(_BOOL_TAG, _BOOL, list("tTfF"))


def parse_yaml(text: str, *, where: str) -> Any:
    """The value that a YAML text holds.

    Raises:
        ConfigError: it is not YAML, or is nested too deeply; the message names the line.
    """
    try:
        return yaml.load(text, Loader=_Loader)
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        line = " ".join(str(error).split())
        raise ConfigError(f"{where}: not valid YAML ({line}); mend the text") from None
