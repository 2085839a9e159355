"""Japanese queries in English words."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kikimimi.encoders.text.translation import to_english
from kikimimi.encoders.vocabulary import vocabulary


@pytest.mark.parametrize(
    ("japanese", "english"),
    [
        ("犬", "dog"),
        ("いぬ", "dog"),
        ("イヌ", "dog"),
        ("犬が吠える", "dog barking"),
        ("雨の中で犬が吠えている", "rain in dog barking"),
        ("重いドアが閉まる", "heavy door closing"),
        ("ガラスが割れる音", "glass breaking"),
        ("電気自動車", "electric car"),
        ("heavy ドア slam", "heavy door slam"),
        ("遠くの雷", "distant thunder"),
        ("水", "water"),
    ],
)
def test_known_words_are_translated_in_their_order(japanese: str, english: str) -> None:
    assert to_english(japanese).text == english
    assert to_english(japanese).unknown == ()


def test_unknown_words_are_named_and_left_out() -> None:
    translated = to_english("ゴジラの足音")
    assert translated.text == "footsteps"
    assert translated.unknown == ("ゴジラ",)


def test_nothing_understood_gives_an_empty_text() -> None:
    assert to_english("ゴジラ") == to_english("ゴジラ")
    assert to_english("ゴジラ").text == ""


def test_text_without_japanese_stays_as_it_is() -> None:
    assert to_english("a heavy door slams").text == "a heavy door slams"
    assert to_english("Ελληνικά").text == "Ελληνικά"


def test_full_and_half_width_are_equal() -> None:
    assert to_english("ｲﾇ").text == to_english("イヌ").text == "dog"


@pytest.mark.parametrize("name", ["audioset", "esc50"])
def test_every_japanese_tag_name_is_understood(name: str) -> None:
    for entry in vocabulary(name):
        translated = to_english(entry.japanese)
        assert translated.text, entry.japanese
        assert translated.unknown == (), entry.japanese


@given(st.text(max_size=40))
def test_any_text_is_taken(text: str) -> None:
    translated = to_english(text)
    assert translated.text == "" or any(map(str.isalnum, translated.text))


def test_ten_thousand_words_are_taken() -> None:
    assert to_english("犬が吠える" * 10_000).text.startswith("dog barking dog")
