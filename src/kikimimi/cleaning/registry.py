"""Stages by name.

Each stage is one module of `stages/` that registers its class with `@register`; putting the file
there is all that is needed. The modules are imported only when somebody asks for stages.
"""

from collections.abc import Mapping
from importlib import import_module
from pathlib import Path
from pkgutil import iter_modules
from typing import Any, TypeVar

from kikimimi.audio.augment.recipe import create
from kikimimi.cleaning.contract import Stage
from kikimimi.errors import ConfigError

_STAGES: dict[str, type[Stage]] = {}

S = TypeVar("S", bound=type[Stage])


def register(stage: S) -> S:
    """Class decorator: make a stage known under its `name`."""
    _STAGES[stage.name] = stage
    return stage


def stage_names() -> list[str]:
    """Names of all stages, in alphabetical order."""
    _import_modules()
    return sorted(_STAGES)


def create_stage(name: str, settings: Mapping[str, Any] | None = None, *, where: str) -> Stage:
    """Make a stage of its settings; those not named keep their defaults.

    Args:
        name: the stage.
        settings: values by key.
        where: what the settings belong to, for messages.

    Raises:
        ConfigError: the name or a key is unknown (the message names the nearest), or a value is
            of the wrong type or impossible.
    """
    _import_modules()
    try:
        return create(_STAGES, name, settings or {}, where=where)
    except ConfigError as error:
        complaint = str(error)
        if complaint.startswith(where):
            raise
        raise ConfigError(f"{where}: {name}: {complaint}") from None


def _import_modules() -> None:
    folder = Path(__file__).with_name("stages")
    for module in iter_modules([str(folder)]):
        import_module(f"kikimimi.cleaning.stages.{module.name}")
