"""The syntax of the one search box: words, filters and examples in one line.

    rain roof -thunder "heavy drops", 雨
    dog tag:animal -tag:rain folder:"Door Slams" dur:<3 rate:48k ch:2 format:wav lufs:<-20
    like:#123 -like:#45@1.5-3

Words are as `library.query` has them. `field:value` is a filter wherever it stands, for all the
words; a value with spaces or commas stands in quotes, in which a quote is written twice. Fields
have Japanese names as well (タグ: 長さ: フォルダ:), and the colon may be wide. What looks like
a field but is none (`12:30`) is words.
"""

import re
import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import NamedTuple

from kikimimi.errors import QueryError
from kikimimi.library.example import Example, WeightedExample
from kikimimi.library.query import (
    Filters,
    parse_duration,
    parse_loudness,
    parse_query,
    parse_sample_rate,
    shown,
)

_QUOTES = '"“”„‟＂'
_MINUS = "-－−‐"
_BARE = rf"[^\s{_QUOTES},、，､﹐]+"
_VALUE = rf"[{_QUOTES}](?:[^{_QUOTES}]|(?P<twin>[{_QUOTES}])(?P=twin))*[{_QUOTES}]|{_BARE}"
_TOKEN = re.compile(
    rf"(?P<start>^|[\s,、，､﹐])(?P<minus>[{_MINUS}]?)(?P<key>[^\s:：{_QUOTES},、，､﹐]+)[:：]"
    rf"(?P<value>{_VALUE})"
    rf"|[{_QUOTES}][^{_QUOTES}]*[{_QUOTES}]"
)
_PLAIN_VALUE = re.compile(_BARE)
_LIKE = re.compile(r"#?(\d{1,18})(?:@(\d+(?:\.\d+)?)-(\d+(?:\.\d+)?)?)?")


@dataclass(frozen=True, slots=True)
class BoxQuery:
    """What a line of the search box says: words as typed, filters, examples."""

    text: str = ""
    filters: Filters = field(default_factory=Filters)
    like: tuple[WeightedExample, ...] = ()


def parse_box(line: str) -> BoxQuery:
    """Read a line of the search box.

    Raises:
        QueryError: the value of a field cannot be understood, a field that can be given once is
            given twice or cannot be excluded, or the words are as `parse_query` refuses them.
    """
    query = BoxQuery()
    rest: list[str] = []
    end = 0
    for found in _TOKEN.finditer(line):
        if found["key"] is None:
            continue
        name = _FIELD_NAMES.get(_folded(found["key"]))
        if name is None:
            continue
        rest.append(line[end : found.end("start")])
        end = found.end()
        query = _READERS[name](query, _unquoted(found["value"]), bool(found["minus"]))
    text = " ".join("".join([*rest, line[end:]]).split()).strip(" ,、，､﹐")
    parse_query(text)
    return replace(query, text=text)


def format_box(query: BoxQuery) -> str:
    """The line that `parse_box` reads as `query`."""
    filters = query.filters
    parts = [
        query.text,
        *(f"tag:{_quoted(name)}" for name in filters.tags),
        *(f"-tag:{_quoted(name)}" for name in filters.without_tags),
        *(f"folder:{_quoted(name)}" for name in filters.folders),
        _range("dur", filters.min_duration_s, filters.max_duration_s, "-"),
        *(f"rate:{rate}" for rate in filters.sample_rates_hz),
        *(f"ch:{channels}" for channels in filters.channels),
        *(f"format:{_quoted(name)}" for name in filters.formats),
        _range("lufs", filters.min_loudness_lufs, filters.max_loudness_lufs, ".."),
        *map(_like_text, query.like),
    ]
    return " ".join(filter(None, parts))


class LastWord(NamedTuple):
    """What is being typed at the end of a line: a field, "" for words, and its value so far."""

    field: str
    word: str


def last_word(line: str) -> LastWord:
    """The last word or field of a line that may not be finished."""
    found = _LAST.search(line)
    if found is None:
        return LastWord("", "")
    name = _FIELD_NAMES.get(_folded(found["key"] or ""), "")
    typed = found["value"] if name else f"{found['field'] or ''}{found['value']}"
    return LastWord(name, typed.strip(_QUOTES))


_LAST = re.compile(
    rf"(?:^|[\s,、，､﹐])[{_MINUS}]?(?P<field>(?P<key>[^\s:：{_QUOTES},、，､﹐]+)[:：])?"
    rf"(?P<value>[{_QUOTES}][^{_QUOTES}]*|[^\s{_QUOTES},、，､﹐]*)$"
)

_Reader = Callable[[BoxQuery, str, bool], BoxQuery]


def _read_tag(query: BoxQuery, value: str, excluded: bool) -> BoxQuery:
    filters = query.filters
    if excluded:
        return _filtered(query, without_tags=(*filters.without_tags, value))
    return _filtered(query, tags=(*filters.tags, value))


