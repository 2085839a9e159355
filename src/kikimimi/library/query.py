"""What a person types to find sounds: words and filters, parsed into frozen values.

Words: a space means AND, a comma (also 、 and ，) means OR and binds weaker, a leading `-` means
NOT within its comma group, "quotes" hold an exact phrase. `rain roof, 雨 -雷` finds what has both
rain and roof, and what has 雨 without 雷. Every other sign only separates words.
"""

import math
import re
import unicodedata
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import TypeVar

from kikimimi.errors import QueryError

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Term:
    """One word or phrase as typed; `exact` when it stood in quotes."""

    text: str
    exact: bool = False


@dataclass(frozen=True, slots=True)
class Group:
    """Terms between two commas: all of `required` and none of `excluded`."""

    required: tuple[Term, ...] = ()
    excluded: tuple[Term, ...] = ()


@dataclass(frozen=True, slots=True)
class TextQuery:
    """A sound matches when it matches any of the groups; without groups, any sound matches."""

    groups: tuple[Group, ...] = ()


@dataclass(frozen=True, slots=True)
class Filters:
    """Conditions on a sound; each field that is set must hold.

    `tags`: the sound has all of these; `without_tags`: it has none of these. A tag may be given by
    its full name (`esc50/dog`), its bare name or any English or Japanese name of it. Durations are
    inclusive and in seconds. Of `formats`, `sample_rates_hz`, `channels` and `folders` one must
    fit; a folder holds all the sounds below it, given as a path or as its last parts. A sound whose
    loudness is not known passes no filter on it.
    """

    tags: tuple[str, ...] = ()
    without_tags: tuple[str, ...] = ()
    min_duration_s: float | None = None
    max_duration_s: float | None = None
    formats: tuple[str, ...] = ()
    sample_rates_hz: tuple[int, ...] = ()
    channels: tuple[int, ...] = ()
    folders: tuple[str, ...] = ()
    min_loudness_lufs: float | None = None
    max_loudness_lufs: float | None = None


def joined_filters(first: Filters, second: Filters) -> Filters:
    """Filters that hold where both do; of formats, rates, channels and folders, any of either."""
    return Filters(
        tags=_distinct(first.tags, second.tags),
        without_tags=_distinct(first.without_tags, second.without_tags),
        min_duration_s=_tighter(max, first.min_duration_s, second.min_duration_s),
        max_duration_s=_tighter(min, first.max_duration_s, second.max_duration_s),
        formats=_distinct(first.formats, second.formats),
        sample_rates_hz=_distinct(first.sample_rates_hz, second.sample_rates_hz),
        channels=_distinct(first.channels, second.channels),
        folders=_distinct(first.folders, second.folders),
        min_loudness_lufs=_tighter(max, first.min_loudness_lufs, second.min_loudness_lufs),
        max_loudness_lufs=_tighter(min, first.max_loudness_lufs, second.max_loudness_lufs),
    )


def _distinct(first: tuple[T, ...], second: tuple[T, ...]) -> tuple[T, ...]:
    return tuple(dict.fromkeys((*first, *second)))


def _tighter(choose: Callable[[Iterable[float]], float], *bounds: float | None) -> float | None:
    known = [bound for bound in bounds if bound is not None]
    return choose(known) if known else None


_QUOTES = str.maketrans("“”„‟＂", '"""""')
_COMMAS = ",、，､﹐"
_MINUS = "-－−‐"
_PART = re.compile(rf'(?P<minus>[{_MINUS}])?(?:"(?P<phrase>[^"]*)"|(?P<word>[^\s"{_COMMAS}]+))')


def parse_query(text: str) -> TextQuery:
    """Read the words of a search.

    An empty text is a query without groups.

    Raises:
        QueryError: a quote is not closed, or the text holds no letter or digit at all.
    """
    plain = text.translate(_QUOTES)
    if plain.count('"') % 2:
        raise QueryError(f"a quote in the search words {shown(text)} is not closed; add a second")
    groups = tuple(filter(_holds_terms, map(_group, _split_at_commas(plain))))
    if plain.strip() and not groups:
        raise QueryError(f"the search words {shown(text)} hold no letter or digit; type a word")
    return TextQuery(groups)


def _split_at_commas(text: str) -> list[str]:
    """Split at commas that stand outside quotes."""
    return re.findall(rf'(?:"[^"]*"|[^"{_COMMAS}])+', text)


