"""Detectors by name.

A detector is a folder that `kikimimi train` exported, a detector that comes with the package, or
any encoder that has tags. Folders are opened by the `architecture` in their `config.json`; a
module of this package that reads one registers itself with `@register_folders`.
"""

import os
from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from typing import TypeVar

from kikimimi.encoders.detection.contract import Detector
from kikimimi.encoders.detection.encoder_events import EncoderEvents
from kikimimi.encoders.registry import DEFAULT_ENCODER, create_encoder, encoder_names
from kikimimi.encoders.weights import CONFIG_NAME, embedded_folder, read_config
from kikimimi.errors import EncoderError
from kikimimi.names import suggestion

SHIPPED_DETECTOR = "kikimimi-detector"
"""The folder beside those of the encoders that holds the detector of the package."""

_MODULES = ("kikimimi.encoders.detection.trained",)
_FOLDER_FACTORIES: dict[str, Callable[[Path], Detector]] = {}

D = TypeVar("D", bound=type[Detector])


def register_folders(architecture: str) -> Callable[[D], D]:
    """Class decorator: open folders whose `config.json` names this architecture with the class."""

    def register_class(detector: D) -> D:
        _FOLDER_FACTORIES[architecture] = detector
        return detector

    return register_class


def detector_names() -> list[str]:
    """Names of the detectors whose weights are here, the default one first: the shipped one, and
    encoders with tags."""
    encoders = map(create_encoder, encoder_names())
    with_tags = [e.card.name for e in encoders if e.card.vocabulary and e.weights_are_here]
    return ([SHIPPED_DETECTOR] if _is_shipped() else []) + with_tags


def default_detector() -> str:
    """The detector of the package, or the tags of the default encoder where there is none."""
    return SHIPPED_DETECTOR if _is_shipped() else DEFAULT_ENCODER


def create_detector(name: str | None = None) -> Detector:
    """Construct a detector without loading its weights.

    Args:
        name: of a detector or encoder, or a folder; the default one if not given.

    Raises:
        EncoderError: there is none of this name or in this folder, or the encoder has no tags.
    """
    name = default_detector() if name is None else name
    if name == SHIPPED_DETECTOR and _is_shipped():
        return _open_folder(embedded_folder(SHIPPED_DETECTOR))
    if _is_detector_folder(name):
        return _open_folder(Path(name).expanduser().absolute())
    if not _is_path(name) and name.partition("[")[0] not in encoder_names():
        raise EncoderError(f"there is no detector '{name}'; {suggestion(name, detector_names())}")
    return EncoderEvents(create_encoder(name))


def load_detector(name: str | None = None) -> Detector:
    """Construct a detector and load its weights.

    Raises:
        EncoderError: as `create_detector`, or the weights are missing or damaged.
    """
    return create_detector(name).load()


def _open_folder(folder: Path) -> Detector:
    _import_modules()
    architecture = str(read_config(folder).get("architecture"))
    return _FOLDER_FACTORIES[architecture](folder)


def _is_detector_folder(name: str) -> bool:
    folder = Path(name).expanduser()
    if not (folder / CONFIG_NAME).is_file():
        return False
    _import_modules()
    return read_config(folder).get("architecture") in _FOLDER_FACTORIES


def _is_shipped() -> bool:
    return (embedded_folder(SHIPPED_DETECTOR) / CONFIG_NAME).is_file()


def _is_path(name: str) -> bool:
    return any(mark in name for mark in ("/", os.sep)) or (Path(name) / CONFIG_NAME).is_file()


def _import_modules() -> None:
    for module in _MODULES:
        import_module(module)
