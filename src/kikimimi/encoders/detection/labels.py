"""Names of events: found by a word in any language, and shown in the user's."""

from collections.abc import Sequence
from difflib import get_close_matches

from kikimimi.encoders.vocabulary import Language, display_name, find_tags
from kikimimi.errors import EncoderError

_NAMED = 8


def event_name(label: str, language: Language = "en") -> str:
    """The name to show for the label of an event; a label of no vocabulary is shown as it is."""
    return display_name(event_tag(label), language)


def event_tag(label: str) -> str:
    """The tag of a vocabulary that the label of an event stands for, else the label."""
    tags = find_tags(label)
    return tags[0] if tags else label


def find_classes(words: Sequence[str], classes: Sequence[str]) -> tuple[int, ...]:
    """The numbers of the classes that are meant by words, ascending, each once.

    A word is the label of a class, or a name or synonym of it in English or Japanese; names come
    before synonyms.

    Raises:
        EncoderError: a word means none of the classes; the message names the nearest one.
    """
    found = {number for word in words for number in _meant(word, classes)}
    return tuple(sorted(found))


def _meant(word: str, classes: Sequence[str]) -> tuple[int, ...]:
    if word in classes:
        return (classes.index(word),)
    # Japanese names were given by hand, so that tags of one Japanese name mean the same thing.
    things = [event_name(label, "ja") for label in classes]
    for tag in find_tags(word):
        thing = display_name(tag, "ja")
        if thing in things:
            return tuple(number for number, each in enumerate(things) if each == thing)
    raise EncoderError(f"the detector knows no event '{word}'; {_hint(word, classes)}")


def _hint(word: str, classes: Sequence[str]) -> str:
    names = {name.casefold(): name for name in (*map(event_name, classes), *classes)}
    near = get_close_matches(word.casefold(), names, n=1)
    if near:
        return f"did you mean '{names[near[0]]}'?"
    named = ", ".join(map(event_name, classes[:_NAMED]))
    return f"it knows {named}" + (", and others" if len(classes) > _NAMED else "")
