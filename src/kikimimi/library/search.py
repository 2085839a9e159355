"""One ranked list of sounds, by example, words and filters together.

Words and filters decide who is in. With an example, the distance to it decides the order; a long
example is several vectors, of which the nearest to a sound counts. With words alone the order is
by how well they match (`word_search`), and the distance is 1 minus that score. With filters alone
it is by the least score of the wanted tags, and again the distance is 1 minus that; then by name.
Equals stand in the order of their paths. Sounds whose files are missing are left out.
"""

import json
import os
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import get_args

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import Connection, bindparam, func, select

from kikimimi.errors import QueryError
from kikimimi.library.conditions import Condition, sound_conditions, tag_strength
from kikimimi.library.query import Filters, TextQuery, parse_query
from kikimimi.library.records import SoundTag
from kikimimi.library.schema import sounds
from kikimimi.library.space import Metric
from kikimimi.library.vector_index import Neighbour, VectorIndex
from kikimimi.library.window_rows import raw_rows
from kikimimi.library.word_search import Matches, best_matches, matching_sounds
from kikimimi.types import FloatArray

_WORD_CANDIDATES = 2000
_CHECKED_AT_ONCE = 1000


@dataclass(frozen=True, slots=True, eq=False)
class SearchRequest:
    """What to find.

    `vectors` (Q, D) or (D,) are the example. `text` is what was typed, or a parsed query.
    `metric` and `pca` (number of principal components to compare in) are for the example.
    `excluded` are ids of sounds to leave out, such as the example when it is in the library.
    """

    vectors: FloatArray | None = None
    text: str | TextQuery | None = None
    filters: Filters = field(default_factory=Filters)
    metric: Metric = "euclidean"
    pca: int | None = None
    limit: int = 10
    excluded: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Hit:
    """A sound that was found: `rank` from 1, and its stretch that is nearest to the example.

    Without an example the stretch is the whole sound. `tags` are the user's first, then the
    taught ones, then by score.
    """

    rank: int
    sound_id: int
    path: Path
    start_s: float
    end_s: float
    distance: float
    tags: tuple[SoundTag, ...]


def search(connection: Connection, index: VectorIndex, request: SearchRequest) -> list[Hit]:
    """The best `request.limit` sounds of the library that `connection` sees.

    `index` is brought up to date if there is an example.

    Raises:
        QueryError: the words, a filter or the example cannot be understood.
        LibraryError: the library is damaged.
    """
    _check(request)
    query = parse_query(request.text) if isinstance(request.text, str) else request.text
    words = query if query is not None and query.groups else None
    if request.vectors is not None:
        found = _by_example(connection, index, request, words, request.vectors)
    elif words is not None:
        found = _by_words(connection, request, words)
    else:
        found = _by_filters(connection, request)
    return _hits(connection, found[: request.limit])


@dataclass(frozen=True, slots=True)
class _Found:
    """A hit before its tags are known."""

    distance: float
    path_key: bytes
    sound_id: int
    start_s: float
    end_s: float


def _by_example(
    connection: Connection,
    index: VectorIndex,
    request: SearchRequest,
    words: TextQuery | None,
    vectors: FloatArray,
) -> list[_Found]:
    index.refresh(connection)
    allowed = None if words is None else matching_sounds(connection, words)
    if request.filters != Filters():
        allowed = _passing(connection, request.filters, allowed)
    found, dropped = _nearest(connection, index, request, vectors, allowed)
    if dropped and len(found) < request.limit:
        present = _passing(connection, request.filters, allowed)
        found, _ = _nearest(connection, index, request, vectors, present)
    return found


def _passing(
    connection: Connection, filters: Filters, among: NDArray[np.int64] | None
) -> NDArray[np.int64]:
    """The ids of the sounds that are there and pass the filters, ascending."""
    query = select(sounds.c.id).where(*sound_conditions(connection, filters))
    ids = np.sort(np.array(connection.execute(query).scalars().all(), dtype=np.int64))
    return ids if among is None else np.intersect1d(ids, among, assume_unique=True)


def _nearest(
    connection: Connection,
    index: VectorIndex,
    request: SearchRequest,
    vectors: FloatArray,
    allowed: NDArray[np.int64] | None,
) -> tuple[list[_Found], bool]:
    """The nearest sounds that are there, and whether some were dropped that are not."""
    neighbours = index.nearest_sounds(
        np.atleast_2d(np.asarray(vectors, dtype=np.float32)),
        request.limit,
        metric=request.metric,
        pca=request.pca,
        allowed=allowed,
        excluded=request.excluded,
    )
    found = _locate(connection, neighbours)
    found.sort(key=lambda one: (one.distance, one.path_key))
    return found, len(found) < len(neighbours)


