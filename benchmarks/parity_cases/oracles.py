"""Importing oracles: packages of others, which may ask for more than the part that is used."""

import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from importlib import import_module
from importlib.machinery import PathFinder
from types import ModuleType
from typing import Any
from unittest.mock import MagicMock

import numpy as np
import torch
from numpy.typing import NDArray
from torch import nn

from parity_cases.registry import MissingOracle


def import_oracle(name: str, *, stubs: tuple[str, ...] = ()) -> ModuleType:
    """Import one module of a package without running the package's own `__init__`.

    Args:
        name: full name of the module.
        stubs: modules that it imports and that what is used of it does not need; for the time of
            the import.

    Raises:
        MissingOracle: the package, or something else that it needs, is not installed.
    """
    package, _, _ = name.partition(".")
    spec = PathFinder.find_spec(package)
    if spec is None or spec.submodule_search_locations is None:
        raise MissingOracle(f"the package {package} is not installed (--oracles)")
    _skip_init(name.split(".")[:-1], list(spec.submodule_search_locations))
    missing = [stub for stub in stubs if stub not in sys.modules]
    sys.modules.update({stub: MagicMock() for stub in missing})
    try:
        return import_module(name)
    except ImportError as error:
        raise MissingOracle(f"{name} needs {error.name}") from None
    finally:
        for stub in missing:
            del sys.modules[stub]


@contextmanager
def stand_ins(parts: Mapping[str, Mapping[str, Any] | ModuleType]) -> Iterator[None]:
    """Modules that an oracle imports and that are not installed, while it is imported.

    `parts` has the contents of each by its full name, or a module to be found under that name. Of
    an installed package the module alone is replaced.
    """
    made: list[str] = []
    for name, part in parts.items():
        installed = PathFinder.find_spec(name.partition(".")[0]) is not None
        for whole in [name] if installed else _with_parents(name):
            if whole not in sys.modules:
                sys.modules[whole] = ModuleType(whole)
                made.append(whole)
        if isinstance(part, ModuleType):
            sys.modules[name] = part
        else:
            vars(sys.modules[name]).update(part)
        for whole in [] if installed else _with_parents(name)[1:]:
            owner, _, last = whole.rpartition(".")
            setattr(sys.modules[owner], last, sys.modules[whole])
    try:
        yield
    finally:
        for name in made:
            del sys.modules[name]


def _with_parents(name: str) -> list[str]:
    """`a.b.c` -> `a`, `a.b`, `a.b.c`."""
    names = name.split(".")
    return [".".join(names[: depth + 1]) for depth in range(len(names))]


def _skip_init(packages: list[str], places: list[str]) -> None:
    for depth in range(len(packages)):
        name = ".".join(packages[: depth + 1])
        if name not in sys.modules:
            module = ModuleType(name)
            module.__path__ = ["/".join([place, *packages[1 : depth + 1]]) for place in places]
            sys.modules[name] = module


def randomise(network: nn.Module, seed: int = 0) -> nn.Module:
    """Weights that keep the size of signals, and batch normalisation that does something.

    Fixed parts (those without gradient, as a front end) stay as they are.
    """
    generator = torch.Generator().manual_seed(seed)
    with torch.no_grad():
        for module in network.modules():
            if isinstance(module, nn.modules.batchnorm._BatchNorm):
                _randomise_norm(module, generator)
                continue
            for parameter in module.parameters(recurse=False):
                if parameter.requires_grad:
                    fan_in = parameter[0].numel() if parameter.ndim > 1 else 100
                    parameter.normal_(0, (2 / fan_in) ** 0.5, generator=generator)
    return network.eval()


def _randomise_norm(norm: nn.modules.batchnorm._BatchNorm, generator: torch.Generator) -> None:
    norm.weight.uniform_(0.5, 1.5, generator=generator)
    norm.bias.normal_(0, 0.1, generator=generator)
    norm.running_mean.normal_(0, 0.1, generator=generator)
    norm.running_var.uniform_(0.5, 1.5, generator=generator)


def some_sounds(count: int, length: int, *, seed: int = 0) -> NDArray[np.float32]:
    """Clips (count, length) of noise and tones that come and go."""
    generator = np.random.default_rng(seed)
    time = np.arange(length) / length
    noise = generator.standard_normal((count, length)) * generator.uniform(0.01, 0.3, (count, 1))
    tones = np.sin(2 * np.pi * generator.uniform(100, 20000, (count, 1)) * time)
    return (noise * np.sin(np.pi * time) ** 2 + 0.1 * tones).astype(np.float32)
