"""Sounds whose names, tags or folders match words, and how well they do.

The score of a sound lies in [0, 1]. A term gives 1 where it is a whole word of the name, 0.9 where
a word of the name begins with it, 0.5 + 0.3 s for a tag of score s, and 0.3 for the folder; the
best of these counts. A group of terms gives the mean of its terms, a query its best group. A group
that only excludes gives 1.
"""

import json
from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import Connection, select

from kikimimi.library.query import Group, Term, TextQuery
from kikimimi.library.schema import WORDS_TABLE, sound_tags, sounds, tags
from kikimimi.library.window_rows import raw_rows
from kikimimi.library.words import (
    match_expression,
    spelling_matches,
    tag_tokens,
    term_expression,
    term_phrases,
)

Ids = NDArray[np.int64]
Values = NDArray[np.float64]

_WHOLE_NAME, _NAME_BEGINS, _FOLDER = 1.0, 0.9, 0.3
_TAG_BASE, _TAG_RANGE = 0.5, 0.3
_FEWEST_PER_TAG = 200
_NO_LIMIT = -1
_BM25 = f"bm25({WORDS_TABLE}, 10.0, 1.0, 5.0)"


class Matches(NamedTuple):
    """Sounds that match, best first: ids (n,) and scores (n,).

    `places` (n,) rise from sound to sound and are the same for equals. `complete` if these are
    all the matches.
    """

    sound_ids: Ids
    scores: Values
    places: Ids
    complete: bool


def matching_sounds(connection: Connection, query: TextQuery) -> Ids:
    """The ids of all sounds that match a query with at least one group, ascending."""
    found = [_group_matches(connection, group)[0] for group in query.groups]
    return np.unique(np.concatenate(found))


def best_matches(connection: Connection, query: TextQuery, *, most: int | None) -> Matches:
    """Sounds that match a query with at least one group, in order of score, then of BM25.

    With `most`, about that many sounds a group are looked at, so that common words are answered
    quickly in a large library: sounds that have the words in their names and, for a single word,
    those with the highest tag scores are never left out for others, unless there are more than
    `most` of them; then the first ones of the library stand for them.
    """
    limit = _NO_LIMIT if most is None else most
    parts = [_scored_group(connection, group, limit) for group in query.groups]
    ids = np.concatenate([part[0] for part in parts])
    scores = np.concatenate([part[1] for part in parts])
    relevance = np.concatenate([part[2] for part in parts])
    order = np.lexsort((ids, relevance, -scores))
    _, firsts = np.unique(ids[order], return_index=True)
    order = order[np.sort(firsts)]
    complete = all(part[3] for part in parts)
    differ = (np.diff(scores[order]) != 0) | (np.diff(relevance[order]) != 0)
    places = np.concatenate([[0], np.cumsum(differ)])[: len(order)]
    return Matches(ids[order], scores[order], places, complete)


def _scored_group(
    connection: Connection, group: Group, limit: int
) -> tuple[Ids, Values, Values, bool]:
    """Ids, scores, BM25 (less is better) and whether these are all the matches."""
    ids, relevance = _group_matches(connection, group, limit, _BM25)
    complete = len(ids) != limit
    if not group.required:
        return ids, np.ones(len(ids)), relevance, complete
    term_tags = [_tags_named(connection, term) for term in group.required]
    if not complete:
        extra_ids, extra_relevance = _first_choices(connection, group, limit, term_tags)
        ids, firsts = np.unique(np.concatenate([ids, extra_ids]), return_index=True)
        relevance = np.concatenate([relevance, extra_relevance])[firsts]
    scores = [
        _term_scores(connection, group, term, tag_ids, ids, limit)
        for term, tag_ids in zip(group.required, term_tags, strict=True)
    ]
    return ids, np.mean(scores, axis=0), relevance, complete


def _group_matches(
    connection: Connection, group: Group, limit: int = _NO_LIMIT, value: str = "0.0"
) -> tuple[Ids, Values]:
    """The sounds of a group, ascending, and a value for each."""
    if group.required:
        return _match(connection, match_expression(group), limit, value)
    found = [_match(connection, term_expression(term))[0] for term in group.excluded]
    every = np.array(raw_rows(connection, f"SELECT id FROM {sounds.name}"), dtype=np.int64)
    ids = np.setdiff1d(every.ravel(), np.concatenate(found))
    return ids, np.zeros(len(ids))


