"""Captions of versions, made of classes, of what the encoder hears, and of names of files.

Axes: V versions, K tags.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np

from kikimimi.encoders.clauses import clause_of
from kikimimi.encoders.vocabulary import display_name, names_of
from kikimimi.pretraining.text_alignment.recipe import CaptionSettings
from kikimimi.types import FloatArray

_CLAUSE_SHARE = 0.5
_NAME_TEMPLATES = ("{}", "the sound of {}", "a recording of {}", "{} can be heard")
_TEMPLATES_IN_MIXTURES = _NAME_TEMPLATES[:2]
_JOINED = {
    1: ("{0}",),
    2: ("{0} while {1}", "{0} and {1}", "{1} as {0}", "{0}, and in the background {1}"),
    3: ("{0}, {1} and {2}", "{0} while {1} and {2}", "{1} and {2}, and {0}"),
}
_NUMBERS = re.compile(r"\d+")
_SEPARATORS = re.compile(r"[\W_]+")
_CAMEL = re.compile(r"(?<=[a-z])(?=[A-Z])")


@dataclass(frozen=True, slots=True)
class Caption:
    """A sentence, and what it tells of: numbers of tags, or the words of a file's name."""

    text: str
    tags: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True, eq=False)
class HeardClip:
    """What is known of one clip: its class among the tags, tag scores (K,), words of its name."""

    class_tag: int | None
    scores: FloatArray
    name_words: str


class CaptionWriter:
    """Writes captions of clips and mixtures.

    Args:
        vocabulary: the K tags.
        held_out: classes of ESC-50 that no caption may tell of.
        settings: how captions are drawn.
    """

    def __init__(
        self, vocabulary: Sequence[str], held_out: Sequence[str], settings: CaptionSettings
    ) -> None:
        self._settings = settings
        self._phrases = [phrases_of(tag, held_out) for tag in vocabulary]
        self._allowed = np.array([bool(phrases.all) for phrases in self._phrases])
        self._allowed[list(tags_like(vocabulary, held_out))] = False

    def write(self, clips: Sequence[HeardClip], generator: np.random.Generator) -> Caption | None:
        """A caption of sounds heard at once; None if one of them cannot be told."""
        if len(clips) == 1 and self._by_name(clips[0], generator):
            return Caption(clips[0].name_words)
        tags = [self._tag_of(clip, generator) for clip in clips]
        told = tuple(tag for tag in tags if tag is not None)
        if len(told) < len(clips):
            return None
        told = tuple(dict.fromkeys(told))
        templates = _NAME_TEMPLATES if len(told) == 1 else _TEMPLATES_IN_MIXTURES
        phrases = [_phrase(self._phrases[tag], templates, generator) for tag in told]
        template = generator.choice(_JOINED[len(phrases)])
        return Caption(str(template).format(*phrases), told)

    def _by_name(self, clip: HeardClip, generator: np.random.Generator) -> bool:
        if not clip.name_words:
            return False
        return bool(generator.random() < self._settings.name_probability)

    def _tag_of(self, clip: HeardClip, generator: np.random.Generator) -> int | None:
        """The class, or a tag drawn by its score; None if nothing is heard clearly."""
        told = self._allowed & (clip.scores >= self._settings.least_score)
        by_class = clip.class_tag is not None
        if by_class and (not told.any() or generator.random() < self._settings.class_probability):
            return clip.class_tag
        if not told.any():
            return None
        shares = np.where(told, clip.scores, 0).astype(np.float64)
        return int(generator.choice(len(shares), p=shares / shares.sum()))


def _phrase(phrases: "Phrases", templates: Sequence[str], generator: np.random.Generator) -> str:
    """One way to tell a tag: a clause, or one of its names."""
    by_clause = not phrases.names or generator.random() < _CLAUSE_SHARE
    if phrases.clauses and by_clause:
        return str(generator.choice(phrases.clauses))
    return str(generator.choice(templates)).format(generator.choice(phrases.names))


@dataclass(frozen=True, slots=True)
class Phrases:
    """What tells of a tag: clauses, and names."""

    clauses: tuple[str, ...]
    names: tuple[str, ...]

    @property
    def all(self) -> tuple[str, ...]:
        """Both."""
        return self.clauses + self.names


def phrases_of(tag: str, held_out: Sequence[str] = ()) -> Phrases:
    """English phrases for a tag, without those that name a held-out class."""
    clause = clause_of(tag)
    names = (name.lower() for name in names_of(tag) if name.isascii())
    clauses = (clause.english, *clause.more)
    return Phrases(
        tuple(each for each in clauses if not names_one_of(each, held_out)),
        tuple(each for each in names if not names_one_of(each, held_out)),
    )


def name_words(path: Path) -> str:
    """The words of the names of a file and its folder: `UI sounds/switch-05.ogg` -> "switch"
    in words, without numbers; empty if they hold no word of three letters.
    """
    text = _CAMEL.sub(" ", f"{path.parent.name} {path.stem}")
    words = [word for word in _SEPARATORS.split(_NUMBERS.sub(" ", text)) if len(word) > 2]
    return " ".join(dict.fromkeys(word.lower() for word in words))


def tags_like(vocabulary: Sequence[str], classes: Sequence[str]) -> tuple[int, ...]:
    """Numbers of the tags that are called after one of the classes, in full or in part.

    Of a class that is not among `classes` itself, the name counts and not its further words.
    """
    return tuple(
        number
        for number, tag in enumerate(vocabulary)
        if names_one_of(display_name(tag, "en"), classes)
        or (tag.startswith("audioset/") and _shares_a_name(tag, classes))
    )


def names_one_of(text: str, classes: Sequence[str]) -> bool:
    """Whether English text holds a name of one of the classes as whole words."""
    pattern = _pattern(tuple(classes))
    return pattern is not None and bool(pattern.search(text.lower()))


def _shares_a_name(tag: str, classes: Sequence[str]) -> bool:
    wanted = {name.lower() for each in classes for name in names_of(f"esc50/{each}")}
    return bool(wanted & {name.lower() for name in names_of(tag)})


@cache
def _pattern(classes: tuple[str, ...]) -> re.Pattern[str] | None:
    names = {
        name.lower() for each in classes for name in names_of(f"esc50/{each}") if name.isascii()
    }
    if not names:
        return None
    either = "|".join(re.escape(name) for name in sorted(names, key=len, reverse=True))
    return re.compile(rf"\b(?:{either})(?:e?s)?\b")
