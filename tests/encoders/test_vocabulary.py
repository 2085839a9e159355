"""The tag vocabulary is complete, well formed, and can be looked up in both languages."""

import csv
import re
import subprocess
import sys
import unicodedata
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kikimimi.encoders.vocabulary import (
    VOCABULARIES,
    TagEntry,
    audioset_527,
    display_name,
    find_tags,
    names_of,
    vocabulary,
)
from kikimimi.errors import EncoderError

OTHERS = [entry for entry in audioset_527() if entry not in vocabulary("audioset")]
ENTRIES = [*(entry for name in VOCABULARIES for entry in vocabulary(name)), *OTHERS]
JAPANESE = re.compile(r"[぀-ヿ㐀-鿿々]")
# Abbreviations that a Japanese editor writes in Latin letters.
LATIN_WORDS_OF_JAPANESE = {"R&B", "EDM", "BGM", "SE", "TV"}
MUSIC = slice(132, 277)
"""AudioSet indices from "Music" to "Scary music"."""


def _fold(text: str) -> str:
    text = unicodedata.normalize("NFKC", text).casefold()
    return "".join(chr(ord(c) - 0x60) if "ァ" <= c <= "ヶ" else c for c in text)


def test_the_audioset_names_are_those_of_the_class_map_in_order(shared_folder: Path) -> None:
    with (shared_folder / "weights/yamnet/yamnet_class_map.csv").open(encoding="utf-8") as file:
        names = [row["display_name"] for row in csv.DictReader(file)]
    assert [entry.tag for entry in vocabulary("audioset")] == [f"audioset/{n}" for n in names]


def test_the_esc50_names_are_those_of_the_table_in_order(shared_data: Path) -> None:
    with (shared_data / "esc50/meta/esc50.csv").open(encoding="utf-8") as file:
        targets = {int(row["target"]): row["category"] for row in csv.DictReader(file)}
    tags = [entry.tag for entry in vocabulary("esc50")]
    assert tags == [f"esc50/{targets[i]}" for i in range(50)]


def test_sizes() -> None:
    assert len(vocabulary("audioset")) == 521
    assert len(vocabulary("esc50")) == 50
    assert len({entry.tag for entry in ENTRIES}) == 577


def test_all_classes_of_audioset_stand_at_their_numbers() -> None:
    """Numbers of `class_labels_indices.csv`, which comes with AudioSet."""
    names = [entry.tag.partition("/")[2] for entry in audioset_527()]
    assert len(names) == len(set(names)) == 527
    known = {
        **{0: "Speech", 1: "Male speech, man speaking", 2: "Female speech, woman speaking"},
        **{3: "Child speech, kid speaking", 12: "Battle cry", 13: "Children shouting"},
        **{32: "Male singing", 33: "Female singing", 34: "Child singing", 72: "Animal"},
        **{137: "Music", 276: "Happy music", 277: "Funny music", 278: "Sad music"},
        **{300: "Vehicle", 426: "Explosion", 500: "Silence", 526: "Field recording"},
    }
    assert {number: names[number] for number in known} == known


@pytest.mark.parametrize("entry", ENTRIES, ids=lambda entry: entry.tag)
def test_each_entry_is_well_formed(entry: TagEntry) -> None:
    for word in entry.names:
        assert word
        assert word == word.strip()
        assert word == unicodedata.normalize("NFKC", word)
    assert JAPANESE.search(entry.japanese)
    for word in entry.synonyms_ja:
        assert JAPANESE.search(word) or word in LATIN_WORDS_OF_JAPANESE
    for word in (entry.english, *entry.synonyms_en):
        assert word.isascii()
    assert len({word.casefold() for word in entry.names}) == len(entry.names)


def test_every_class_that_is_not_music_has_synonyms_in_english() -> None:
    audioset = vocabulary("audioset")
    assert audioset[MUSIC][0].tag == "audioset/Music"
    assert audioset[MUSIC][-1].tag == "audioset/Scary music"
    without_music = [entry for entry in ENTRIES if entry not in audioset[MUSIC]]
    assert [entry.tag for entry in without_music if not entry.synonyms_en] == []
    assert [entry.tag for entry in vocabulary("esc50") if not entry.synonyms_ja] == []