_LOCATE = (
    "SELECT windows.id, start_s, end_s, sounds.id, path_key FROM windows "
    "JOIN sounds ON sounds.id = sound_id "
    "WHERE windows.id IN (SELECT value FROM json_each(?)) AND missing = 0"
)


def _locate(connection: Connection, neighbours: Sequence[Neighbour]) -> list[_Found]:
    distances = {one.window_id: one.distance for one in neighbours}
    return [
        _Found(distances[window_id], path_key, sound_id, start_s, end_s)
        for window_id, start_s, end_s, sound_id, path_key in raw_rows(
            connection, _LOCATE, (json.dumps(list(distances)),)
        )
    ]


def _by_words(connection: Connection, request: SearchRequest, words: TextQuery) -> list[_Found]:
    """The best matches that pass the filters, looking no further than is needed."""
    conditions = _conditions(connection, request)
    matches = best_matches(connection, words, most=_WORD_CANDIDATES)
    found = _first_passing(connection, conditions, matches, request.limit)
    if len(found) < request.limit and not matches.complete:
        matches = best_matches(connection, words, most=None)
        found = _first_passing(connection, conditions, matches, request.limit)
    return found


def _first_passing(
    connection: Connection, conditions: list[Condition], matches: Matches, limit: int
) -> list[_Found]:
    """The first matches that pass, in the order of their places and then of their paths."""
    passing: list[tuple[int, _Found]] = []
    for start in range(0, len(matches.sound_ids), _CHECKED_AT_ONCE):
        places = matches.places[start : start + _CHECKED_AT_ONCE].tolist()
        if len(passing) == limit and passing[-1][0] < places[0]:
            break
        ids = matches.sound_ids[start : start + _CHECKED_AT_ONCE].tolist()
        distances = (1 - matches.scores[start : start + _CHECKED_AT_ONCE]).tolist()
        order = dict(zip(ids, zip(places, distances, strict=True), strict=True))
        for row in connection.execute(
            _WHOLE.where(_ID_AMONG, *conditions), {"ids": json.dumps(ids)}
        ):
            place, distance = order[row.id]
            passing.append((place, _Found(distance, row.path_key, row.id, 0.0, row.duration_s)))
        passing = sorted(passing, key=lambda one: (one[0], one[1].path_key))[:limit]
    return [found for _, found in passing]


def _by_filters(connection: Connection, request: SearchRequest) -> list[_Found]:
    strength = tag_strength(connection, request.filters).label("strength")
    query = _WHOLE.add_columns(strength).where(*_conditions(connection, request))
    order = (strength.desc(), sounds.c.name, sounds.c.path_key)
    rows = connection.execute(query.order_by(*order).limit(request.limit))
    return [_Found(1 - row.strength, row.path_key, row.id, 0.0, row.duration_s) for row in rows]


_WHOLE = select(sounds.c.id, sounds.c.path_key, sounds.c.duration_s)
_WANTED = func.json_each(bindparam("ids")).table_valued("value")
_ID_AMONG = sounds.c.id.in_(select(_WANTED.c.value))


def _conditions(connection: Connection, request: SearchRequest) -> list[Condition]:
    conditions = sound_conditions(connection, request.filters)
    if request.excluded:
        conditions.append(sounds.c.id.not_in(request.excluded))
    return conditions


def _hits(connection: Connection, found: Sequence[_Found]) -> list[Hit]:
    tags_of = _tags_of(connection, [one.sound_id for one in found])
    return [
        Hit(
            rank=rank,
            sound_id=one.sound_id,
            path=Path(os.fsdecode(one.path_key)),
            start_s=one.start_s,
            end_s=one.end_s,
            distance=one.distance,
            tags=tuple(tags_of.get(one.sound_id, {}).values()),
        )
        for rank, one in enumerate(found, start=1)
    ]


_TAGS = (
    "SELECT sound_id, name, score, source FROM sound_tags JOIN tags ON tags.id = tag_id "
    "WHERE sound_id IN (SELECT value FROM json_each(?)) AND source <> 'rejected' "
    "ORDER BY source DESC, score DESC, name"
)


def _tags_of(connection: Connection, sound_ids: list[int]) -> dict[int, dict[str, SoundTag]]:
    """The tags of sounds, each name once, the user's first, then by score."""
    found: dict[int, dict[str, SoundTag]] = {}
    for sound_id, name, score, source in raw_rows(connection, _TAGS, (json.dumps(sound_ids),)):
        found.setdefault(sound_id, {}).setdefault(name, SoundTag(name, score, source))
    return found


def _check(request: SearchRequest) -> None:
    if request.limit < 1:
        raise QueryError(f"a search cannot show {request.limit} sounds; ask for 1 or more")
    if request.metric not in get_args(Metric):
        known = ", ".join(get_args(Metric))
        raise QueryError(f"there is no metric '{request.metric}'; known: {known}")
