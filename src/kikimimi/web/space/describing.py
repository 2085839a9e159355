"""Saying what the axes of a layout stand for, in tags, sounds and words.

Axes: V sounds, C axes.
"""

import json
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from kikimimi.encoders.vocabulary import Language, display_name
from kikimimi.library.layouts.records import AxisDescription, Describe
from kikimimi.library.library import Library
from kikimimi.library.window_rows import raw_rows
from kikimimi.tasks.maps.components import Component, describe_components
from kikimimi.types import FloatArray

_LEAST_SCORE = 0.3
_TOP = 5
_MOST_SOUNDS = 5000
"""So many sounds, evenly spread, tell what an axis stands for."""

_TAGS = (
    "SELECT DISTINCT sound_id, tags.name FROM sound_tags JOIN tags ON tags.id = tag_id "
    "WHERE sound_id IN (SELECT value FROM json_each(?)) AND source != 'rejected' AND score >= ?"
)
_LEAST_SHARE = 0.002
_LEAST_SOUNDS = 2


def describer(library: Library) -> Describe:
    """Describes layouts of a library by the tags of its sounds."""

    def describe(ids: NDArray[np.int64], points: FloatArray) -> Sequence[AxisDescription]:
        chosen = np.unique(np.linspace(0, len(ids) - 1, min(len(ids), _MOST_SOUNDS)).astype(int))
        ids, points = ids[chosen], points[chosen]
        by_id = _tag_names(library, ids)
        tags = [by_id.get(sound_id, []) for sound_id in ids.tolist()]
        names = [str(number) for number in range(points.shape[1])]
        least = max(_LEAST_SOUNDS, round(_LEAST_SHARE * len(ids)))
        high, low = (
            describe_components(side, names, tags, top=_TOP, least_sounds=least)
            for side in (points, -points)
        )
        return [_axis(up, down, ids) for up, down in zip(high, low, strict=True)]

    return describe


def _tag_names(library: Library, ids: NDArray[np.int64]) -> dict[int, list[str]]:
    """The names of the tags of sounds that are clear enough, by id."""
    found: dict[int, list[str]] = {}
    with library.database.reading() as connection:
        rows = raw_rows(connection, _TAGS, (json.dumps(ids.tolist()), _LEAST_SCORE))
    for sound_id, name in rows:
        found.setdefault(sound_id, []).append(name)
    return found


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
