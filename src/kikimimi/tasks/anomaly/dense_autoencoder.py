"""The dense auto-encoder of DCASE task 2's baselines, and its training.

Axes: R rows, D features of a row.
"""

from itertools import pairwise

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional

from kikimimi.types import FloatArray

_HIDDEN_LAYERS = 4


class DenseAutoencoder(nn.Module):
    """(R, D) -> (R, D) through 4 hidden layers, a bottleneck and 4 hidden layers.

    Batch normalisation and ReLU follow every layer but the last.

    Args:
        size: D, features of a row; 640 for five frames of 128 mel bands.
        hidden: units of each hidden layer.
        bottleneck: units of the narrowest layer.
        seed: of the first weights.
    """

    def __init__(self, size: int, *, hidden: int = 128, bottleneck: int = 8, seed: int = 0) -> None:
        super().__init__()
        around = [hidden] * _HIDDEN_LAYERS
        widths = [size, *around, bottleneck, *around]
        with torch.random.fork_rng(devices=[]):
            torch.manual_seed(seed)
            inner = [_dense(few, many) for few, many in pairwise(widths)]
            self.layers = nn.Sequential(*inner, nn.Linear(hidden, size))

    def forward(self, x: Tensor) -> Tensor:
        """Copy rows: (R, D) -> (R, D)."""
        return self.layers(x)


def trained_autoencoder(
    rows: FloatArray,
    network: DenseAutoencoder,
    *,
    epochs: int,
    batch_size: int,
    lr: float,
    seed: int,
    device: str,
) -> DenseAutoencoder:
    """Train on rows (R, D) with Adam and the mean squared error; the same arguments, same weights.

    Returns:
        The network on the CPU, ready for evaluation.
    """
    inputs = torch.from_numpy(rows).to(device)
    network = network.to(device).train()
    optimiser = torch.optim.Adam(network.parameters(), lr=lr)
    generator = np.random.default_rng(seed)
    batches = -(-len(rows) // batch_size)
    for _ in range(epochs):
        # of nearly one size, since batch normalisation cannot do with a last batch of one row
        for batch in np.array_split(generator.permutation(len(rows)), batches):
            clips = inputs[torch.from_numpy(batch)]
            optimiser.zero_grad()
            functional.mse_loss(network(clips), clips).backward()
            optimiser.step()
    return network.eval().cpu().requires_grad_(requires_grad=False)


def _dense(inputs: int, outputs: int) -> nn.Module:
    return nn.Sequential(nn.Linear(inputs, outputs), nn.BatchNorm1d(outputs), nn.ReLU())
