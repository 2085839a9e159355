"""Sounds whose names, tags or folders match words, and how well they do.

The score of a sound lies in [0, 1]. A term gives 1 where it is a whole word of the name, 0.9 where
a word of the name begins with it, 0.5 + 0.3 s for a tag of this name and of score s, 0.4 + 0.2 s
for a tag with a longer name that holds the term (as 雷雨, thunderstorm, holds 雨, rain), and 0.3
for the folder; the best of these counts. A group of terms gives the mean of its terms, a query its
best group. A group that only excludes gives 1.
"""

import json
from collections.abc import Iterator, Sequence
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

WHOLE_NAME, NAME_BEGINS, FOLDER = 1.0, 0.9, 0.3
_TAG_BASE, _TAG_RANGE = 0.5, 0.3
_LONGER_TAG_BASE, _LONGER_TAG_RANGE = 0.4, 0.2
NAME = ("name",)
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


def best_matches(connection: Connection, query: TextQuery, *, most: int | None) -> Matches:
    """Sounds that match a query with at least one group, in order of score, then of BM25.

    With `most`, a group of more matches is not looked at as a whole, so that common words are
    answered quickly in a large library: sounds that have all words in their names come first, then,
    for a single word, those with the highest tag scores. More than `most` equals are represented
    by the first ones of the library, and BM25 does not count.
    """
    limit = _NO_LIMIT if most is None else most
    parts = [_ScoredGroup(connection, group, limit).run() for group in query.groups]
    ids = np.concatenate([part.sound_ids for part in parts])
    scores = np.concatenate([part.scores for part in parts])
    relevance = np.concatenate([part.relevance for part in parts])
    order = np.lexsort((ids, relevance, -scores))
    _, firsts = np.unique(ids[order], return_index=True)
    order = order[np.sort(firsts)]
    differ = (np.diff(scores[order]) != 0) | (np.diff(relevance[order]) != 0)
    places = np.concatenate([[0], np.cumsum(differ)])[: len(order)]
    return Matches(ids[order], scores[order], places, all(part.complete for part in parts))


class NamedTags(NamedTuple):
    """The ids of the tags that a term finds: with this very name, and with a longer one."""

    equal: list[int]
    longer: list[int]

    @property
    def all(self) -> list[int]:
        """Both, the equal ones first."""
        return [*self.equal, *self.longer]


class Tagged(NamedTuple):
    """Sounds, repeated, tags that they have, and the scores in [0, 1] of these; each (m,)."""

    sound_ids: Ids
    tag_ids: Ids
    scores: Values

    def values(self, named: NamedTags) -> Values:
        """What each pair (m,) counts for the term that found the tags."""
        return np.where(
            np.isin(self.tag_ids, named.equal),
            _TAG_BASE + _TAG_RANGE * self.scores,
            _LONGER_TAG_BASE + _LONGER_TAG_RANGE * self.scores,
        )


class _Scored(NamedTuple):
    """Sounds of one group (n,), with their scores (n,) and BM25 (n,), of which less is better."""

    sound_ids: Ids
    scores: Values
    relevance: Values
    complete: bool


