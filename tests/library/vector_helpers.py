"""Vectors and sounds for tests of the vector index, and ways to damage its cache."""

from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

SIZE = 8


def clustered(count: int, seed: int = 0) -> NDArray[np.float32]:
    generator = np.random.default_rng(seed)
    centres = np.random.default_rng(99).standard_normal((40, SIZE)) * 3
    drawn = centres[generator.integers(40, size=count)] + generator.standard_normal((count, SIZE))
    return drawn.astype(np.float32)


def sounds_of(vectors: NDArray[np.float32], first: int = 0) -> list[Any]:
    """Sounds of 1, 2, 3, 1, 2, 3 ... windows."""
    sounds, at = [], 0
    while at < len(vectors):
        end = at + 1 + len(sounds) % 3
        sounds.append((f"/s/{first + len(sounds):05d}.wav", vectors[at:end], (), {}))
        at = end
    return sounds


def damage_empty(path: Path) -> None:
    path.write_bytes(b"")


def damage_cut(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-3])


def damage_bit(path: Path) -> None:
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 1
    path.write_bytes(data)


def damage_noise(path: Path) -> None:
    path.write_bytes(np.random.default_rng(0).bytes(1000))


def damage_delete(path: Path) -> None:
    path.unlink()


def damage_folder(path: Path) -> None:
    path.unlink()
    path.mkdir()
