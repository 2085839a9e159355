"""Text encoders by name, or by the folder of a model.

Each is one module of this package that registers its class with `@register`; the modules named in
`_MODULES` are imported only when somebody asks for text encoders.
"""

from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from typing import TypeVar

from kikimimi.encoders.text.contract import TextEncoder
from kikimimi.errors import EncoderError
from kikimimi.names import suggestion

DEFAULT_TEXT_ENCODER = "minilm"

_MODULES = ("kikimimi.encoders.text.minilm",)
_FACTORIES: dict[str, Callable[[], TextEncoder]] = {}

T = TypeVar("T", bound=type[TextEncoder])


def register(encoder: T) -> T:
    """Class decorator: make a text encoder known under `encoder.card.name`."""
    _FACTORIES[encoder.card.name] = encoder
    return encoder


def text_encoder_names() -> list[str]:
    """Names of all text encoders, the default one first."""
    _import_modules()
    return sorted(_FACTORIES, key=lambda name: (name != DEFAULT_TEXT_ENCODER, name))


def create_text_encoder(name: str = DEFAULT_TEXT_ENCODER) -> TextEncoder:
    """Construct a text encoder without loading its weights.

    Args:
        name: a registered name, or the path of a folder that `transformers` can read.

    Raises:
        EncoderError: no text encoder has this name; the message names the nearest one.
    """
    _import_modules()
    if name in _FACTORIES:
        return _FACTORIES[name]()
    if Path(name).is_dir():
        from kikimimi.encoders.text.transformers_folder import TransformersFolder

        return TransformersFolder(Path(name))
    raise EncoderError(
        f"there is no text encoder '{name}'; {suggestion(name, _FACTORIES)}, or give the folder of "
        "a transformers model"
    )


def load_text_encoder(name: str = DEFAULT_TEXT_ENCODER) -> TextEncoder:
    """Construct a text encoder and load its weights.

    Raises:
        EncoderError: no text encoder has this name, or its weights are missing or damaged.
    """
    return create_text_encoder(name).load()


def _import_modules() -> None:
    for module in _MODULES:
        import_module(module)
