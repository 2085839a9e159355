"""Linear evaluation: one linear layer on standardised embeddings.

The protocol of EVAR (Niizumi et al., "BYOL for Audio", IEEE/ACM TASLP 2023, section IV): the layer
is trained with Adam until the score on the validation part has not risen for some epochs, and the
best is taken. Axes: V clips, D embedding size, K classes.
"""

from collections.abc import Sequence
from copy import deepcopy
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn
from torch.nn import functional

from kikimimi.tasks.classification.evaluation import figure_of_merit
from kikimimi.types import FloatArray

DEFAULT_LR = 3e-4
LR_CANDIDATES = (3e-5, 1e-4, 3e-4, 1e-3, 3e-3, 1e-2, 3e-2)


@dataclass(frozen=True, slots=True)
class LinearSettings:
    """Everything that decides a probe, but the learning rate and the seed."""

    epochs: int = 200
    batch_size: int = 200
    patience: int = 20
    """Epochs without a better score on the validation part after which training ends."""
    weight_decay: float = 1e-8


@dataclass(frozen=True, slots=True, eq=False)
class Examples:
    """`embeddings` (V, D), `targets` (V,) or, of several classes at once, (V, K)."""

    embeddings: FloatArray
    targets: NDArray[np.int64] | NDArray[np.float32]

    def at(self, rows: NDArray[np.int64]) -> "Examples":
        """Some of them."""
        return Examples(self.embeddings[rows], self.targets[rows])


@dataclass(frozen=True, slots=True, eq=False)
class LinearProbe:
    """A layer `weights` (K, D), `biases` (K,) on embeddings less `mean`, divided by `scale`.

    `validation` is its score on the validation part, reached after `epochs`, with `lr`.
    """

    weights: FloatArray
    biases: FloatArray
    mean: FloatArray
    scale: FloatArray
    lr: float
    epochs: int
    validation: float

    def logits(self, embeddings: FloatArray) -> FloatArray:
        """(V, D) -> (V, K)."""
        standard = (embeddings - self.mean) / self.scale
        return np.asarray(standard @ self.weights.T + self.biases, np.float32)


def score(
    logits: FloatArray, targets: NDArray[np.int64] | NDArray[np.float32]
) -> tuple[str, float]:
    """Name and value of the figure of merit: accuracy, or mean average precision over classes."""
    if targets.ndim == 1:
        return "accuracy", float((logits.argmax(axis=1) == targets).mean())
    return figure_of_merit(logits, targets.astype(np.float32), multi_label=True)


def fit_linear(
    train: Examples,
    validation: Examples,
    settings: LinearSettings,
    *,
    classes: int,
    lr: float,
    seed: int,
) -> LinearProbe:
    """Train one probe; the same arguments give the same probe.

    The scaler is fitted on `train` alone; a dimension that does not vary there is left unscaled.
    """
    mean, scale = _standard(train.embeddings)
    inputs = torch.from_numpy((train.embeddings - mean) / scale)
    targets = torch.from_numpy(train.targets)
    watched = torch.from_numpy((validation.embeddings - mean) / scale)
    generator = torch.Generator().manual_seed(seed)
    layer = _layer(inputs.shape[1], classes, generator)
    optimiser = torch.optim.Adam(layer.parameters(), lr=lr, weight_decay=settings.weight_decay)
    loss = functional.cross_entropy if targets.ndim == 1 else _binary
    best, best_state, best_epoch = -1.0, deepcopy(layer.state_dict()), 0
    for epoch in range(1, settings.epochs + 1):
        order = torch.randperm(len(inputs), generator=generator)
        for rows in order.split(settings.batch_size):
            optimiser.zero_grad()
            loss(layer(inputs[rows]), targets[rows]).backward()
            optimiser.step()
        with torch.inference_mode():
            reached = score(layer(watched).numpy(), validation.targets)[1]
        if reached > best:
            best, best_state, best_epoch = reached, deepcopy(layer.state_dict()), epoch
        if epoch - best_epoch >= settings.patience:
            break
    return LinearProbe(
        weights=best_state["weight"].numpy(),
        biases=best_state["bias"].numpy(),
        mean=mean,
        scale=scale,
        lr=lr,
        epochs=best_epoch,
        validation=best,
    )


def choose_lr(
    train: Examples,
    validation: Examples,
    settings: LinearSettings,
    *,
    classes: int,
    seed: int,
    candidates: Sequence[float] = LR_CANDIDATES,
) -> float:
    """The learning rate whose probe has the best score on the validation part; the test is unseen.

    Of equals the one nearest to the middle of the candidates is taken.
    """
    middle = float(np.mean(np.log(candidates)))

    def merit(lr: float) -> tuple[float, float]:
        probe = fit_linear(train, validation, settings, classes=classes, lr=lr, seed=seed)
        return probe.validation, -abs(float(np.log(lr)) - middle)

    return max(candidates, key=merit)


def _standard(embeddings: FloatArray) -> tuple[FloatArray, FloatArray]:
    mean = embeddings.mean(axis=0, dtype=np.float64)
    scale = embeddings.std(axis=0, dtype=np.float64)
    constant = scale <= 10 * np.finfo(np.float32).eps * np.maximum(np.abs(mean), 1e-30)
    scale[constant] = 1
    return mean.astype(np.float32), scale.astype(np.float32)


def _layer(inputs: int, outputs: int, generator: torch.Generator) -> nn.Linear:
    """A linear layer with torch's usual first weights, drawn from `generator`."""
    layer = nn.Linear(inputs, outputs)
    bound = inputs**-0.5
    with torch.no_grad():
        layer.weight.uniform_(-bound, bound, generator=generator)
        layer.bias.uniform_(-bound, bound, generator=generator)
    return layer


def _binary(logits: Tensor, targets: Tensor) -> Tensor:
    return functional.binary_cross_entropy_with_logits(logits, targets)
