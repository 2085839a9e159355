"""Values that should not stand in a file: `$NAME` is taken from the environment."""

import os

from kikimimi.errors import ConfigError


def secret(text: str, *, what: str) -> str:
    """`text` itself, or the environment's variable of that name if it begins with `$`.

    Raises:
        ConfigError: there is no such variable.
    """
    if not text.startswith("$"):
        return text
    value = os.environ.get(text[1:])
    if value is None:
        raise ConfigError(f"{what}: the environment has no variable {text[1:]}; set it")
    return value
