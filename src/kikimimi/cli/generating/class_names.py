"""Classes of generators as people write them, in English or Japanese."""

from collections.abc import Sequence

from kikimimi.encoders.vocabulary import find_tags


def class_named(text: str, classes: Sequence[str]) -> str:
    """The class that is meant: its own name, or any word that the vocabularies have for it.

    A text that no class fits is given back, for the generator to refuse.
    """
    if text in classes:
        return text
    plain = text.strip().casefold().replace(" ", "_")
    names = (tag.partition("/")[2] for tag in find_tags(text))
    folded = {each.casefold().replace(" ", "_"): each for each in classes}
    for name in (plain, *(each.casefold().replace(" ", "_") for each in names)):
        if name in folded:
            return folded[name]
    return text
