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
    TAG_BASE,
    TAG_RANGE,
    WHOLE_NAME,
    Ids,
    Matches,
    Values,
    raise_scores,
    tags_named,
)
from kikimimi.library.words import match_expression, term_expression

TagScores = Callable[[list[int]], tuple[Ids, Values]]
"""The sounds that have one of some tags, and their scores."""


def matching_sounds(connection: Connection, query: TextQuery) -> Ids:
    """The ids of all sounds that match a query with at least one group, ascending."""
    found = [_group_ids(connection, group) for group in query.groups]
    return np.unique(np.concatenate(found))


def all_matches(connection: Connection, query: TextQuery, tag_scores: TagScores) -> Matches:
    """All sounds that match a query with at least one group, in order of score.

    BM25 does not count.

    Args:
        connection: what is read.
        query: the words.
        tag_scores: gives the sounds that have one of some tags, and their scores.
    """
    parts = [_AllScored(connection, group, tag_scores).run() for group in query.groups]
    if len(parts) == 1:
        ids, scores = parts[0]
    else:
        ids, owners = np.unique(np.concatenate([part[0] for part in parts]), return_inverse=True)
        scores = np.zeros(len(ids))
        np.maximum.at(scores, owners, np.concatenate([part[1] for part in parts]))
    order = np.argsort(-scores, kind="stable")
    differ = np.diff(scores[order], prepend=scores[order][:1]) != 0
    return Matches(ids[order], scores[order], np.cumsum(differ), complete=True)


class _AllScored:
    """All matches of one group, ascending, and their scores."""

    def __init__(self, connection: Connection, group: Group, tag_scores: TagScores) -> None:
        self._connection = connection
        self._group = group
        self._tag_scores = tag_scores

    def run(self) -> tuple[Ids, Values]:
        ids = _group_ids(self._connection, self._group)
        if not self._group.required:
            return ids, np.ones(len(ids))
        terms = [self._term_scores(term, ids) for term in self._group.required]
        return ids, np.mean(terms, axis=0)

    def _term_scores(self, term: Term, ids: Ids) -> Values:
        scores = np.full(len(ids), FOLDER)
        tagged, values = self._tag_scores(tags_named(self._connection, term))
        raise_scores(scores, ids, tagged, TAG_BASE + TAG_RANGE * values)
        for whole_words, value in ((False, NAME_BEGINS), (True, WHOLE_NAME)):
            found = _match_ids(
                self._connection, term_expression(term, columns=NAME, whole_words=whole_words)
            )
            raise_scores(scores, ids, found, np.full(len(found), value))
        return scores


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
