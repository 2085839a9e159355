"""Losses by name; a module of this package that registers its class with `@register` is found."""

from collections.abc import Callable, Mapping
from importlib import import_module
from pathlib import Path
from pkgutil import iter_modules
from typing import Any, TypeVar

from kikimimi.errors import ConfigError
from kikimimi.names import suggestion
from kikimimi.tasks.detection.losses.contract import EventLoss
from kikimimi.training.config import build

_LOSSES: dict[str, type[EventLoss]] = {}

L = TypeVar("L", bound=type[EventLoss])


def register(name: str) -> Callable[[L], L]:
    """Class decorator: make a loss known under `name`."""

    def add(loss: L) -> L:
        _LOSSES[name] = loss
        return loss

    return add


def loss_names() -> list[str]:
    """Names of all losses, in alphabetical order."""
    _import_modules()
    return sorted(_LOSSES)


def create_loss(name: str, options: Mapping[str, Any] | None = None) -> EventLoss:
    """The loss called `name`, with its published numbers where `options` has no others.

    Raises:
        ConfigError: no loss has this name, or it has no such option.
    """
    _import_modules()
    if name not in _LOSSES:
        raise ConfigError(f"there is no loss '{name}'; {suggestion(name, _LOSSES)}")
    return build(_LOSSES[name], options or {}, where=f"loss '{name}'")


def _import_modules() -> None:
    for module in iter_modules([str(Path(__file__).parent)]):
        import_module(f"{__package__}.{module.name}")
