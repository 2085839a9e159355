"""One ranked list of sounds, by example, words and filters together.

Words and filters decide who is in. With an example, the distance to it decides the order; a long
example is several vectors, of which the nearest to a sound counts. With words alone the order is
by how well they match (`word_search`), and the distance is 1 minus that score; if that gives too
few, sounds follow that fit the sense of the words (`sense`). With filters alone the order is by the
least score of the wanted tags, and again the distance is 1 minus that; then by name.
Equals stand in the order of their paths. Sounds whose files are missing are left out.
"""

import json
import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal, get_args

from sqlalchemy import Connection, bindparam, func, select

from kikimimi.errors import QueryError
from kikimimi.library.all_matches import matching_sounds
from kikimimi.library.combination import Combination, nearest_to_combination
from kikimimi.library.conditions import Condition, sound_conditions, tag_strength
from kikimimi.library.nearest import Found
from kikimimi.library.query import Filters, TextQuery, parse_query
from kikimimi.library.records import SoundTag
from kikimimi.library.schema import sounds
from kikimimi.library.sense import Sense, SenseRequest, sounds_by_sense
from kikimimi.library.space import Metric
from kikimimi.library.vector_index import VectorIndex
from kikimimi.library.window_rows import raw_rows
from kikimimi.library.word_search import Matches, best_matches
from kikimimi.types import FloatArray

FoundBy = Literal["example", "words", "sense", "filters"]

_WORD_CANDIDATES = 2000
_CHECKED_AT_ONCE = 1000


@dataclass(frozen=True, slots=True, eq=False)
class SearchRequest:
    """What to find.

    `vectors` (Q, D) or (D,) are the example, or `combination` has several. `text` is what was
    typed, or a parsed query.
    `metric` and `pca` (number of principal components to compare in) are for the example.
    `excluded` are ids of sounds to leave out, such as the example when it is in the library.
    `sense` gives what the words mean, or None; it is asked only when the words
    themselves find too little.
    """

    vectors: FloatArray | None = None
    text: str | TextQuery | None = None
    filters: Filters = field(default_factory=Filters)
    metric: Metric = "euclidean"
    pca: int | None = None
    limit: int = 10
    excluded: tuple[int, ...] = ()
    sense: Callable[[], Sense | None] | None = None
    combination: Combination | None = None


@dataclass(frozen=True, slots=True)
class Hit:
    """A sound that was found: `rank` from 1, and its stretch that is nearest to the example.

    Found by words or filters the stretch is the whole sound, by their sense the one that fits
    best. `tags` are the user's first, then the taught ones, then by score.
    """

    rank: int
    sound_id: int
    path: Path
    start_s: float
    end_s: float
    distance: float
    tags: tuple[SoundTag, ...]
    found_by: FoundBy = "example"


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
    combination = _combination(request)
    if combination is not None:
        found = _by_example(connection, index, request, words, combination)
        return _hits(connection, found[: request.limit], "example")
    if words is None:
        return _hits(connection, _by_filters(connection, request), "filters")
    found = _by_words(connection, request, words)
    hits = _hits(connection, found, "words")
    if len(found) < request.limit and request.sense is not None:
        more = _by_sense(connection, index, request, found)
        hits += _hits(connection, more, "sense", first_rank=len(found) + 1)
    return hits


def _by_example(
    connection: Connection,
    index: VectorIndex,
    request: SearchRequest,
    words: TextQuery | None,
    combination: Combination,
) -> list[Found]:
    return nearest_to_combination(
        connection,
        index,
        combination,
        limit=request.limit,
        filters=request.filters,
        allowed=None if words is None else matching_sounds(connection, words),
    )


def _combination(request: SearchRequest) -> Combination | None:
    if request.vectors is None:
        return request.combination
    return Combination(
        [request.vectors], metric=request.metric, pca=request.pca, excluded=request.excluded
    )


def _by_sense(
    connection: Connection, index: VectorIndex, request: SearchRequest, found: Sequence[Found]
) -> list[Found]:
    """The sounds that fit the sense of the words best, without those that were `found`."""
    sense = request.sense() if request.sense is not None else None
    if sense is None:
        return []
    known = {one.sound_id for one in found}
    wanted = SenseRequest(sense, request.limit, request.filters, request.excluded)
    near = sounds_by_sense(connection, index, wanted, more=len(known))
    return [one for one in near if one.sound_id not in known][: request.limit - len(known)]


def _by_words(connection: Connection, request: SearchRequest, words: TextQuery) -> list[Found]:
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
) -> list[Found]:
    """The first matches that pass, in the order of their places and then of their paths."""
    passing: list[tuple[int, Found]] = []
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
            passing.append((place, Found(distance, row.path_key, row.id, 0.0, row.duration_s)))
        passing = sorted(passing, key=lambda one: (one[0], one[1].path_key))[:limit]
    return [found for _, found in passing]


def _by_filters(connection: Connection, request: SearchRequest) -> list[Found]:
    strength = tag_strength(connection, request.filters).label("strength")
    query = _WHOLE.add_columns(strength).where(*_conditions(connection, request))
    order = (strength.desc(), sounds.c.name, sounds.c.path_key)
    rows = connection.execute(query.order_by(*order).limit(request.limit))
    return [Found(1 - row.strength, row.path_key, row.id, 0.0, row.duration_s) for row in rows]


_WHOLE = select(sounds.c.id, sounds.c.path_key, sounds.c.duration_s)
_WANTED = func.json_each(bindparam("ids")).table_valued("value")
_ID_AMONG = sounds.c.id.in_(select(_WANTED.c.value))


def _conditions(connection: Connection, request: SearchRequest) -> list[Condition]:
    conditions = sound_conditions(connection, request.filters)
    if request.excluded:
        conditions.append(sounds.c.id.not_in(request.excluded))
    return conditions


def _hits(
    connection: Connection, found: Sequence[Found], found_by: FoundBy, *, first_rank: int = 1
) -> list[Hit]:
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
            found_by=found_by,
        )
        for rank, one in enumerate(found, start=first_rank)
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