def _read_like(query: BoxQuery, value: str, excluded: bool) -> BoxQuery:
    found = _LIKE.fullmatch(_folded(value))
    if found is None:
        raise QueryError(
            f"the example {shown(value)} cannot be read; write the number of a sound as like:#123, "
            "or with a stretch in seconds as like:#123@1.5-3"
        )
    end = None if found[3] is None else float(found[3])
    example = Example(int(found[1]), start_s=float(found[2] or 0), end_s=end)
    return replace(query, like=(*query.like, WeightedExample(example, -1 if excluded else 1)))


def _read_folder(query: BoxQuery, value: str, excluded: bool) -> BoxQuery:
    _refuse_minus("folder", excluded)
    return _filtered(query, folders=(*query.filters.folders, value))


def _read_duration(query: BoxQuery, value: str, excluded: bool) -> BoxQuery:
    _refuse_minus("dur", excluded)
    filters = query.filters
    _refuse_second("dur", filters.min_duration_s, filters.max_duration_s)
    low, high = parse_duration(unicodedata.normalize("NFKC", value))
    return _filtered(query, min_duration_s=low, max_duration_s=high)


def _read_rate(query: BoxQuery, value: str, excluded: bool) -> BoxQuery:
    _refuse_minus("rate", excluded)
    rate = parse_sample_rate(unicodedata.normalize("NFKC", value))
    return _filtered(query, sample_rates_hz=(*query.filters.sample_rates_hz, rate))


def _read_channels(query: BoxQuery, value: str, excluded: bool) -> BoxQuery:
    _refuse_minus("ch", excluded)
    words = {"mono": 1, "モノラル": 1, "stereo": 2, "ステレオ": 2}
    plain = _folded(value)
    if plain not in words and not re.fullmatch(r"[1-9][0-9]{0,5}", plain):
        raise QueryError(f"the channels {shown(value)} cannot be read; write a number, as ch:2")
    channels = words[plain] if plain in words else int(plain)
    return _filtered(query, channels=(*query.filters.channels, channels))


def _read_format(query: BoxQuery, value: str, excluded: bool) -> BoxQuery:
    _refuse_minus("format", excluded)
    return _filtered(query, formats=(*query.filters.formats, value))


def _read_loudness(query: BoxQuery, value: str, excluded: bool) -> BoxQuery:
    _refuse_minus("lufs", excluded)
    filters = query.filters
    _refuse_second("lufs", filters.min_loudness_lufs, filters.max_loudness_lufs)
    low, high = parse_loudness(value)
    return _filtered(query, min_loudness_lufs=low, max_loudness_lufs=high)


_READERS: Mapping[str, _Reader] = {
    "tag": _read_tag,
    "like": _read_like,
    "folder": _read_folder,
    "dur": _read_duration,
    "rate": _read_rate,
    "ch": _read_channels,
    "format": _read_format,
    "lufs": _read_loudness,
}

FIELDS: Mapping[str, tuple[str, ...]] = {
    "tag": ("tag", "tags", "タグ"),
    "like": ("like", "似た音", "類似"),
    "folder": ("folder", "in", "フォルダ", "フォルダー"),
    "dur": ("dur", "duration", "length", "長さ", "時間"),
    "rate": ("rate", "samplerate", "レート", "サンプリング周波数"),
    "ch": ("ch", "channels", "チャンネル"),
    "format": ("format", "type", "形式", "フォーマット"),
    "lufs": ("lufs", "loudness", "音量", "ラウドネス"),
}
"""The fields and all the names that each goes by."""


def _folded(text: str) -> str:
    return unicodedata.normalize("NFKC", text).casefold().strip()


_FIELD_NAMES = {_folded(name): key for key, names in FIELDS.items() for name in names}


def _filtered(query: BoxQuery, **changed: object) -> BoxQuery:
    return replace(query, filters=replace(query.filters, **changed))  # type: ignore[arg-type]


def _refuse_minus(name: str, excluded: bool) -> None:
    if excluded:
        raise QueryError(f"-{name}: cannot be excluded, only -tag: and -like:; leave the minus out")


def _refuse_second(name: str, low: float | None, high: float | None) -> None:
    if low is not None or high is not None:
        raise QueryError(f"{name}: stands there twice; give one range")


def _unquoted(value: str) -> str:
    if value[0] not in _QUOTES:
        return value
    return re.sub(rf"([{_QUOTES}])\1", r"\1", value[1:-1])


def _quoted(value: str) -> str:
    if _PLAIN_VALUE.fullmatch(value):
        return value
    return '"' + re.sub(rf"([{_QUOTES}])", r"\1\1", value) + '"'


def _range(name: str, low: float | None, high: float | None, dash: str) -> str:
    if low is None and high is None:
        return ""
    if low is None or high is None:
        return f"{name}:<{_number(high)}" if low is None else f"{name}:>{_number(low)}"
    return f"{name}:{_number(low)}{dash}{_number(high)}"


def _number(value: float | None) -> str:
    """All the digits, without an exponent."""
    plain = format(Decimal(repr(float(value or 0))), "f")
    return plain.removesuffix(".0")


def _like_text(each: WeightedExample) -> str:
    example = each.example
    minus = "-" if each.weight < 0 else ""
    stretch = ""
    if not example.is_whole:
        end = "" if example.end_s is None else _number(example.end_s)
        stretch = f"@{_number(example.start_s)}-{end}"
    return f"{minus}like:#{example.sound}{stretch}"
