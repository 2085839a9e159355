"""Kinds of features by name; each is one module of this package that registers its class."""

from dataclasses import fields
from importlib import import_module
from typing import Any, TypeVar

from kikimimi.errors import ConfigError
from kikimimi.names import suggestion
from kikimimi.tasks.anomaly.features.contract import AnomalyFeatures

_MODULES = ("encoder_layers", "log_mel_frames")
_KINDS: dict[str, type[AnomalyFeatures]] = {}

F = TypeVar("F", bound=type[AnomalyFeatures])


def register(features: F) -> F:
    """Class decorator: make a kind of features known under its `kind`."""
    _KINDS[features.kind] = features
    return features


def feature_kinds() -> tuple[str, ...]:
    """The names of all kinds."""
    _import_modules()
    return tuple(sorted(_KINDS))


def create_features(kind: str = "encoder", **settings: Any) -> AnomalyFeatures:
    """Make features of a kind.

    Raises:
        ConfigError: there is no such kind or setting; the message names the nearest.
        EncoderError: there is no such encoder or layer.
    """
    _import_modules()
    if kind not in _KINDS:
        raise ConfigError(f"there are no features '{kind}'; {suggestion(kind, _KINDS)}")
    known = [field.name for field in fields(_KINDS[kind])]  # type: ignore[arg-type]
    for name in settings:
        if name not in known:
            raise ConfigError(
                f"features '{kind}' have no setting '{name}'; {suggestion(name, known)}"
            )
    return _KINDS[kind](**settings)


def _import_modules() -> None:
    for module in _MODULES:
        import_module(f"kikimimi.tasks.anomaly.features.{module}")
