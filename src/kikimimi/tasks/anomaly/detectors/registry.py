"""Detectors by name, and their configuration as plain values.

Each detector is one module of this package that registers its class with `@register`; the modules
are imported only when somebody asks for detectors.
"""

from collections.abc import Callable, Mapping
from importlib import import_module
from inspect import signature
from typing import Any, TypeVar

from kikimimi.errors import ConfigError
from kikimimi.names import suggestion
from kikimimi.tasks.anomaly.detectors.base import BaseAnomalyDetector

_MODULES = (
    *("autoencoder", "gaussian", "nearest_neighbours", "local_density"),
    *("sub_bands", "mem_mixup", "smote"),
)
_DETECTORS: dict[str, type[BaseAnomalyDetector]] = {}

D = TypeVar("D", bound=type[BaseAnomalyDetector])


def register(name: str) -> Callable[[D], D]:
    """Class decorator: make a detector known under `name`."""

    def register_class(detector: D) -> D:
        _DETECTORS[name] = detector
        return detector

    return register_class


def detector_names() -> tuple[str, ...]:
    """The names of all detectors."""
    _import_modules()
    return tuple(_DETECTORS)


def create_detector(name: str, **settings: Any) -> BaseAnomalyDetector:
    """Construct a detector; it is not fitted yet.

    Args:
        name: one of `detector_names`.
        settings: arguments of its constructor; a detector inside another one is given as
            `{"name": ..., further settings}`.

    Raises:
        ConfigError: there is none of that name, or it has no such setting; the message names the
            nearest.
    """
    _import_modules()
    if name not in _DETECTORS:
        raise ConfigError(f"there is no anomaly detector '{name}'; {suggestion(name, _DETECTORS)}")
    known = signature(_DETECTORS[name]).parameters
    for key in settings:
        if key not in known:
            raise ConfigError(
                f"anomaly detector '{name}' has no setting '{key}'; {suggestion(key, known)}"
            )
    return _DETECTORS[name](**{key: _made(value) for key, value in settings.items()})


def detector_settings(detector: BaseAnomalyDetector) -> dict[str, Any]:
    """Name and settings of a detector as plain values: `create_detector(**settings)` makes it.

    Raises:
        ConfigError: its class is not registered.
    """
    _import_modules()
    names = {kind: name for name, kind in _DETECTORS.items()}
    if type(detector) not in names:
        raise ConfigError(
            f"{type(detector).__name__} is no registered anomaly detector; decorate it with "
            "@register"
        )
    settings = detector.get_params(deep=False)
    plain = {key: _plain(value) for key, value in settings.items()}
    return {"name": names[type(detector)], **plain}


def _made(value: Any) -> Any:
    if isinstance(value, Mapping) and "name" in value:
        return create_detector(**value)
    return value


def _plain(value: Any) -> Any:
    return detector_settings(value) if isinstance(value, BaseAnomalyDetector) else value


def _import_modules() -> None:
    for module in _MODULES:
        import_module(f"kikimimi.tasks.anomaly.detectors.{module}")
