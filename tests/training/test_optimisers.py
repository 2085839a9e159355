"""Optimisers against their papers' formulas, written out in NumPy."""

import math
from collections.abc import Callable

import numpy as np
import pytest
import torch
from torch import nn

from kikimimi.errors import ConfigError
from kikimimi.training.optimisers import OptimiserSettings, create_optimiser, optimiser_names

_LR, _DECAY, _B1, _B2, _EPS = 0.05, 0.1, 0.8, 0.9, 1e-6
_Gradients = list[np.ndarray]


def _adam(w: np.ndarray, gradients: _Gradients, *, amsgrad: bool, decoupled: bool) -> np.ndarray:
    m, v, largest = np.zeros_like(w), np.zeros_like(w), np.zeros_like(w)
    for t, g in enumerate(gradients, start=1):
        if decoupled:
            w = w - _LR * _DECAY * w
        else:
            g = g + _DECAY * w
        m, v = _B1 * m + (1 - _B1) * g, _B2 * v + (1 - _B2) * g**2
        largest = np.maximum(largest, v)
        second = (largest if amsgrad else v) / (1 - _B2**t)
        w = w - _LR * m / (1 - _B1**t) / (np.sqrt(second) + _EPS)
    return w


def _radam(w: np.ndarray, gradients: _Gradients) -> np.ndarray:
    """Algorithm 2 of Liu et al. with an L2 term."""
    m, v = np.zeros_like(w), np.zeros_like(w)
    longest = 2 / (1 - _B2) - 1
    for t, g in enumerate(gradients, start=1):
        g = g + _DECAY * w
        m, v = _B1 * m + (1 - _B1) * g, _B2 * v + (1 - _B2) * g**2
        length = longest - 2 * t * _B2**t / (1 - _B2**t)
        step = m / (1 - _B1**t)
        if length > 5:
            numerator = (length - 4) * (length - 2) * longest
            rectified = math.sqrt(numerator / ((longest - 4) * (longest - 2) * length))
            step = step * rectified * math.sqrt(1 - _B2**t) / (np.sqrt(v) + _EPS)
        w = w - _LR * step
    return w


def _nesterov(w: np.ndarray, gradients: _Gradients) -> np.ndarray:
    velocity = np.zeros_like(w)
    for g in gradients:
        g = g + _DECAY * w
        velocity = 0.9 * velocity + g
        w = w - _LR * (g + 0.9 * velocity)
    return w


_ORACLES: dict[str, Callable[[np.ndarray, _Gradients], np.ndarray]] = {
    "adam": lambda w, g: _adam(w, g, amsgrad=False, decoupled=False),
    "amsgrad": lambda w, g: _adam(w, g, amsgrad=True, decoupled=False),
    "adamw": lambda w, g: _adam(w, g, amsgrad=False, decoupled=True),
    "radam": _radam,
    "sgd": _nesterov,
}


def test_every_optimiser_has_an_oracle() -> None:
    assert set(optimiser_names()) == _ORACLES.keys()


@pytest.mark.parametrize("name", _ORACLES)
def test_steps_follow_the_paper(name: str) -> None:
    generator = np.random.default_rng(1)
    start = generator.normal(size=(2, 3))
    # shrinking gradients, since AMSGrad differs from Adam only when v falls
    gradients = [generator.normal(size=(2, 3)) / t for t in range(1, 13)]
    network = nn.Module()
    network.weight = nn.Parameter(torch.from_numpy(start.copy()))
    settings = OptimiserSettings(name, _LR, _DECAY, (_B1, _B2), _EPS)
    optimiser = create_optimiser(network, settings)
    for gradient in gradients:
        network.weight.grad = torch.from_numpy(gradient)
        optimiser.step()
    expected = _ORACLES[name](start, gradients)
    np.testing.assert_allclose(network.weight.detach().numpy(), expected, rtol=1e-9)


def _network() -> nn.Sequential:
    backbone = nn.Sequential(nn.Linear(2, 2), nn.BatchNorm1d(2))
    return nn.Sequential(backbone, nn.Linear(2, 1))


def test_biases_and_norms_decay_only_when_told() -> None:
    network = _network()
    settings = OptimiserSettings(weight_decay=0.1)
    groups = create_optimiser(network, settings).param_groups
    assert {(p.ndim > 1, g["weight_decay"]) for g in groups for p in g["params"]} == {
        (True, 0.1),
        (False, 0.0),
    }
    all_decay = OptimiserSettings(weight_decay=0.1, decay_biases_and_norms=True)
    groups = create_optimiser(network, all_decay).param_groups
    assert {group["weight_decay"] for group in groups} == {0.1}


def test_the_longest_name_sets_the_rate() -> None:
    network = _network()
    settings = OptimiserSettings(lr=1.0, lr_multipliers={"0": 0.1, "0.1": 0.5})
    groups = create_optimiser(network, settings).param_groups
    rates = {id(p): group["lr"] for group in groups for p in group["params"]}
    assert all(group["lr"] == group["initial_lr"] for group in groups)
    assert [rates[id(p)] for p in network.parameters()] == [0.1, 0.1, 0.5, 0.5, 1.0, 1.0]


def test_frozen_parameters_are_left_out() -> None:
    network = _network()
    network[0].requires_grad_(False)
    groups = create_optimiser(network, OptimiserSettings()).param_groups
    assert sum(len(group["params"]) for group in groups) == 2
    network.requires_grad_(False)
    with pytest.raises(ConfigError, match="no parameter to train"):
        create_optimiser(network, OptimiserSettings())


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        (OptimiserSettings("amsgrat"), "did you mean 'amsgrad'"),
        (OptimiserSettings("lion"), "known: adam, amsgrad, adamw, radam, sgd"),
        (OptimiserSettings(lr=-1.0), "learning rate"),
        (OptimiserSettings(betas=(0.9, 2.0)), "beta"),
        (OptimiserSettings(lr_multipliers={"0.2": 1.0}), "no module is named '0.2'"),
        (OptimiserSettings(lr_multipliers={"0": -1.0}), "must be 0 or more"),
    ],
)
def test_wrong_settings_are_refused(settings: OptimiserSettings, message: str) -> None:
    with pytest.raises(ConfigError, match=message):
        create_optimiser(_network(), settings)
