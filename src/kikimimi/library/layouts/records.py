"""What a layout is.

Axes: V sounds, D size of a vector, C axes of the layout.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from kikimimi.types import FloatArray

LayoutKind = Literal["pca", "ica", "umap"]

MOST_FITTED = 50_000
"""A layout is fitted on at most so many sounds, evenly spread over the library."""

LEAST_FITTED = 3


@dataclass(frozen=True, slots=True)
class AxisDescription:
    """What an axis stands for: the tags that load highest on it, and lowest, and some sounds.

    Loadings are in standard deviations over all sounds. `share` of the variance, where known.
    """

    tags: tuple[tuple[str, float], ...] = ()
    opposite_tags: tuple[tuple[str, float], ...] = ()
    sounds: tuple[int, ...] = ()
    share: float | None = None


Describe = Callable[[NDArray[np.int64], FloatArray], Sequence[AxisDescription]]
"""Says what the C axes stand for, from the ids (V,) of sounds and their points (V, C)."""


@dataclass(frozen=True, slots=True)
class LayoutInfo:
    """A stored layout: with which encoder and when it was fitted, on how many sounds."""

    kind: LayoutKind
    encoder_identity: str
    made_at: str
    sounds: int
    axes: tuple[AxisDescription, ...]


@dataclass(frozen=True, slots=True, eq=False)
class LaidOut:
    """Where sounds lie: ids (V,) ascending, `points` (V, C) float32."""

    ids: NDArray[np.int64]
    points: FloatArray
