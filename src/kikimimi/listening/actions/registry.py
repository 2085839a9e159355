"""Ways of telling, by name.

Each is one module of this package that registers its class with `@register`; putting the file there
is all that is needed. The fields of the class are the settings that a file of rules may give.
"""

from collections.abc import Callable, Mapping
from importlib import import_module
from pathlib import Path
from pkgutil import iter_modules
from typing import Any, TypeVar

from kikimimi.errors import ConfigError
from kikimimi.listening.contract import Action
from kikimimi.names import suggestion
from kikimimi.training.typed_values import build

_ACTIONS: dict[str, type[Action]] = {}

A = TypeVar("A", bound=type[Action])


def register(name: str) -> Callable[[A], A]:
    """Class decorator: make a dataclass of an action known under `name`."""

    def register_class(action: A) -> A:
        _ACTIONS[name] = action
        return action

    return register_class


def action_kinds() -> list[str]:
    """Names of all ways of telling, in alphabetical order."""
    _import_modules()
    return sorted(_ACTIONS)


def create_action(kind: str, settings: Mapping[str, Any], *, where: str) -> Action:
    """Make an action of its settings; those not named keep their defaults.

    Raises:
        ConfigError: the kind or a key is unknown (the message names the nearest), or a value is of
            the wrong type or impossible.
    """
    _import_modules()
    if kind not in _ACTIONS:
        raise ConfigError(f"{where}: there is no kind '{kind}'; {suggestion(kind, _ACTIONS)}")
    return build(_ACTIONS[kind], settings, where=where)


def _import_modules() -> None:
    for module in iter_modules([str(Path(__file__).parent)]):
        import_module(f"kikimimi.listening.actions.{module.name}")