def _first_choices(
    connection: Connection, group: Group, limit: int, term_tags: list[list[int]]
) -> tuple[Ids, Values]:
    """Sounds that must be among the candidates: by name and, for a single word, by tag score."""
    found = [
        _match(connection, match_expression(group, columns=("name",), whole_words=whole), limit)
        for whole in (True, False)
    ]
    if len(term_tags) == 1 and not group.excluded:
        most = max(limit // max(len(term_tags[0]), 1), _FEWEST_PER_TAG)
        found += [_best_tagged(connection, tag_id, most) for tag_id in term_tags[0]]
    ids, zeros = (np.concatenate(columns) for columns in zip(*found, strict=True))
    return ids, zeros


def _term_scores(
    connection: Connection, group: Group, term: Term, tag_ids: list[int], ids: Ids, limit: int
) -> Values:
    """How well one term of a group fits each of `ids`, which are ascending."""
    scores = np.full(len(ids), _FOLDER)
    tagged, values = _tag_scores(connection, tag_ids, ids)
    _raise_scores(scores, ids, tagged, _TAG_BASE + _TAG_RANGE * values)
    for whole_words, value in ((False, _NAME_BEGINS), (True, _WHOLE_NAME)):
        in_name = term_expression(term, columns=("name",), whole_words=whole_words)
        found = _match(connection, f"({match_expression(group)}) AND {in_name}", limit)[0]
        _raise_scores(scores, ids, found, np.full(len(found), value))
    return scores


def _raise_scores(scores: Values, ids: Ids, found: Ids, values: Values) -> None:
    """Raise the scores of those of `ids` that are among `found` to at least their values."""
    if len(ids):
        at = np.minimum(np.searchsorted(ids, found), len(ids) - 1)
        known = ids[at] == found
        np.maximum.at(scores, at[known], values[known])


def _tags_named(connection: Connection, term: Term) -> list[int]:
    """The ids of the tags that a term finds."""
    phrases = term_phrases(term)
    return [
        row.id
        for row in connection.execute(select(tags.c.id, tags.c.name))
        if any(spelling_matches(spelling, phrases) for spelling in tag_tokens(row.name))
    ]


def _best_tagged(connection: Connection, tag_id: int, most: int) -> tuple[Ids, Values]:
    rows = raw_rows(
        connection,
        f"SELECT sound_id, 0.0 FROM {sound_tags.name} WHERE tag_id = ? AND source <> 'rejected' "
        "ORDER BY score DESC LIMIT ?",
        (tag_id, most),
    )
    return _columns(rows)


def _tag_scores(connection: Connection, tag_ids: list[int], ids: Ids) -> tuple[Ids, Values]:
    """The scores that sounds have for tags: sound ids, repeated, and scores."""
    if not tag_ids:
        return _columns([])
    # CROSS JOIN makes SQLite look up each sound instead of reading everything under the tags.
    rows = raw_rows(
        connection,
        f"SELECT sound_id, score FROM json_each(?) AS wanted CROSS JOIN {sound_tags.name} "
        "ON sound_id = wanted.value WHERE source <> 'rejected' "
        "AND tag_id IN (SELECT value FROM json_each(?))",
        (json.dumps(ids.tolist()), json.dumps(tag_ids)),
    )
    return _columns(rows)


def _match(
    connection: Connection, expression: str, limit: int = _NO_LIMIT, value: str = "0.0"
) -> tuple[Ids, Values]:
    """The rows that an expression finds, ascending, and the value of an SQL expression for each."""
    rows = raw_rows(
        connection,
        f"SELECT rowid, {value} FROM {WORDS_TABLE} WHERE {WORDS_TABLE} MATCH ? LIMIT ?",
        (expression, limit),
    )
    return _columns(rows)


def _columns(rows: Sequence[Any]) -> tuple[Ids, Values]:
    table = np.array(rows, dtype=np.float64).reshape(-1, 2)
    return table[:, 0].astype(np.int64), table[:, 1]