@pytest.mark.parametrize("name", VOCABULARIES)
def test_a_name_of_one_class_is_no_word_of_another(name: str) -> None:
    owner: dict[str, str] = {}
    for entry in vocabulary(name):
        for word in (entry.english, entry.japanese):
            assert owner.setdefault(_fold(word), entry.tag) == entry.tag
    clashes = [
        (word, entry.tag)
        for entry in vocabulary(name)
        for word in entry.names
        if owner.get(_fold(word), entry.tag) != entry.tag
    ]
    assert clashes == []


@pytest.mark.parametrize("entry", ENTRIES, ids=lambda entry: entry.tag)
def test_every_word_finds_its_tag(entry: TagEntry) -> None:
    for word in (entry.tag, *entry.names):
        assert entry.tag in find_tags(word)
    assert find_tags(entry.tag) == (entry.tag,)


@pytest.mark.parametrize(
    ("word", "tags"),
    [
        ("犬", {"audioset/Dog", "esc50/dog"}),
        ("dog", {"audioset/Dog", "esc50/dog"}),
        ("DOG", {"audioset/Dog", "esc50/dog"}),
        ("ｄｏｇ", {"audioset/Dog", "esc50/dog"}),
        ("いぬ", {"audioset/Dog", "esc50/dog"}),
        ("イヌ", {"audioset/Dog", "esc50/dog"}),
        ("ｲﾇ", {"audioset/Dog", "esc50/dog"}),
        ("esc50/dog", {"esc50/dog"}),
        ("雨音", {"audioset/Rain", "esc50/rain"}),
        ("sea_waves", {"esc50/sea_waves"}),
        ("sea waves", {"audioset/Waves, surf", "esc50/sea_waves"}),
        ("戸を叩く音", {"audioset/Knock", "esc50/door_wood_knock"}),
        ("救急車", {"audioset/Ambulance (siren)", "esc50/siren"}),
        ("hoover", {"audioset/Vacuum cleaner", "esc50/vacuum_cleaner"}),
        ("足音", {"audioset/Walk, footsteps", "esc50/footsteps"}),
        ("せせらぎ", {"audioset/Stream"}),
        ("環境音", {"audioset/Environmental noise"}),
        ("雷鳴", {"audioset/Thunder", "esc50/thunderstorm"}),
        ("爆発", {"audioset/Explosion"}),
        ("きしみ", {"audioset/Creak", "esc50/door_wood_creaks"}),
        ("マウスのクリ", set()),
        ("", set()),
    ],
)
def test_lookup(word: str, tags: set[str]) -> None:
    found = find_tags(word)
    if word == "sea_waves":
        assert found[0] == "esc50/sea_waves"
    assert tags <= set(found)
    assert len(found) == len(set(found))
    if not tags or "/" in word:
        assert set(found) == tags


def test_tags_of_that_name_come_before_tags_with_it_as_a_synonym() -> None:
    assert find_tags("鐘") == ("audioset/Bell", "esc50/church_bells")
    assert find_tags("fire")[0] == "audioset/Fire"


def test_names_of_a_known_tag_hold_both_languages() -> None:
    names = names_of("esc50/rain")
    assert names[:2] == ("rain", "雨")
    assert {"雨音", "あめ", "降雨"} <= set(names)


@pytest.mark.parametrize(
    "tag", ["お気に入り", "my tag", "audioset/No such name", "placeholder/low"]
)
def test_a_tag_of_no_vocabulary_stands_for_itself(tag: str) -> None:
    assert names_of(tag) == (tag,)
    assert display_name(tag) == tag
    assert display_name(tag, "ja") == tag


def test_display_name_in_each_language() -> None:
    assert display_name("audioset/Walk, footsteps") == "Walk, footsteps"
    assert display_name("audioset/Walk, footsteps", "ja") == "足音"
    assert display_name("esc50/mouse_click", "ja") == "マウスのクリック音"


@given(st.text())
def test_lookup_takes_any_text(word: str) -> None:
    assert set(find_tags(word)) <= {entry.tag for entry in ENTRIES}


def test_an_unknown_vocabulary_is_refused_with_the_nearest_name() -> None:
    with pytest.raises(EncoderError, match="did you mean 'audioset'"):
        vocabulary("audio-set")


def test_the_vocabulary_needs_no_torch() -> None:
    code = (
        "import sys; from kikimimi.encoders.vocabulary import find_tags; find_tags('dog');"
        "assert 'torch' not in sys.modules"
    )
    subprocess.run([sys.executable, "-c", code], check=True)
