"""What the components of a map stand for: the tags and the sounds that load highest on them.

Axes: V sounds, C components.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from kikimimi.types import FloatArray


@dataclass(frozen=True, slots=True)
class TagLoading:
    """The mean loading of the sounds with a tag, in standard deviations over all sounds."""

    tag: str
    loading: float
    sounds: int


@dataclass(frozen=True, slots=True)
class Component:
    """`tags` and `sounds` (their numbers) that load highest, highest first."""

    name: str
    tags: tuple[TagLoading, ...]
    sounds: tuple[int, ...]


def describe_components(
    points: FloatArray,
    axes: Sequence[str],
    tags: Sequence[Sequence[str]],
    *,
    top: int = 5,
    least_sounds: int = 2,
) -> list[Component]:
    """Describe each component of points (V, C) by its positive end.

    Args:
        points: loadings of V sounds.
        axes: names of the C components.
        tags: those of each sound.
        top: how many tags and sounds to name.
        least_sounds: tags of fewer sounds are not named.

    Raises:
        ValueError: the numbers do not agree.
    """
    if points.shape != (len(tags), len(axes)):
        raise ValueError(f"{len(axes)} axes and {len(tags)} sounds for points {points.shape}")
    scaled = points.astype(np.float64) - points.mean(axis=0)
    scaled /= np.maximum(scaled.std(axis=0), 1e-12)
    rows: dict[str, list[int]] = {}
    for row, names in enumerate(tags):
        for name in dict.fromkeys(names):
            rows.setdefault(name, []).append(row)
    frequent = {name: found for name, found in rows.items() if len(found) >= least_sounds}
    described = []
    for number, axis in enumerate(axes):
        column = scaled[:, number]
        loadings = [
            TagLoading(name, float(column[found].mean()), len(found))
            for name, found in frequent.items()
        ]
        best = sorted(loadings, key=lambda each: (-each.loading, each.tag))[:top]
        highest = np.argsort(-column, kind="stable")[:top]
        described.append(Component(axis, tuple(best), tuple(int(row) for row in highest)))
    return described
