"""All sounds whose names, tags or folders match words, however many they are.

The scores are those of `word_search`, which looks at the best ones only.
"""

from collections.abc import Callable

import numpy as np
from sqlalchemy import Connection

from kikimimi.library.query import Group, Term, TextQuery
from kikimimi.library.schema import WORDS_TABLE, sounds
from kikimimi.library.window_rows import raw_rows
from kikimimi.library.word_search import (
    FOLDER,
    NAME,
    NAME_BEGINS,
    WHOLE_NAME,
    Ids,
    Tagged,
    Values,
    tags_named,
)
from kikimimi.library.words import match_expression, term_expression

TaggedSounds = Callable[[list[int]], Tagged]
"""The sounds that have one of some tags."""


def matching_sounds(connection: Connection, query: TextQuery) -> Ids:
    """The ids of all sounds that match a query with at least one group, ascending."""
    found = [_group_ids(connection, group) for group in query.groups]
    return np.unique(np.concatenate(found))


def all_scores(
    connection: Connection, query: TextQuery, tagged: TaggedSounds, *, size: int
) -> Values:
    """How well each sound matches a query with at least one group; BM25 does not count.

    Args:
        connection: what is read.
        query: the words.
        tagged: gives the sounds that have one of some tags.
        size: more than the largest id that is of interest.

    Returns:
        For each id from 0 its score (size,), 0 where there is no match or no such sound.
    """
    scorer = _Scorer(connection, tagged, size)
    return np.max([scorer.group_scores(group) for group in query.groups], axis=0)


class _Scorer:
    """Scores under the ids of sounds: to look one up, nothing needs to be searched or sorted."""

    def __init__(self, connection: Connection, tagged: TaggedSounds, size: int) -> None:
        self._connection = connection
        self._tagged = tagged
        self._size = size

    def group_scores(self, group: Group) -> Values:
        """The mean over the terms (size,), 0 for sounds that do not match the group."""
        scores = np.zeros(self._size)
        ids = self._below_size(_group_ids(self._connection, group))
        terms = [self._term_scores(term)[ids] for term in group.required]
        scores[ids] = np.mean(terms, axis=0) if terms else 1.0
        return scores

    def _term_scores(self, term: Term) -> Values:
        """The scores (size,) of a term for sounds that it fits, and `FOLDER` for all others."""
        scores = np.full(self._size, FOLDER)
        named = tags_named(self._connection, term)
        if named.all:
            pairs = self._tagged(named.all)
            inside = pairs.sound_ids < self._size
            np.maximum.at(scores, pairs.sound_ids[inside], pairs.values(named)[inside])
        for whole_words, value in ((False, NAME_BEGINS), (True, WHOLE_NAME)):
            expression = term_expression(term, columns=NAME, whole_words=whole_words)
            found = self._below_size(_match_ids(self._connection, expression))
            scores[found] = np.maximum(scores[found], value)
        return scores

    def _below_size(self, ids: Ids) -> Ids:
        return ids[: np.searchsorted(ids, self._size)]


def _group_ids(connection: Connection, group: Group) -> Ids:
    """The sounds of a group, ascending."""
    if group.required:
        return _match_ids(connection, match_expression(group))
    refused = " OR ".join(term_expression(term) for term in group.excluded)
    everything = _id_list(connection, f"SELECT json_group_array(id) FROM {sounds.name}")
    return np.setdiff1d(everything, _match_ids(connection, refused), assume_unique=True)


def _match_ids(connection: Connection, expression: str) -> Ids:
    """The rows that an expression finds, ascending."""
    return _id_list(
        connection,
        f"SELECT json_group_array(rowid) FROM {WORDS_TABLE} WHERE {WORDS_TABLE} MATCH ?",
        expression,
    )


def _id_list(connection: Connection, statement: str, *parameters: str) -> Ids:
    """The numbers of one JSON array, ascending: ten times as quick as that many rows."""
    ((text,),) = raw_rows(connection, statement, parameters)
    return np.sort(np.fromstring(text.strip("[]"), dtype=np.int64, sep=","))
