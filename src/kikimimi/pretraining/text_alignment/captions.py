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
from kikimimi.encoders.vocabulary import names_of
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
        forbidden: numbers of tags that are never told.
        settings: how captions are drawn.
    """

    def __init__(
        self, vocabulary: Sequence[str], forbidden: Sequence[int], settings: CaptionSettings
    ) -> None:
        self._vocabulary, self._settings = vocabulary, settings
        self._allowed = np.ones(len(vocabulary), bool)
        self._allowed[list(forbidden)] = False

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
        phrases = [_phrase(self._vocabulary[tag], templates, generator) for tag in told]
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


def _phrase(tag: str, templates: Sequence[str], generator: np.random.Generator) -> str:
    """One way to tell a tag: a clause, or one of its names."""
    clauses, names = _phrases_of(tag)
    if generator.random() < _CLAUSE_SHARE:
        return str(generator.choice(clauses))
    return str(generator.choice(templates)).format(generator.choice(names))


@cache
def _phrases_of(tag: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Clauses for a tag, and its English names."""
    clause = clause_of(tag)
    names = tuple(name.lower() for name in names_of(tag) if name.isascii())
    return (clause.english, *clause.more), names


def name_words(path: Path) -> str:
    """The words of the names of a file and its folder: `UI sounds/switch-05.ogg` -> "switch"
    in words, without numbers; empty if they hold no word of three letters.
    """
    text = _CAMEL.sub(" ", f"{path.parent.name} {path.stem}")
    words = [word for word in _SEPARATORS.split(_NUMBERS.sub(" ", text)) if len(word) > 2]
    return " ".join(dict.fromkeys(word.lower() for word in words))


def tags_like(vocabulary: Sequence[str], classes: Sequence[str]) -> tuple[int, ...]:
    """Numbers of the tags that share a name, in either language, with one of the classes."""
    wanted = words_of(classes)
    return tuple(
        number
        for number, tag in enumerate(vocabulary)
        if wanted & {name.lower() for name in names_of(tag)}
    )


def words_of(classes: Sequence[str]) -> set[str]:
    """All names of classes of ESC-50, in lower case."""
    return {name.lower() for each in classes for name in names_of(f"esc50/{each}")}
