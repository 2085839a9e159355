"""Japanese words to English ones, through the bilingual vocabulary, for English text encoders.

A Japanese stretch is cut into known words so that as few characters as possible stay unknown, and
as few words as possible are needed; the words give their English names in the order they stand in.
This is no translation of grammar: a sentence embedding hardly asks for it.
"""

import json
import re
import unicodedata
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from itertools import pairwise

from kikimimi.encoders.vocabulary import display_name, find_tags, japanese_words

_JAPANESE = re.compile("[々-〇ぁ-ゖゝ-ゟァ-ヺー-ヿㇰ-ㇿ\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff]+")
_FIRST, _LAST, _STEP = 0x30A1, 0x30F6, 0x60
_TO_HIRAGANA = {code: code - _STEP for code in range(_FIRST, _LAST + 1)}


@dataclass(frozen=True, slots=True)
class Translated:
    """English `text`, empty if nothing was understood, and the Japanese words that were not."""

    text: str
    unknown: tuple[str, ...] = ()


def to_english(text: str) -> Translated:
    """Translate the Japanese words of a text; whatever is not Japanese stays as it is."""
    pieces: list[str] = []
    unknown: list[str] = []
    plain = unicodedata.normalize("NFKC", text)
    end = 0
    for found in _JAPANESE.finditer(plain):
        pieces.append(plain[end : found.start()])
        for part in _cut(found.group()):
            if part.english is None:
                unknown.append(part.text)
            else:
                pieces.append(part.english)
        end = found.end()
    pieces.append(plain[end:])
    words = " ".join(" ".join(pieces).split())
    return Translated(words if any(map(str.isalnum, words)) else "", tuple(dict.fromkeys(unknown)))


@dataclass(frozen=True, slots=True)
class _Part:
    """A stretch of Japanese; `english` is None if it is unknown, empty if it is grammar."""

    text: str
    english: str | None


def _cut(run: str) -> list[_Part]:
    """Cut a Japanese stretch into parts, by dynamic programming from its beginning."""
    meanings, grammar, longest = _dictionary()
    folded = _fold(run)

    def english(begin: int, end: int) -> str | None:
        meaning = meanings.get(folded[begin:end])
        return "" if meaning is None and run[begin:end] in grammar else meaning

    costs: list[tuple[int, int]] = [(0, 0)]
    starts = [0]
    for end in range(1, len(folded) + 1):
        unknown, parts = costs[end - 1]
        best, start = (unknown + 1, parts + 1), end - 1
        for begin in range(max(0, end - longest), end):
            if english(begin, end) is not None:
                unknown, parts = costs[begin]
                if (unknown, parts + 1) < best:
                    best, start = (unknown, parts + 1), begin
        costs.append(best)
        starts.append(start)
    cuts = [len(folded)]
    while cuts[-1] > 0:
        cuts.append(starts[cuts[-1]])
    cuts.reverse()
    parts_found = [_Part(run[begin:end], english(begin, end)) for begin, end in pairwise(cuts)]
    return _joined(parts_found)


def _joined(parts: list[_Part]) -> list[_Part]:
    """Unknown characters that stand side by side as one word."""
    joined: list[_Part] = []
    for part in parts:
        if part.english is None and joined and joined[-1].english is None:
            joined[-1] = _Part(joined[-1].text + part.text, None)
        else:
            joined.append(part)
    return joined


@cache
def _dictionary() -> tuple[dict[str, str], frozenset[str], int]:
    """English by folded Japanese word, endings and particles, and the length of the longest.

    What a tag is called comes before our own words, and these before a tag's further names.
    """
    source = files("kikimimi.encoders.text") / "japanese_words.json"
    words = json.loads(source.read_text(encoding="utf-8"))
    further = {_fold(word): _english(word) for word in japanese_words()}
    own = {_fold(word): english for word, english in words["meanings"].items()}
    names = {_fold(word): _english(word) for word in japanese_words(synonyms=False)}
    meanings = {**further, **own, **names}
    return meanings, frozenset(words["grammar"]), max(map(len, (*meanings, *words["grammar"])))


def _english(word: str) -> str:
    """The plainest English name among the tags that a Japanese word names."""
    tags = find_tags(word)
    named = [tag for tag in tags if _fold(display_name(tag, "ja")) == _fold(word)] or tags
    plain = next((tag for tag in named if tag.startswith("esc50/")), named[0])
    return display_name(plain, "en").lower()


def _fold(word: str) -> str:
    return unicodedata.normalize("NFKC", word).translate(_TO_HIRAGANA)
