"""Random numbers that depend on (seed, epoch, rank) only.

Each epoch starts from a state of its own; so a resumed training draws what an undisturbed one
does, and no state of a generator is ever saved.
"""

import random

import numpy as np
import torch

GLOBAL_STREAM = 0
"""Stream of the library-wide generators (dropout and the like)."""
DATA_STREAM = 1
"""Stream for the order of the data and for augmentation."""


def epoch_generator(
    seed: int, epoch: int, *, rank: int = 0, stream: int = DATA_STREAM
) -> np.random.Generator:
    """A generator for one epoch on one rank, independent of every other epoch, rank and stream.

    Leave `rank` at 0 for what all ranks must draw alike, such as the order of the data.
    """
    return np.random.default_rng((seed, epoch, rank, stream))


def seed_libraries(seed: int, epoch: int = 0, *, rank: int = 0) -> None:
    """Seed the global generators of Python, NumPy and torch, the ones on GPUs included."""
    generator = epoch_generator(seed, epoch, rank=rank, stream=GLOBAL_STREAM)
    first, second, third = (int(value) for value in generator.integers(0, 2**32, 3))
    random.seed(first)
    np.random.seed(second)
    torch.manual_seed(third)
