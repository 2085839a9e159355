"""The contract of a training method, and methods by name.

Each method is one module of this package that registers its class with `@register`.

Axes: B examples, V views (crops of one clip), F mel bands, N frames, T samples, E size of a text's
embedding.
"""

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from importlib import import_module
from typing import Any, ClassVar, TypeVar

from torch import Tensor, nn

from kikimimi.errors import ConfigError
from kikimimi.names import suggestion
from kikimimi.networks.contract import InputKind, Network


@dataclass(frozen=True, slots=True)
class Examples:
    """What a method learns from in one step."""

    samples: Tensor
    """(B, V, T)"""
    log_mel: Tensor
    """(B, V, F, N), normalised"""
    texts: Tensor | None = None
    """(B, E), where the training has captions"""


@dataclass(frozen=True, slots=True)
class Setting:
    """What a method must know of its training to make its layers."""

    bands: int
    """F"""
    frames: int
    """N"""
    text_size: int | None = None
    """E, where the training has captions"""
    log_scale: float = 1.0
    """Natural logarithms of power in one unit of the spectrograms."""


class Method(nn.Module, ABC):
    """Everything that is trained. `network` is what becomes the encoder.

    The constructor takes a value of `Config`, the network and the setting.
    """

    Config: ClassVar[type]
    title: ClassVar[str]
    paper: ClassVar[str]
    views: ClassVar[int] = 1
    """Crops of one clip in an example."""
    needs_texts: ClassVar[bool] = False
    needs_start: ClassVar[bool] = False
    """Whether the network must come from an earlier training."""
    input_kind: ClassVar[InputKind] = "log_mel"
    """What the network must hear."""

    def __init__(self, network: Network) -> None:
        super().__init__()
        if network.input_kind != self.input_kind:
            raise ConfigError(
                f"method '{self.name}' trains a network that hears {self.input_kind}, but this one "
                f"hears {network.input_kind}; name another network"
            )
        self.network = network
        self.total_steps = 1
        """Steps of the whole training, for what changes in its course."""

    @property
    def name(self) -> str:
        """The name in recipes."""
        return next(name for name, method in _METHODS.items() if method is type(self))

    @abstractmethod
    def losses(self, examples: Examples) -> dict[str, Tensor]:
        """Scalars by name: "loss" is minimised, the others are logged."""

    def kept_beside(self) -> Mapping[str, nn.Module]:
        """Modules that the encoder keeps beside the network, by name; none by default."""
        return {}


_MODULES = ("byol_a", "cola", "m2d", "m2d2", "m2d_clap", "msm_mae", "waveform_agreement")
_METHODS: dict[str, type[Method]] = {}

M = TypeVar("M", bound=type[Method])


def register(name: str) -> Callable[[M], M]:
    """Class decorator: make a method known under `name`."""

    def add(method: M) -> M:
        _METHODS[name] = method
        return method

    return add


def method_names() -> list[str]:
    """Names of all methods, in alphabetical order."""
    _import_modules()
    return sorted(_METHODS)


def method_type(name: str) -> type[Method]:
    """The class registered under `name`.

    Raises:
        ConfigError: no method has this name; the message names the nearest one.
    """
    _import_modules()
    if name not in _METHODS:
        raise ConfigError(f"there is no training method '{name}'; {suggestion(name, _METHODS)}")
    return _METHODS[name]


def create_method(name: str, config: Any, network: Network, setting: Setting) -> Method:
    """Construct a method around a network.

    Raises:
        ConfigError: no method has this name, or it cannot train this network.
    """
    make: Callable[..., Method] = method_type(name)
    return make(config, network, setting)


def _import_modules() -> None:
    for module in _MODULES:
        import_module(f"{__package__}.{module}")
