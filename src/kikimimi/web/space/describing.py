"""Saying what the axes of a layout stand for, in tags, sounds and words.

Axes: V sounds, C axes.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from kikimimi.encoders.vocabulary import Language, display_name
from kikimimi.library.layouts.records import AxisDescription, Describe
from kikimimi.library.library import Library
from kikimimi.tasks.maps.components import Component, describe_components
from kikimimi.types import FloatArray

_LEAST_SCORE = 0.3
_TOP = 5
_LEAST_SHARE = 0.002
_LEAST_SOUNDS = 2


def describer(library: Library) -> Describe:
    """Describes layouts of a library by the tags of its sounds."""

    def describe(ids: NDArray[np.int64], points: FloatArray) -> Sequence[AxisDescription]:
        by_id = library.all_tags()
        tags = [
            [tag.name for tag in by_id.get(sound_id, ()) if tag.score >= _LEAST_SCORE]
            for sound_id in ids.tolist()
        ]
        names = [str(number) for number in range(points.shape[1])]
        least = max(_LEAST_SOUNDS, round(_LEAST_SHARE * len(ids)))
        high, low = (
            describe_components(side, names, tags, top=_TOP, least_sounds=least)
            for side in (points, -points)
        )
        return [_axis(up, down, ids) for up, down in zip(high, low, strict=True)]

    return describe


def tag_words(names: Sequence[str], language: Language, *, most: int) -> str:
    """The names of tags for people, each word once."""
    words = dict.fromkeys(display_name(name, language) for name in names)
    return ("、" if language == "ja" else ", ").join(list(words)[:most])


def _axis(high: Component, low: Component, ids: NDArray[np.int64]) -> AxisDescription:
    return AxisDescription(
        tags=_loadings(high, 1),
        opposite_tags=_loadings(low, -1),
        sounds=tuple(int(ids[row]) for row in high.sounds),
    )


def _loadings(component: Component, sign: int) -> tuple[tuple[str, float], ...]:
    """The tags that lie clearly to one side."""
    return tuple((t.tag, round(sign * t.loading, 3)) for t in component.tags if t.loading > 0)
