"""Networks by name.

Each architecture is one module of this package that registers its class with `@register`; putting
the file there is all that is needed. The modules are imported only when somebody asks for networks.
"""

from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from pkgutil import iter_modules
from typing import TypeVar

from kikimimi.errors import ConfigError
from kikimimi.names import suggestion
from kikimimi.networks.contract import Network, NetworkConfig

_NETWORKS: dict[str, type[Network]] = {}

N = TypeVar("N", bound=type[Network])


def register(name: str) -> Callable[[N], N]:
    """Class decorator: make a network known under `name`."""

    def add(network: N) -> N:
        _NETWORKS[name] = network
        return network

    return add


def network_names() -> list[str]:
    """Names of all networks, in alphabetical order."""
    _import_modules()
    return sorted(_NETWORKS)


def network_type(name: str) -> type[Network]:
    """The class registered under `name`, to read its input kind and paper without building it.

    Raises:
        ConfigError: no network has this name; the message names the nearest one.
    """
    _import_modules()
    if name not in _NETWORKS:
        raise ConfigError(f"there is no network '{name}'; {suggestion(name, _NETWORKS)}")
    return _NETWORKS[name]


def config_type(name: str) -> type[NetworkConfig]:
    """The frozen dataclass of the sizes of a network. Raises as `network_type` does."""
    return network_type(name).Config


def create_network(name: str, config: NetworkConfig | None = None) -> Network:
    """Construct a network with random weights, of its standard sizes if `config` is None.

    Raises:
        ConfigError: no network has this name, or `config` is another network's.
    """
    network = network_type(name)
    sizes = network.Config() if config is None else config
    if not isinstance(sizes, network.Config):
        raise ConfigError(
            f"network '{name}' takes a {network.Config.__name__}, not a {type(sizes).__name__}; "
            f"make one with config_type('{name}')"
        )
    return network(sizes)


def _import_modules() -> None:
    for module in iter_modules([str(Path(__file__).parent)]):
        import_module(f"{__package__}.{module.name}")
