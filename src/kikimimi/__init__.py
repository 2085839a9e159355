"""Kikimimi (聞き耳) understands environmental sound.

    >>> import kikimimi
    >>> encoder = kikimimi.load_encoder()          # the embedded default
    >>> library = kikimimi.Library("sounds.kikimimi")  # doctest: +SKIP

Importing the package is cheap: neither torch nor the web server is loaded before it is needed.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from kikimimi.encoders.registry import load_encoder
    from kikimimi.library.library import Library

__version__ = "0.1.0"
__all__ = ["Library", "__version__", "load_encoder"]

_LAZY = {
    "Library": "kikimimi.library.library",
    "load_encoder": "kikimimi.encoders.registry",
}


def __getattr__(name: str) -> Any:
    if name not in _LAZY:
        raise AttributeError(f"module 'kikimimi' has no attribute {name!r}")
    return getattr(import_module(_LAZY[name]), name)
