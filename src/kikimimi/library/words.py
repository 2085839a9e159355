"""Words as the full-text index sees them.

Text becomes tokens separated by spaces, in a form that SQLite's `unicode61` tokenizer leaves as
it is. Japanese (and Chinese and Korean) text gives one token a character, hiragana and katakana
alike, so a query of one or two characters is an exact FTS5 phrase. Latin text splits at signs,
at camelCase and between letters and digits, and is also kept joined: `DoorKnock02` gives
`door knock 02` and `doorknock02`.
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from itertools import pairwise
from typing import NamedTuple

from kikimimi.encoders.vocabulary import display_name, find_tags, names_of
from kikimimi.library.query import Group, Term

_CJK = (
    "々-〇ぁ-ゖゝ-ゟァ-ヺー-ヿㇰ-ㇿ"
    "\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7a3\uf900-\ufaff\U00020000-\U0003ffff"
)
_CJK_CHARACTER = re.compile(f"[{_CJK}]")
_RUN = re.compile(f"[{_CJK}]|[^\\W_{_CJK}]+")
_TO_HIRAGANA = {code: code - 0x60 for code in [*range(0x30A1, 0x30F7), 0x30FD, 0x30FE]}
_MIN_STEM = 3

_BREAK = "\ue000"  # a token of its own that no query holds: no phrase reaches across it
_NOTHING = '""'

COLUMNS = ("name", "folder", "tags")


class Phrase(NamedTuple):
    """Tokens that stand side by side; with `prefix` the last one may go on."""

    tokens: tuple[str, ...]
    prefix: bool


def index_text(*, name: str, folder: str, tag_names: Sequence[str]) -> tuple[str, str, str]:
    """The texts of the columns `name`, `folder` and `tags` of one row of the words table.

    Each tag goes in under all its names, in English and Japanese.
    """
    return _column([name]), _column([folder]), tags_text(tag_names)


def tags_text(tag_names: Sequence[str]) -> str:
    """The text of the column `tags`."""
    parts = [_tag_column(tag) for tag in tag_names]
    joined = dict.fromkeys(form for part in parts for form in part.joined)
    pieces = " ".join(part.pieces for part in parts)
    return _whole(_Column(pieces, tuple(joined)))


def tag_spellings(tag: str) -> tuple[str, ...]:
    """All names that a tag goes by: of its vocabulary in English and Japanese, and its own."""
    return tuple(dict.fromkeys((*names_of(tag), tag.rpartition("/")[2])))


def tokens(text: str) -> tuple[str, ...]:
    """The tokens of a text in reading order, without joined forms."""
    return tuple(token for run in _runs(text) for token in run)


def term_phrases(term: Term) -> tuple[Phrase, ...]:
    """The phrases of which one must be found for the term to match; the first is the plain one.

    A word typed without quotes also matches longer words that begin with it, and, in Latin
    script, its own singular and the stem of its -ing form. A word for a tag also matches the
    tag's English and Japanese names, so that 雨 finds `rain loop.wav`.
    """
    runs = _runs(term.text)
    if not runs:
        return ()
    plain = tuple(token for run in runs for token in run)
    if term.exact:
        return (Phrase(plain, False),)
    phrases = [_phrase(plain)]
    joined = tuple("".join(run) for run in runs)
    if joined != plain:
        phrases.append(Phrase(joined, prefix=True))
    if len(plain) == 1:
        phrases.extend(Phrase((stem,), False) for stem in _stems(plain[0]))
    phrases.extend(_phrase(name) for name in _names_of_word(term.text))
    return tuple(dict.fromkeys(phrases))


def _phrase(words: tuple[str, ...]) -> Phrase:
    return Phrase(words, prefix=not _CJK_CHARACTER.match(words[-1]))


@lru_cache(maxsize=1024)
def _names_of_word(word: str) -> tuple[tuple[str, ...], ...]:
    """The tokens of the English and Japanese names of every tag that goes by this word."""
    tags = find_tags(word)
    names = (name for tag in tags for name in (display_name(tag, "en"), display_name(tag, "ja")))
    return tuple(filter(None, map(tokens, names)))


def match_expression(
    group: Group, *, columns: Sequence[str] = COLUMNS, whole_words: bool = False
) -> str:
    """The FTS5 expression for a group with at least one required term.

    Every token is quoted, and tokens hold letters and digits alone, so no text can break out.
    Excluded terms are looked for in all columns; `whole_words` is for the required ones.
    """
    required = " AND ".join(
        term_expression(term, columns=columns, whole_words=whole_words) for term in group.required
    )
    excluded = " OR ".join(term_expression(term) for term in group.excluded)
    return f"({required}) NOT ({excluded})" if excluded else f"({required})"


def term_expression(
    term: Term, *, columns: Sequence[str] = COLUMNS, whole_words: bool = False
) -> str:
    """The FTS5 expression for one term; `whole_words` leaves out words that merely begin so."""
    phrases = term_phrases(term)
    quoted = [_quoted(phrase, phrase.prefix and not whole_words) for phrase in phrases]
    either = " OR ".join(quoted) or _NOTHING
    return f"({either})" if columns == COLUMNS else f"{{{' '.join(columns)}}} : ({either})"


def spelling_matches(spelling_tokens: tuple[str, ...], phrases: Iterable[Phrase]) -> bool:
    """Whether one of the phrases stands in the tokens, as FTS5 would find it."""
    return any(_stands_in(phrase, spelling_tokens) for phrase in phrases)


@lru_cache(maxsize=8192)
def tag_tokens(tag: str) -> tuple[tuple[str, ...], ...]:
    """The tokens of every spelling of a tag, for `spelling_matches`."""
    return tuple(tokens(spelling) for spelling in tag_spellings(tag))


class _Column(NamedTuple):
    """Tokens in reading order, text by text, and the joined forms, where they break no phrase."""

    pieces: str
    joined: tuple[str, ...]


@lru_cache(maxsize=8192)
def _tag_column(tag: str) -> _Column:
    return _tokenised(tag_spellings(tag))


def _column(texts: Iterable[str]) -> str:
    return _whole(_tokenised(texts))


def _whole(column: _Column) -> str:
    if column.joined:
        return " ".join([column.pieces, *column.joined])
    return column.pieces.removesuffix(_BREAK).rstrip(" ")


def _tokenised(texts: Iterable[str]) -> _Column:
    pieces: list[str] = []
    joined: dict[str, None] = {}
    for text in texts:
        for run in _runs(text):
            pieces.extend(run)
            if len(run) > 1:
                joined["".join(run)] = None
        pieces.append(_BREAK)
    return _Column(" ".join(pieces), tuple(joined))


@lru_cache(maxsize=8192)  # a library repeats its folders and tags
def _runs(text: str) -> tuple[tuple[str, ...], ...]:
    """Tokens by unbroken run of letters and digits: one CJK character, or the parts of a word."""
    return tuple(_split_runs(text))


def _split_runs(text: str) -> Iterator[tuple[str, ...]]:
    for found in _RUN.finditer(unicodedata.normalize("NFKC", text)):
        run = found.group()
        if _CJK_CHARACTER.match(run):
            if run.isalnum():
                yield (run.translate(_TO_HIRAGANA),)
        else:
            parts = tuple(filter(None, map(_folded, _word_parts(run))))
            if parts:
                yield parts


def _word_parts(word: str) -> list[str]:
    """Split at camelCase and between letters and digits."""
    starts = [0, *(at for at in range(1, len(word)) if _is_border(word, at)), len(word)]
    return [word[start:end] for start, end in pairwise(starts)]


def _is_border(word: str, at: int) -> bool:
    before, here, after = word[at - 1], word[at], word[at + 1 : at + 2]
    if before.isnumeric() != here.isnumeric():
        return True
    return here.isupper() and (before.islower() or (before.isupper() and after.islower()))


def _folded(part: str) -> str:
    """Without case and accents, letters and digits alone."""
    decomposed = unicodedata.normalize("NFKD", part.casefold())
    return "".join(character for character in decomposed if character.isalnum())


def _stems(word: str) -> list[str]:
    """Singular and -ing stems that a Latin word may have; wrong guesses match no real word."""
    stems: list[str] = []
    if word.endswith("s") and not word.endswith(("ss", "us", "is")):
        stems.append(word[:-1])
        if word.endswith(("ches", "shes", "sses", "xes", "zes")):
            stems.append(word[:-2])
        if word.endswith("ies"):
            stems.append(word[:-3] + "y")
    if word.endswith("ing"):
        stem = word[:-3]
        stems += [stem, stem + "e"]
        if stem[-1:] == stem[-2:-1]:
            stems.append(stem[:-1])
    return [stem for stem in stems if len(stem) >= _MIN_STEM]


def _quoted(phrase: Phrase, prefix: bool) -> str:
    return f'"{" ".join(phrase.tokens)}"' + (" *" if prefix else "")


def _stands_in(phrase: Phrase, row: tuple[str, ...]) -> bool:
    *head, last = phrase.tokens
    for start in range(len(row) - len(head)):
        at_last = row[start + len(head)]
        fits = at_last.startswith(last) if phrase.prefix else at_last == last
        if fits and row[start : start + len(head)] == tuple(head):
            return True
    return False