def _group(text: str) -> Group:
    required: list[Term] = []
    excluded: list[Term] = []
    for part in _PART.finditer(text):
        phrase = part["phrase"]
        term = Term(part["word"] if phrase is None else phrase, exact=phrase is not None)
        if any(map(str.isalnum, unicodedata.normalize("NFKC", term.text))):
            (excluded if part["minus"] else required).append(term)
    return Group(tuple(required), tuple(excluded))


def _holds_terms(group: Group) -> bool:
    return bool(group.required or group.excluded)


_SECONDS = r"(\d+(?:\.\d*)?|\.\d+)\s*s?"
_RANGE = re.compile(rf"{_SECONDS}\s*[-~–〜～]\s*{_SECONDS}")
_BOUND = re.compile(rf"([<>≤≥]=?)\s*{_SECONDS}")
_ONE = re.compile(_SECONDS)


def parse_duration(text: str) -> tuple[float | None, float | None]:
    """Read a condition on the duration: (shortest, longest) in seconds, None where open.

    `2-10` from 2 to 10 s; `<3` at most 3 s; `>60` at least 60 s; `5` between 4.5 and 5.5 s
    (10 % to either side).

    Raises:
        QueryError: the text is none of these, or the range is empty.
    """
    plain = text.strip().lower()
    if found := _RANGE.fullmatch(plain):
        low, high = float(found[1]), float(found[2])
        if low > high:
            raise QueryError(f"the duration {shown(text)} runs backwards; write {high:g}-{low:g}")
        return low, high
    if found := _BOUND.fullmatch(plain):
        bound = _finite(float(found[2]), text)
        return (None, bound) if found[1][0] in "<≤" else (bound, None)
    if found := _ONE.fullmatch(plain):
        middle = _finite(float(found[1]), text)
        return 0.9 * middle, 1.1 * middle
    raise QueryError(
        f"the duration {shown(text)} cannot be read; write seconds as 2-10, '<3', '>60' or 5"
    )


def parse_sample_rate(text: str) -> int:
    """Read a sample rate in Hz: `48000`, `44.1k`, `48 kHz`.

    Raises:
        QueryError: the text is no sample rate.
    """
    found = re.fullmatch(r"(\d+(?:\.\d+)?)\s*(k?)(?:hz)?", text.strip().lower())
    if found is None:
        raise QueryError(f"the sample rate {shown(text)} cannot be read; write 48000 or 44.1k")
    return round(_finite(float(found[1]), text) * (1000 if found[2] else 1))


_LEVEL = r"([+-]?\d+(?:\.\d+)?)\s*(?:lufs|db)?"
_LEVELS = re.compile(rf"{_LEVEL}\s*(?:\.\.|[-~])\s*{_LEVEL}")
_LEVEL_BOUND = re.compile(rf"([<>≤≥])=?\s*{_LEVEL}")
_ONE_LEVEL = re.compile(_LEVEL)
_LEVEL_SLACK = 1.0


def parse_loudness(text: str) -> tuple[float | None, float | None]:
    """Read a condition on the loudness: (quietest, loudest) in LUFS, None where open.

    `<-20` at most -20; `>-30` at least -30; `-30..-20` (also `-30~-20`) between; `-23` within 1 LU.

    Raises:
        QueryError: the text is none of these, or the range is empty.
    """
    plain = unicodedata.normalize("NFKC", text).casefold().strip().replace("−", "-")
    if found := _LEVELS.fullmatch(plain):
        low, high = float(found[1]), float(found[2])
        if low > high:
            raise QueryError(f"the loudness {shown(text)} runs backwards; write {high:g}..{low:g}")
        return low, high
    if found := _LEVEL_BOUND.fullmatch(plain):
        bound = float(found[2])
        return (None, bound) if found[1] in "<≤" else (bound, None)
    if found := _ONE_LEVEL.fullmatch(plain):
        return float(found[1]) - _LEVEL_SLACK, float(found[1]) + _LEVEL_SLACK
    raise QueryError(
        f"the loudness {shown(text)} cannot be read; write LUFS as <-20, >-30, -30..-20 or -23"
    )


def _finite(value: float, text: str) -> float:
    if not math.isfinite(value):
        raise QueryError(f"the number {shown(text)} is too large; write a smaller one")
    return value


def shown(text: str) -> str:
    """The text on one line, shortened, for an error message."""
    return repr(text if len(text) <= 60 else text[:57] + "...")
