"""Which sounds fit a request, and how well.

Axis n: sounds.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import Connection, select

from kikimimi.errors import UnknownError
from kikimimi.library.all_matches import all_scores, matching_sounds
from kikimimi.library.combination import Combination, nearest_to_combination
from kikimimi.library.conditions import ids_of_tag, known_tags
from kikimimi.library.listing.columns import Ids, Mask, Ranks, SoundColumns
from kikimimi.library.listing.filtering import column_mask
from kikimimi.library.listing.request import ListRequest, Ranking, whole_sounds
from kikimimi.library.listing.tag_table import TagTable
from kikimimi.library.nearest import Found
from kikimimi.library.query import Filters, TextQuery, parse_query
from kikimimi.library.schema import playlist_items, playlists
from kikimimi.library.search import FoundBy
from kikimimi.library.sense import Sense, SenseRequest, sounds_by_sense
from kikimimi.library.vector_index import VectorIndex
from kikimimi.library.word_search import Tagged

NEAREST = 1000
"""How many sounds a list by example holds."""

FEW_BY_WORDS = 100
MOST_BY_SENSE = 200
"""Where words find fewer sounds than the first, such that fit their sense follow, up to so many
in all."""


@dataclass(frozen=True, slots=True, eq=False)
class Sources:
    """What a list is made from: the arrays of the library, and what compares sounds."""

    connection: Connection
    columns: SoundColumns
    tags: Callable[[], TagTable]
    index: VectorIndex
    combination: Callable[[], Combination | None]
    sense: Callable[[str], Sense | None]

    def tagged(self, tag_ids: list[int]) -> Tagged:
        """The sounds that have one of the tags."""
        return self.tags().having(tag_ids)


def rank(sources: Sources, request: ListRequest) -> list[Ranking]:
    """The sounds that fit: at most one ranking each by example, words, sense and filters.

    Raises:
        QueryError: the words, a filter or an example cannot be understood.
        AudioError: an example cannot be read.
    """
    query = parse_query(request.text)
    passing = _passing(sources, request)
    combination = sources.combination()
    if combination is not None:
        return [_by_example(sources, combination, query, passing)]
    if not query.groups:
        return [_by_filters(sources, request, passing)]
    return _by_words(sources, request, query, passing)


def _passing(sources: Sources, request: ListRequest) -> Mask:
    """The sounds (n,) that pass everything but words and examples."""
    columns, filters = sources.columns, request.filters
    mask = column_mask(columns, filters)
    if request.missing is not None:
        mask &= columns.missing == request.missing
    if filters.tags or filters.without_tags:
        known = known_tags(sources.connection)
        for name in filters.tags:
            mask &= columns.mask_of(sources.tags().sounds_with(ids_of_tag(known, name)))
        for name in filters.without_tags:
            mask &= ~columns.mask_of(sources.tags().sounds_with(ids_of_tag(known, name)))
    if request.playlist is not None:
        mask &= columns.mask_of(_playlist_sounds(sources.connection, request.playlist))
    return mask


def _by_example(
    sources: Sources, combination: Combination, query: TextQuery, passing: Mask
) -> Ranking:
    allowed = None if passing.all() else sources.columns.ids[passing]
    if query.groups:
        matching = matching_sounds(sources.connection, query)
        allowed = matching if allowed is None else np.intersect1d(matching, allowed)
    found = nearest_to_combination(
        sources.connection, sources.index, combination, limit=NEAREST, allowed=allowed
    )
    ranking = _ranking_of(found[:NEAREST], "example")
    known = sources.columns.mask_of(ranking.ids)
    return ranking if known.sum() == len(ranking.ids) else _known(ranking, sources.columns)


def _known(ranking: Ranking, columns: SoundColumns) -> Ranking:
    return ranking.at(np.flatnonzero(np.isin(ranking.ids, columns.ids)))


def _by_filters(sources: Sources, request: ListRequest, passing: Mask) -> Ranking:
    """By the least score of the wanted tags, then in the playlist's order, or by name."""
    columns = sources.columns
    places = np.flatnonzero(passing)
    distances = np.full(len(places), np.nan)
    if request.filters.tags:
        distances = 1 - _strengths(sources, request.filters)[places]
    order = np.lexsort((_equals_order(sources, request)[places], np.nan_to_num(distances)))
    return whole_sounds(columns.ids[places[order]], distances[order], "filters")


