"""The words for the tags that encoders give, in English and Japanese.

A tag is named `"<vocabulary>/<name>"`, for example `"esc50/dog"` or `"audioset/Walk, footsteps"`.
A tag that a user made has no vocabulary; it stands for itself in both languages.
"""

import json
import unicodedata
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any, Literal

from kikimimi.errors import EncoderError
from kikimimi.names import suggestion

Language = Literal["en", "ja"]

VOCABULARIES = ("audioset", "esc50")

_FIRST_KATAKANA, _LAST_KATAKANA = "ァ", "ヶ"
_KATAKANA_TO_HIRAGANA = {
    code: code - 0x60 for code in range(ord(_FIRST_KATAKANA), ord(_LAST_KATAKANA) + 1)
}


@dataclass(frozen=True, slots=True)
class TagEntry:
    """One tag with its name and further words for it, in each language."""

    tag: str
    english: str
    japanese: str
    synonyms_en: tuple[str, ...]
    synonyms_ja: tuple[str, ...]

    @property
    def names(self) -> tuple[str, ...]:
        """Every word for the tag: both names first, then the synonyms."""
        return (self.english, self.japanese, *self.synonyms_en, *self.synonyms_ja)


@cache
def vocabulary(name: str) -> tuple[TagEntry, ...]:
    """Return the tags of a vocabulary in the order of the class numbers of its data set.

    `"audioset"` has the 521 display names of YAMNet's class map, `"esc50"` the 50 categories.

    Raises:
        EncoderError: there is no such vocabulary.
    """
    if name not in VOCABULARIES:
        raise EncoderError(f"there is no tag vocabulary '{name}'; {suggestion(name, VOCABULARIES)}")
    return tuple(_tag_entry(name, entry) for entry in _read(name))


@cache
def audioset_527() -> tuple[TagEntry, ...]:
    """All classes of AudioSet in the order of its class numbers: `vocabulary("audioset")` and six
    others, of the same vocabulary, that YAMNet leaves out.
    """
    entries = list(vocabulary("audioset"))
    for entry in _read("audioset_others"):
        entries.insert(entry["index"], _tag_entry("audioset", entry))
    return tuple(entries)


def _read(file_name: str) -> list[dict[str, Any]]:
    source = files("kikimimi.encoders") / "vocabularies" / f"{file_name}.json"
    entries: list[dict[str, Any]] = json.loads(source.read_text(encoding="utf-8"))["entries"]
    return entries


def _tag_entry(vocabulary_name: str, entry: dict[str, Any]) -> TagEntry:
    return TagEntry(
        tag=f"{vocabulary_name}/{entry['name']}",
        english=entry["english"],
        japanese=entry["japanese"],
        synonyms_en=tuple(entry["synonyms_en"]),
        synonyms_ja=tuple(entry["synonyms_ja"]),
    )


def names_of(tag: str) -> tuple[str, ...]:
    """Return all English and Japanese words for a tag; a tag of no vocabulary is its own word."""
    entry = _entries().get(tag)
    return entry.names if entry else (tag,)


def display_name(tag: str, language: Language = "en") -> str:
    """Return the name to show for a tag; a tag of no vocabulary is shown as it is."""
    entry = _entries().get(tag)
    if entry is None:
        return tag
    return entry.japanese if language == "ja" else entry.english


def find_tags(word: str) -> tuple[str, ...]:
    """Return the tags that have exactly this word as name or synonym, or are named so in full.

    Upper and lower case, full and half width, hiragana and katakana, and `_` and space count as
    equal. Tags whose name the word is come before tags that have it as a synonym. A word that no
    vocabulary knows gives an empty tuple.
    """
    key = _fold(word)
    return tuple(dict.fromkeys(_tags_by_name().get(key, ()) + _tags_by_synonym().get(key, ())))


@cache
def japanese_words(*, synonyms: bool = True) -> tuple[str, ...]:
    """Every Japanese name of every tag, with its synonyms if they are wanted, each once."""
    words = (
        word
        for entry in _entries().values()
        for word in (entry.japanese, *(entry.synonyms_ja if synonyms else ()))
    )
    return tuple(dict.fromkeys(words))


@cache
def _entries() -> dict[str, TagEntry]:
    listed = {entry.tag: entry for name in VOCABULARIES for entry in vocabulary(name)}
    return listed | {entry.tag: entry for entry in audioset_527()}


@cache
def _tags_by_name() -> dict[str, tuple[str, ...]]:
    return _invert(
        {
            tag: (tag, tag.partition("/")[2], entry.english, entry.japanese)
            for tag, entry in _entries().items()
        }
    )


@cache
def _tags_by_synonym() -> dict[str, tuple[str, ...]]:
    return _invert(
        {tag: entry.synonyms_en + entry.synonyms_ja for tag, entry in _entries().items()}
    )


def _invert(words_by_tag: dict[str, tuple[str, ...]]) -> dict[str, tuple[str, ...]]:
    tags: dict[str, tuple[str, ...]] = {}
    for tag, words in words_by_tag.items():
        for key in dict.fromkeys(map(_fold, words)):
            tags[key] = (*tags.get(key, ()), tag)
    return tags


def _fold(word: str) -> str:
    text = unicodedata.normalize("NFKC", word).casefold().translate(_KATAKANA_TO_HIRAGANA)
    return " ".join(text.replace("_", " ").split())
