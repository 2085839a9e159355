"""Optimisers by name, with groups of parameters by module."""

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import torch
from torch import nn

from kikimimi.errors import ConfigError
from kikimimi.names import suggestion

_Groups = list[dict[str, Any]]


@dataclass(frozen=True, slots=True)
class OptimiserSettings:
    """Which optimiser, and how fast it goes where."""

    name: str = "adamw"
    """adam, amsgrad, adamw, radam or sgd (with Nesterov momentum)."""
    lr: float = 1e-3
    weight_decay: float = 0.0
    betas: tuple[float, float] = (0.9, 0.999)
    """For the Adam family."""
    epsilon: float = 1e-8
    """For the Adam family."""
    momentum: float = 0.9
    """For sgd."""
    decay_biases_and_norms: bool = False
    """Whether parameters of one axis or none (biases, scales of norms) decay too."""
    lr_multipliers: dict[str, float] = field(default_factory=dict)
    """Factor on the learning rate by the name of a module or parameter; the longest name counts."""


_Factory = Callable[[_Groups, OptimiserSettings], torch.optim.Optimizer]
_FACTORIES: dict[str, _Factory] = {}


def _register(name: str) -> Callable[[_Factory], _Factory]:
    def add(factory: _Factory) -> _Factory:
        _FACTORIES[name] = factory
        return factory

    return add


def optimiser_names() -> tuple[str, ...]:
    """Names that `OptimiserSettings.name` may have."""
    return tuple(_FACTORIES)


def create_optimiser(network: nn.Module, settings: OptimiserSettings) -> torch.optim.Optimizer:
    """An optimiser of the parameters of `network` that want a gradient.

    Each group has its own `initial_lr`, the learning rate before any schedule.

    Raises:
        ConfigError: the name is unknown, a value is impossible, a multiplier's name matches no
            parameter, or there is nothing to train.
    """
    factory = _FACTORIES.get(settings.name)
    if factory is None:
        hint = suggestion(settings.name, _FACTORIES)
        raise ConfigError(f"unknown optimiser '{settings.name}'; {hint}")
    groups = _groups(network, settings)
    if not groups:
        raise ConfigError("the network has no parameter to train; unfreeze a part of it")
    try:
        optimiser = factory(groups, settings)
    except ValueError as error:
        raise ConfigError(f"optimiser {settings.name}: {error}; mend the recipe") from None
    for group in optimiser.param_groups:
        group["initial_lr"] = group["lr"]
    return optimiser


def _groups(network: nn.Module, settings: OptimiserSettings) -> _Groups:
    """Parameters by (multiplier, whether they decay), in the order of the network."""
    named = [(name, p) for name, p in network.named_parameters() if p.requires_grad]
    _check_multipliers(settings.lr_multipliers, [name for name, _ in network.named_parameters()])
    grouped: dict[tuple[float, bool], list[nn.Parameter]] = {}
    for name, parameter in named:
        decays = parameter.ndim > 1 or settings.decay_biases_and_norms
        key = (_multiplier(name, settings.lr_multipliers), decays)
        grouped.setdefault(key, []).append(parameter)
    return [
        {
            "params": parameters,
            "lr": settings.lr * multiplier,
            "weight_decay": settings.weight_decay if decays else 0.0,
        }
        for (multiplier, decays), parameters in grouped.items()
    ]


def _multiplier(name: str, multipliers: Mapping[str, float]) -> float:
    matching = [prefix for prefix in multipliers if _lies_in(name, prefix)]
    return multipliers[max(matching, key=len)] if matching else 1.0


def _lies_in(name: str, prefix: str) -> bool:
    return name == prefix or name.startswith(f"{prefix}.")


def _check_multipliers(multipliers: Mapping[str, float], names: list[str]) -> None:
    modules = {name.rsplit(".", depth)[0] for name in names for depth in range(name.count(".") + 1)}
    for prefix, multiplier in multipliers.items():
        if not 0 <= multiplier < math.inf:
            raise ConfigError(f"lr_multipliers: {prefix} must be 0 or more, but is {multiplier}")
        if not any(_lies_in(name, prefix) for name in names):
            hint = suggestion(prefix, sorted(modules))
            raise ConfigError(f"lr_multipliers: no module is named '{prefix}'; {hint}")


@_register("adam")
def _adam(groups: _Groups, settings: OptimiserSettings) -> torch.optim.Optimizer:
    """Kingma and Ba, ICLR 2015; the decay is an L2 term of the loss."""
    return torch.optim.Adam(groups, settings.lr, settings.betas, settings.epsilon)


@_register("amsgrad")
def _amsgrad(groups: _Groups, settings: OptimiserSettings) -> torch.optim.Optimizer:
    """Reddi, Kale and Kumar, "On the convergence of Adam and beyond", ICLR 2018."""
    return torch.optim.Adam(groups, settings.lr, settings.betas, settings.epsilon, amsgrad=True)


@_register("adamw")
def _adamw(groups: _Groups, settings: OptimiserSettings) -> torch.optim.Optimizer:
    """Loshchilov and Hutter, "Decoupled weight decay regularization", ICLR 2019."""
    return torch.optim.AdamW(groups, settings.lr, settings.betas, settings.epsilon)


@_register("radam")
def _radam(groups: _Groups, settings: OptimiserSettings) -> torch.optim.Optimizer:
    """Liu et al., "On the variance of the adaptive learning rate and beyond", ICLR 2020."""
    return torch.optim.RAdam(groups, settings.lr, settings.betas, settings.epsilon)


@_register("sgd")
def _sgd(groups: _Groups, settings: OptimiserSettings) -> torch.optim.Optimizer:
    """Gradient descent with Nesterov's momentum; Sutskever et al., ICML 2013."""
    return torch.optim.SGD(
        groups, settings.lr, momentum=settings.momentum, nesterov=settings.momentum > 0
    )
