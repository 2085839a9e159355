"""Encoders by name.

Each encoder is one module of this package, or of `kikimimi.encoders.published`, that registers its
class with `@register`. The modules are imported only when somebody asks for encoders.
"""

import os
from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from pkgutil import iter_modules
from typing import TypeVar

from kikimimi.encoders.contract import Encoder
from kikimimi.encoders.weights import CONFIG_NAME, read_config
from kikimimi.errors import EncoderError
from kikimimi.names import suggestion

DEFAULT_ENCODER = "kikimimi"

_MODULES = (
    "kikimimi.encoders.default",
    "kikimimi.encoders.logmel_statistics",
    "kikimimi.encoders.placeholder",
)
_PUBLISHED = "kikimimi.encoders.published"
_FACTORIES: dict[str, Callable[[], Encoder]] = {}
_FOLDER_FACTORIES: dict[str, Callable[[Path], Encoder]] = {}

E = TypeVar("E", bound=type[Encoder])


def register(encoder: E) -> E:
    """Class decorator: make an encoder known under `encoder.card.name`."""
    _FACTORIES[encoder.card.name] = encoder
    return encoder


def register_folders(architecture: str) -> Callable[[E], E]:
    """Class decorator: open folders whose `config.json` names this architecture with the class."""

    def register_class(encoder: E) -> E:
        _FOLDER_FACTORIES[architecture] = encoder
        return encoder

    return register_class


def encoder_names() -> list[str]:
    """Names of all encoders, the default one first."""
    _import_modules()
    return sorted(_FACTORIES, key=lambda name: (name != DEFAULT_ENCODER, name))


def create_encoder(name: str = DEFAULT_ENCODER) -> Encoder:
    """Construct an encoder without loading its weights.

    A path is the folder of an encoder that was trained, by a method of `kikimimi.pretraining`
    (`kikimimi.encoders.trained`) or by the recipe of the default encoder: whatever has a slash in
    it, or is a folder with a `config.json` and no encoder's name.

    A name followed by layers in brackets, `"kikimimi[layer7,layer14]"`, is an encoder that fuses
    them (`kikimimi.encoders.fusion`).

    Raises:
        EncoderError: no encoder has this name, and the message names the nearest one; or there is
            no encoder in the folder.
    """
    from kikimimi.encoders.fusion import fused_from_name

    _import_modules()
    fused = fused_from_name(name, create_encoder)
    if fused is not None:
        return fused
    if _is_folder(name):
        return _open_folder(Path(name).expanduser().absolute())
    if name not in _FACTORIES:
        raise EncoderError(f"there is no encoder '{name}'; {suggestion(name, _FACTORIES)}")
    return _FACTORIES[name]()


def load_encoder(name: str = DEFAULT_ENCODER) -> Encoder:
    """Construct an encoder and load its weights.

    Raises:
        EncoderError: no encoder has this name, or its weights are missing or damaged.
    """
    return create_encoder(name).load()


def _open_folder(folder: Path) -> Encoder:
    from kikimimi.encoders.trained import TrainedEncoder

    known = (folder / CONFIG_NAME).is_file()
    architecture = read_config(folder).get("architecture") if known else None
    return _FOLDER_FACTORIES.get(str(architecture), TrainedEncoder)(folder)


def _is_folder(name: str) -> bool:
    if any(separator in name for separator in ("/", os.sep)):
        return True
    return name not in _FACTORIES and (Path(name) / CONFIG_NAME).is_file()


def _import_modules() -> None:
    for module in _MODULES:
        import_module(module)
    for found in iter_modules(import_module(_PUBLISHED).__path__):
        import_module(f"{_PUBLISHED}.{found.name}")