def _equals_order(sources: Sources, request: ListRequest) -> NDArray[np.integer]:
    """What puts sounds (n,) in order that rank alike."""
    if request.playlist is None:
        return sources.columns.name_ranks
    return _playlist_places(sources, request.playlist)


def _playlist_places(sources: Sources, playlist_id: int) -> Ids:
    """Where each sound (n,) stands in the playlist, first where it stands there twice."""
    items = _playlist_sounds(sources.connection, playlist_id)
    ids, first = np.unique(items, return_index=True)
    there = np.isin(ids, sources.columns.ids)
    places = np.full(len(sources.columns), len(items), dtype=np.int64)
    places[sources.columns.places_of(ids[there])] = first[there]
    return places


def _strengths(sources: Sources, filters: Filters) -> NDArray[np.float64]:
    """The least of the scores (n,) of the wanted tags."""
    known = known_tags(sources.connection)
    least = np.ones(len(sources.columns))
    for name in filters.tags:
        best = np.zeros(len(sources.columns))
        tagged = sources.tagged(ids_of_tag(known, name))
        there = np.isin(tagged.sound_ids, sources.columns.ids)
        places = sources.columns.places_of(tagged.sound_ids[there])
        np.maximum.at(best, places, tagged.scores[there])
        np.minimum(least, best, out=least)
    return least


def _by_words(
    sources: Sources, request: ListRequest, query: TextQuery, passing: Mask
) -> list[Ranking]:
    """By how well the words match, equals by name; then by their sense if these are few."""
    columns = sources.columns
    size = int(columns.ids.max(initial=0)) + 1
    scores = all_scores(sources.connection, query, sources.tagged, size=size)[columns.ids]
    places = np.flatnonzero(passing & (scores > 0))
    ids = columns.ids[places]
    places = places[np.argsort(_descending(scores[places], columns.name_ranks[places]))]
    found = whole_sounds(columns.ids[places], 1 - scores[places], "words")
    if len(ids) >= FEW_BY_WORDS:
        return [found]
    return [found, *_by_sense(sources, request, passing, ids)]


def _descending(scores: NDArray[np.float64], ranks: Ranks) -> NDArray[np.uint64]:
    """Keys (n,) that rise as scores of 0 or more fall and, among equals, as ranks rise.

    One key for both is sorted five times as fast as `numpy.lexsort` sorts two. The bits of such
    floats have the order of their values.
    """
    bits = (~scores.astype(np.float32).view(np.uint32)).astype(np.uint64)
    return (bits << np.uint64(32)) | ranks.astype(np.uint64)


def _by_sense(sources: Sources, request: ListRequest, passing: Mask, known: Ids) -> list[Ranking]:
    sense = sources.sense(request.text)
    allowed = np.setdiff1d(sources.columns.ids[passing], known, assume_unique=True)
    if sense is None or not len(allowed):
        return []
    wanted = SenseRequest(sense, MOST_BY_SENSE - len(known), allowed=allowed)
    found = sounds_by_sense(sources.connection, sources.index, wanted)
    return [_ranking_of(found[: MOST_BY_SENSE - len(known)], "sense")] if found else []


def _ranking_of(found: list[Found], found_by: FoundBy) -> Ranking:
    return Ranking(
        np.array([one.sound_id for one in found], dtype=np.int64),
        np.array([one.distance for one in found], dtype=np.float64),
        np.array([one.start_s for one in found], dtype=np.float64),
        np.array([one.end_s for one in found], dtype=np.float64),
        found_by,
    )


def _playlist_sounds(connection: Connection, playlist_id: int) -> Ids:
    """The items of a playlist, in its order."""
    known = select(playlists.c.id).where(playlists.c.id == playlist_id)
    if connection.execute(known).first() is None:
        raise UnknownError(f"there is no playlist number {playlist_id}; it may have been deleted")
    query = select(playlist_items.c.sound_id).where(playlist_items.c.playlist_id == playlist_id)
    rows = connection.execute(query.order_by(playlist_items.c.position)).scalars().all()
    return np.array(rows, dtype=np.int64)
