import sqlite3

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from kikimimi.errors import QueryError
from kikimimi.library import words
from kikimimi.library.query import Term, parse_query
from kikimimi.library.schema import CREATE_WORDS


def finds(query: str, name: str = "", folder: str = "", tags: tuple[str, ...] = ()) -> bool:
    database = sqlite3.connect(":memory:")
    database.execute(CREATE_WORDS)
    row = words.index_text(name=name, folder=folder, tag_names=tags)
    database.execute("INSERT INTO words(name, folder, tags) VALUES (?, ?, ?)", row)
    return any(
        database.execute(
            "SELECT 1 FROM words WHERE words MATCH ?", [words.match_expression(one)]
        ).fetchall()
        for one in parse_query(query).groups
        if one.required
    )


def test_names_are_split_and_kept_joined() -> None:
    text, _, _ = words.index_text(name="DoorKnock02", folder="", tag_names=[])
    assert {"door", "knock", "02", "doorknock02"} <= set(text.split())


@pytest.mark.parametrize(
    ("query", "name"),
    [
        ("door", "DoorKnock02.wav"),
        ("knock", "DoorKnock02.wav"),
        ("doorknock", "DoorKnock02.wav"),
        ("DoorKnock02.wav", "DoorKnock02.wav"),
        ("doorknock02", "DoorKnock02.wav"),
        ("kno", "big_KNOCK.wav"),
        ("http", "HTTPServer"),
        ("server", "HTTPServer"),
        ("cafe", "Café noir"),
        ("CAFÉ", "cafe noir"),
        ("ｋｎｏｃｋ", "knock"),
        ("dogs", "dog barking"),
        ("brushes", "brush 1"),
        ("barking", "dog bark"),
        ("running", "run"),
        ("雨", "大雨の音.wav"),
        ("屋根", "雨が屋根に当たる"),
        ("ドア", "木のドアを閉める"),
        ("どあ", "木のドアを閉める"),
        ("ドア", "どあ"),
        ("ﾄﾞｱ", "ドア"),
        ("ア", "ドア"),
        ("カラス", "からす01"),
        ("カーテン", "カーテン"),
        ("雨音", "雨音02"),
        ("雨音02", "雨音02"),
        ("ドアdoor", "ドアDoor"),
        ('"door knock"', "door_knock"),
        ("人々", "人々の声"),
    ],
)
def test_a_word_finds_a_name(query: str, name: str) -> None:
    assert finds(query, name=name)


@pytest.mark.parametrize(
    ("query", "name"),
    [
        ("屋根", "根と屋"),
        ("ドア", "アド"),
        ("nock", "knock"),
        ('"kno"', "knock"),
        ('"dogs"', "dog"),
        ('"knock door"', "door knock"),
        ("rain -roof", "rain on roof"),
        ("glas", "glacier"),
        ("か", "が"),
    ],
)
def test_a_word_leaves_a_name(query: str, name: str) -> None:
    assert not finds(query, name=name)


@pytest.mark.parametrize("query", ["dog", "いぬ", "犬", "イヌ", "Dog"])
def test_a_vocabulary_tag_is_found_in_both_languages(query: str) -> None:
    assert finds(query, tags=("esc50/dog",))


@pytest.mark.parametrize("query", ["my tag", "TAG", '"my tag"'])
def test_a_free_tag_is_found_by_its_own_name(query: str) -> None:
    assert finds(query, tags=("my tag",))


def test_no_phrase_reaches_from_one_tag_into_the_next() -> None:
    assert not finds('"red dog"', tags=("big red", "dog house"))


def test_folders_are_found() -> None:
    assert finds("効果音", folder="/素材/効果音/雨")


@given(st.text(), st.text(), st.text())
@example('" OR 1', "name:", "a* NEAR(b)")
@example("\ud800\x00", "rain", "\x00")
def test_no_text_raises_an_sql_error(query: str, name: str, tag: str) -> None:
    try:
        finds(query, name=name, folder=tag, tags=(tag,))
    except QueryError:
        return


@given(st.text("ァアカガドヽ雨屋根々ーのっ", min_size=1), st.data())
def test_every_stretch_of_a_japanese_name_finds_it(name: str, data: st.DataObject) -> None:
    start = data.draw(st.integers(0, len(name) - 1))
    part = name[start : data.draw(st.integers(start + 1, len(name)))]
    assert finds(f'"{part}"', name=f"x{name}2")


@given(st.text(st.characters(codec="utf-8"), max_size=30))
def test_a_name_is_found_by_itself(name: str) -> None:
    if words.tokens(name) and not set(name) & set('"“”„‟＂'):
        assert finds(f'"{name}"', name=name)


@given(st.text("abAB1 _ドア雨", max_size=12), st.text("abAB1ドア雨", min_size=1, max_size=3))
def test_python_and_fts_agree_on_what_matches(name: str, word: str) -> None:
    found = words.spelling_matches(words.tokens(name), words.term_phrases(Term(word))[:1])
    database = sqlite3.connect(":memory:")
    database.execute(CREATE_WORDS)
    database.execute("INSERT INTO words(name) VALUES (?)", [" ".join(words.tokens(name))])
    phrase = words.term_phrases(Term(word))[0]
    expression = f'"{" ".join(phrase.tokens)}"' + (" *" if phrase.prefix else "")
    rows = database.execute("SELECT 1 FROM words WHERE words MATCH ?", [expression]).fetchall()
    assert found == bool(rows)