class _ScoredGroup:
    """Matches of one group and their scores, at most about `limit` of them."""

    def __init__(self, connection: Connection, group: Group, limit: int) -> None:
        self._connection = connection
        self._group = group
        self._limit = limit
        self._found: dict[str, Ids] = {}

    def run(self) -> _Scored:
        if not self._group.required:
            ids, zeros = _group_matches(self._connection, self._group, self._limit)
            return _Scored(ids, zeros + 1, zeros, complete=len(ids) != self._limit)
        named = self._match(self._in_names(whole_words=True))
        if len(named) == self._limit:
            return _Scored(named, np.ones(len(named)), np.zeros(len(named)), complete=False)
        ids = self._match(match_expression(self._group))
        if len(ids) != self._limit:
            ids, relevance = _group_matches(self._connection, self._group, _NO_LIMIT, _BM25)
            return _Scored(ids, self._scores(ids), relevance, complete=True)
        ids = np.unique(np.concatenate([ids, named, *self._first_choices()]))
        return _Scored(ids, self._scores(ids), np.zeros(len(ids)), complete=False)

    def _first_choices(self) -> Iterator[Ids]:
        """Sounds that must be among the candidates when these are not all the matches."""
        yield self._match(self._in_names(whole_words=False))
        if self._is_one_word():
            tag_ids = tags_named(self._connection, self._group.required[0]).all
            most = max(self._limit // max(len(tag_ids), 1), _FEWEST_PER_TAG)
            for tag_id in tag_ids:
                yield _best_tagged(self._connection, tag_id, most)

    def _scores(self, ids: Ids) -> Values:
        """The mean over the terms for each of `ids`, which are ascending."""
        return np.mean([self._term_scores(term, ids) for term in self._group.required], axis=0)

    def _term_scores(self, term: Term, ids: Ids) -> Values:
        """How well one term of the group fits each of `ids`."""
        scores = np.full(len(ids), FOLDER)
        named = tags_named(self._connection, term)
        if named.all:
            tagged = _tagged(self._connection, named.all, ids)
            _raise_scores(scores, ids, tagged.sound_ids, tagged.values(named))
        among = "" if self._is_one_word() else f"({match_expression(self._group)}) AND "
        for whole_words, value in ((False, NAME_BEGINS), (True, WHOLE_NAME)):
            in_name = term_expression(term, columns=NAME, whole_words=whole_words)
            found = self._match(f"{among}({in_name})")
            _raise_scores(scores, ids, found, np.full(len(found), value))
        return scores

    def _in_names(self, *, whole_words: bool) -> str:
        return match_expression(self._group, columns=NAME, whole_words=whole_words)

    def _is_one_word(self) -> bool:
        return len(self._group.required) == 1 and not self._group.excluded

    def _match(self, expression: str) -> Ids:
        """The first matches of an expression, each expression looked up once."""
        if expression not in self._found:
            self._found[expression] = _match(self._connection, expression, self._limit)[0]
        return self._found[expression]


def _group_matches(
    connection: Connection, group: Group, limit: int = _NO_LIMIT, value: str = "0.0"
) -> tuple[Ids, Values]:
    """The sounds of a group, ascending, and a value for each."""
    if group.required:
        return _match(connection, match_expression(group), limit, value)
    rows = raw_rows(
        connection,
        f"SELECT id, 0.0 FROM {sounds.name} WHERE id NOT IN "
        f"(SELECT rowid FROM {WORDS_TABLE} WHERE {WORDS_TABLE} MATCH ?) LIMIT ?",
        (" OR ".join(term_expression(term) for term in group.excluded), limit),
    )
    return _columns(rows)


def _raise_scores(scores: Values, ids: Ids, found: Ids, values: Values) -> None:
    """Raise the scores of those of `ids` that are among `found` to at least their values."""
    if len(ids):
        at = np.minimum(np.searchsorted(ids, found), len(ids) - 1)
        known = ids[at] == found
        np.maximum.at(scores, at[known], values[known])


def tags_named(connection: Connection, term: Term) -> NamedTags:
    """The tags that a term finds."""
    phrases = term_phrases(term)
    whole = {phrase.tokens for phrase in phrases}
    named = NamedTags([], [])
    for row in connection.execute(select(tags.c.id, tags.c.name)):
        spellings = tag_tokens(row.name)
        if not whole.isdisjoint(spellings):
            named.equal.append(row.id)
        elif any(spelling_matches(spelling, phrases) for spelling in spellings):
            named.longer.append(row.id)
    return named


def _best_tagged(connection: Connection, tag_id: int, most: int) -> Ids:
    rows = raw_rows(
        connection,
        f"SELECT sound_id FROM {sound_tags.name} WHERE tag_id = ? AND source <> 'rejected' "
        "ORDER BY score DESC LIMIT ?",
        (tag_id, most),
    )
    return np.array(rows, dtype=np.int64).ravel()


def _tagged(connection: Connection, tag_ids: list[int], ids: Ids) -> Tagged:
    """Which of some tags the sounds `ids` have."""
    # CROSS JOIN makes SQLite look up each sound instead of reading everything under the tags.
    rows = raw_rows(
        connection,
        f"SELECT sound_id, tag_id, score FROM json_each(?) AS wanted CROSS JOIN {sound_tags.name} "
        "ON sound_id = wanted.value WHERE source <> 'rejected' "
        "AND tag_id IN (SELECT value FROM json_each(?))",
        (json.dumps(ids.tolist()), json.dumps(tag_ids)),
    )
    table = np.array(rows, dtype=np.float64).reshape(-1, 3)
    return Tagged(table[:, 0].astype(np.int64), table[:, 1].astype(np.int64), table[:, 2])


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
