"""The one search box: words, filters and examples in a line, and back."""

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kikimimi.errors import QueryError
from kikimimi.library.example import Example, WeightedExample
from kikimimi.library.query import Filters
from kikimimi.library.query_box import BoxQuery, format_box, last_word, parse_box, parse_loudness


def filters(line: str) -> Filters:
    return parse_box(line).filters


def test_words_and_fields_stand_in_any_order() -> None:
    query = parse_box('rate:48k dog tag:animal "heavy rain" -tag:wind dur:<3, 雨 -雷')
    assert query.text == 'dog "heavy rain" , 雨 -雷'
    assert query.filters == Filters(
        tags=("animal",), without_tags=("wind",), max_duration_s=3.0, sample_rates_hz=(48000,)
    )


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("dur:2-10", {"min_duration_s": 2.0, "max_duration_s": 10.0}),
        ("長さ：２-１０", {"min_duration_s": 2.0, "max_duration_s": 10.0}),
        ("タグ:犬 -タグ:雨", {"tags": ("犬",), "without_tags": ("雨",)}),
        ('folder:"Door Slams"', {"folders": ("Door Slams",)}),
        ("フォルダ：“足 音”", {"folders": ("足 音",)}),
        ("ch:2 ch:mono", {"channels": (2, 1)}),
        ("format:wav format:flac", {"formats": ("wav", "flac")}),
        ("lufs:<-20", {"max_loudness_lufs": -20.0}),
        ("音量:-30..-20", {"min_loudness_lufs": -30.0, "max_loudness_lufs": -20.0}),
        ('tag:"say ""hi"""', {"tags": ('say "hi"',)}),
    ],
)
def test_fields(line: str, expected: dict[str, Any]) -> None:
    assert filters(line) == Filters(**expected)
    assert parse_box(line).text == ""


def test_examples_are_numbers_of_sounds_with_or_without_a_stretch() -> None:
    assert parse_box("like:#12 -like:#7@1.5-3 rain").like == (
        WeightedExample(Example(12)),
        WeightedExample(Example(7, start_s=1.5, end_s=3.0), -1),
    )


@pytest.mark.parametrize("line", ["12:30", "a:b", "http://x", '"tag:dog"', "tag:", "rain tag: dog"])
def test_what_is_no_field_is_words(line: str) -> None:
    assert filters(line) == Filters()
    assert parse_box(line).text == line


@pytest.mark.parametrize(
    "line",
    [
        *("dur:abc", "dur:9-2", "rate:fast", "ch:0", "ch:x", "lufs:loud", "lufs:-10..-20"),
        *("like:rain", "-dur:3", "-folder:x", "dur:2 dur:3", 'rain "open', "lufs:<1 lufs:>0"),
    ],
)
def test_what_cannot_be_understood_is_said_in_one_line(line: str) -> None:
    with pytest.raises(QueryError) as caught:
        parse_box(line)
    assert "\n" not in str(caught.value)


def test_loudness() -> None:
    assert parse_loudness("-23") == (-24.0, -22.0)
    assert parse_loudness(">-30 LUFS") == (-30.0, None)
    assert parse_loudness("-30~-20") == (-30.0, -20.0)


def test_the_word_that_is_being_typed() -> None:
    assert last_word("rain tag:do") == ("tag", "do")
    assert last_word("rain -タグ：犬") == ("tag", "犬")
    assert last_word('dog folder:"Door S') == ("folder", "Door S")
    assert last_word("rain, th") == ("", "th")
    assert last_word("12:3") == ("", "12:3")
    assert last_word("rain ") == ("", "")


values = st.text(st.characters(exclude_categories=("Cs",)), min_size=1, max_size=20)
seconds = st.floats(0, 1e6).map(lambda value: abs(float(value)))
levels = st.floats(-200, 200).map(lambda value: value + 0.0)
words = st.lists(st.sampled_from(["rain", "-雷", '"a b"', "足音", "x1"]), max_size=4).map(" ".join)


@st.composite
def ranges(draw: st.DrawFn, numbers: Any) -> tuple[float | None, float | None]:
    low, high = sorted((draw(numbers), draw(numbers)))
    return draw(st.sampled_from([(None, None), (low, None), (None, high), (low, high)]))


@st.composite
def queries(draw: st.DrawFn) -> BoxQuery:
    low_s, high_s = draw(ranges(seconds))
    low, high = draw(ranges(levels))
    stretch = st.builds(Example, st.integers(1, 10**9), start_s=seconds, end_s=st.none() | seconds)
    many = st.lists(values, max_size=2).map(tuple)
    numbers = st.lists(st.integers(1, 10**5), max_size=2).map(tuple)
    return BoxQuery(
        draw(words),
        Filters(
            tags=draw(many),
            without_tags=draw(many),
            min_duration_s=low_s,
            max_duration_s=high_s,
            formats=draw(many),
            sample_rates_hz=draw(numbers),
            channels=draw(numbers),
            folders=draw(many),
            min_loudness_lufs=low,
            max_loudness_lufs=high,
        ),
        tuple(draw(st.lists(st.builds(WeightedExample, stretch, st.sampled_from([1, -1]))))),
    )


@given(queries())
@settings(deadline=None)
def test_a_query_comes_back_from_its_line(query: BoxQuery) -> None:
    assert parse_box(format_box(query)) == query


@given(st.text(max_size=40))
@settings(deadline=None)
def test_any_line_is_understood_or_refused(line: str) -> None:
    try:
        query = parse_box(line)
    except QueryError as error:
        assert "\n" not in str(error)
    else:
        assert parse_box(format_box(query)) == query
        last_word(line)
