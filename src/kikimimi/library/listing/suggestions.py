"""What a line of the search box may go on with: tags and folders."""

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from sqlalchemy import Connection

from kikimimi.library.listing.columns import SoundColumns
from kikimimi.library.listing.facets import Count, tag_counts
from kikimimi.library.listing.tag_table import TagTable
from kikimimi.library.query import Term
from kikimimi.library.query_box import last_word
from kikimimi.library.words import spelling_matches, tag_tokens, term_phrases

MOST_TAGS = 12
MOST_FOLDERS = 6


@dataclass(frozen=True, slots=True)
class Suggestions:
    """Tags and folders with the sounds that they have, the most frequent first."""

    tags: Sequence[Count]
    folders: Sequence[Count]


def suggest(
    connection: Connection, columns: SoundColumns, tags: TagTable, text: str
) -> Suggestions:
    """Tags with a name, in either language, that begins as the last word of a line does.

    A folder is suggested when the last part of its path holds the word. After `tag:` or `folder:`
    there are only such.
    """
    last = last_word(text)
    is_present = np.zeros(int(columns.ids.max(initial=0)) + 1, dtype=np.bool_)
    is_present[columns.ids[~columns.missing]] = True
    known = tag_counts(connection, tags, is_present) if last.field in ("", "tag") else ()
    folders = _folders(columns, last.word) if last.field in ("", "folder") else ()
    return Suggestions(_fitting(known, last.word)[:MOST_TAGS], folders)


def _fitting(known: Sequence[Count], word: str) -> Sequence[Count]:
    if not word:
        return known
    phrases = term_phrases(Term(word))
    return [
        each
        for each in known
        if any(spelling_matches(spelling, phrases) for spelling in tag_tokens(each.value))
    ]


def _folders(columns: SoundColumns, word: str) -> Sequence[Count]:
    if not len(columns):
        return ()
    plain = _plain(word)
    counts = np.bincount(columns.folder_codes, minlength=len(columns.folders)).tolist()
    found = [
        Count(folder, count)
        for folder, count in zip(columns.folders, counts, strict=True)
        if count and plain in _plain(folder.rpartition("/")[2])
    ]
    return sorted(found, key=lambda each: (-each.count, each.value))[:MOST_FOLDERS]


def _plain(text: str) -> str:
    return unicodedata.normalize("NFKC", text).casefold()
