import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kikimimi.errors import QueryError
from kikimimi.library.query import (
    Group,
    Term,
    TextQuery,
    parse_duration,
    parse_query,
    parse_sample_rate,
)


def group(*required: str, excluded: tuple[str, ...] = ()) -> Group:
    return Group(tuple(map(Term, required)), tuple(map(Term, excluded)))


@pytest.mark.parametrize(
    ("text", "groups"),
    [
        ("", ()),
        ("  　 ", ()),
        ("rain roof", (group("rain", "roof"),)),
        ("雨　屋根", (group("雨", "屋根"),)),
        ("雨、風", (group("雨"), group("風"))),
        ("rain, wind，snow", (group("rain"), group("wind"), group("snow"))),
        ("rain -thunder", (group("rain", excluded=("thunder",)),)),
        ("雨 －雷", (group("雨", excluded=("雷",)),)),
        ("-thunder", (group(excluded=("thunder",)),)),
        ("door-knock", (group("door-knock"),)),
        ("カーテン", (group("カーテン"),)),
        ("rain,,  ,", (group("rain"),)),
        ("rain - -- !", (group("rain"),)),
        ("NOT a:b*", (group("NOT", "a:b*"),)),
    ],
)
def test_words_are_read(text: str, groups: tuple[Group, ...]) -> None:
    assert parse_query(text) == TextQuery(groups)


@pytest.mark.parametrize("text", ['"door, knock" x', "“door, knock” x", "＂door, knock＂ x"])
def test_quotes_hold_a_phrase_together(text: str) -> None:
    expected = Group((Term("door, knock", exact=True), Term("x")))
    assert parse_query(text) == TextQuery((expected,))


def test_a_phrase_can_be_excluded() -> None:
    query = parse_query('rain -"door knock"')
    assert query.groups[0].excluded == (Term("door knock", exact=True),)


@pytest.mark.parametrize(("text", "part"), [('rain "roof', "quote"), ("♪ !", "letter or digit")])
def test_nonsense_is_named(text: str, part: str) -> None:
    with pytest.raises(QueryError, match=part) as caught:
        parse_query(text)
    assert "\n" not in str(caught.value)


@given(st.text())
def test_any_text_is_parsed_or_refused(text: str) -> None:
    try:
        query = parse_query(text)
    except QueryError as error:
        assert "\n" not in str(error)
        return
    for one in query.groups:
        assert one.required or one.excluded
        for term in one.required + one.excluded:
            assert any(map(str.isalnum, unicodedata.normalize("NFKC", term.text)))


@given(st.lists(st.text("abcドア雨ー1", min_size=1), min_size=1))
def test_separators_are_alike(parts: list[str]) -> None:
    parts = [part for part in parts if any(c.isalnum() for c in part)] or ["a"]
    assert parse_query(" ".join(parts)) == parse_query("　".join(parts))
    assert parse_query(",".join(parts)) == parse_query("、 ".join(parts))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2-10", (2.0, 10.0)),
        ("2 - 10 s", (2.0, 10.0)),
        ("0.5〜1.5", (0.5, 1.5)),
        ("<3", (None, 3.0)),
        ("<= 3s", (None, 3.0)),
        (">60", (60.0, None)),
        (".5-1", (0.5, 1.0)),
        ("３-４", (3.0, 4.0)),
    ],
)
def test_durations(text: str, expected: tuple[float | None, float | None]) -> None:
    assert parse_duration(text) == expected


def test_one_duration_means_about_it() -> None:
    low, high = parse_duration("5")
    assert low is not None and high is not None
    assert low == pytest.approx(4.5) and high == pytest.approx(5.5)


@pytest.mark.parametrize("text", ["", "abc", "-3", "10-2", "1-2-3", "<", "nan", "9" * 400])
def test_bad_durations_are_refused(text: str) -> None:
    with pytest.raises(QueryError):
        parse_duration(text)


@given(st.text())
def test_any_duration_is_read_or_refused(text: str) -> None:
    try:
        low, high = parse_duration(text)
    except QueryError:
        return
    assert low is None or high is None or low <= high


@pytest.mark.parametrize(
    ("text", "rate"), [("48000", 48000), ("44.1k", 44100), ("48 kHz", 48000), ("16000Hz", 16000)]
)
def test_sample_rates(text: str, rate: int) -> None:
    assert parse_sample_rate(text) == rate


def test_a_bad_sample_rate_is_refused() -> None:
    with pytest.raises(QueryError):
        parse_sample_rate("fast")
