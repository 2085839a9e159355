"""Figures of generated sounds among themselves, and of a blend between its ends.

Axes: n sounds, D embedding size.
"""

from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from kikimimi.errors import GenerationError
from kikimimi.generation.quality.sets import EmbeddedSet
from kikimimi.metrics.generation.diversity import mean_cosine_distance, vendi_score
from kikimimi.types import FloatArray


@dataclass(frozen=True, slots=True)
class SpreadFigures:
    """How different the sounds of a set are from each other."""

    encoder: str
    sounds: int
    diversity: float
    """Mean cosine distance between two sounds."""
    vendi: float
    """Effective number of different sounds."""


@dataclass(frozen=True, slots=True)
class BlendFigures:
    """Cosine distances of the steps of a blend to its ends, as an encoder hears them."""

    encoder: str
    to_first: tuple[float, ...]
    to_second: tuple[float, ...]

    @property
    def is_monotonic(self) -> bool:
        """Whether each step lies farther from the first sound and nearer to the second."""
        away = all(before < after for before, after in pairwise(self.to_first))
        return away and all(before > after for before, after in pairwise(self.to_second))


def spread_figures(made: EmbeddedSet) -> SpreadFigures:
    """How different the sounds of a set are.

    Raises:
        GenerationError: there are fewer than two.
    """
    if len(made) < 2:
        raise GenerationError("diversity is that of two sounds or more; make more")
    rows = made.embeddings
    return SpreadFigures(made.encoder, len(made), mean_cosine_distance(rows), vendi_score(rows))


def blend_figures(ends: EmbeddedSet, steps: EmbeddedSet) -> BlendFigures:
    """Distances of the steps, from the first to the last, to both ends.

    Raises:
        GenerationError: the encoders differ, or there are not two ends.
    """
    if ends.encoder != steps.encoder or len(ends) != 2:
        raise GenerationError("a blend has two ends, which the encoder of its steps has embedded")
    first, second = _unit(ends.embeddings)
    rows = _unit(steps.embeddings)
    return BlendFigures(
        encoder=ends.encoder,
        to_first=tuple(float(each) for each in 1 - rows @ first),
        to_second=tuple(float(each) for each in 1 - rows @ second),
    )


def _unit(rows: FloatArray) -> FloatArray:
    lengths = np.linalg.norm(rows, axis=1, keepdims=True)
    unit: FloatArray = rows / np.maximum(lengths, 1e-12)
    return unit
