"""Short clauses that tell what is heard under a tag: "a dog barks", 「犬が吠えている」.

English clauses are in the present tense without capital and full stop; Japanese ones are plain
sentences that end in 「いる」 or 「聞こえる」, without full stop.
"""

import json
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

from kikimimi.encoders.vocabulary import (
    VOCABULARIES,
    Language,
    TagEntry,
    audioset_527,
    display_name,
    vocabulary,
)

_VOWELS = "aeio"
_PROPER = ("Middle", "Carnatic", "Christian", "Christmas", "Hammond", "French", "Afrobeat")


@dataclass(frozen=True, slots=True)
class Clause:
    """A clause in each language, and further English ones that mean the same."""

    english: str
    japanese: str
    more: tuple[str, ...] = ()

    def in_language(self, language: Language) -> str:
        """The clause in one of the languages."""
        return self.japanese if language == "ja" else self.english


def clause_of(tag: str) -> Clause:
    """The clause for a tag; a tag of no vocabulary is told by its name."""
    found = _clauses().get(tag)
    if found is not None:
        return found
    english, japanese = display_name(tag, "en"), display_name(tag, "ja")
    ending = "が聞こえる" if japanese.endswith(("音", "声")) else "の音が聞こえる"
    return Clause(f"{_lower_first(english)} can be heard", f"{japanese}{ending}")


@cache
def _clauses() -> dict[str, Clause]:
    found: dict[str, Clause] = {}
    for name in VOCABULARIES:
        entries = audioset_527() if name == "audioset" else vocabulary(name)
        by_tag = {entry.tag: entry for entry in entries}
        source = files("kikimimi.encoders") / "vocabularies" / f"clauses_{name}.json"
        written = json.loads(source.read_text(encoding="utf-8"))
        for short, clause in written["entries"].items():
            more = tuple(clause.get("more", ()))
            found[f"{name}/{short}"] = Clause(clause["english"], clause["japanese"], more)
        for pattern in written.get("patterns", ()):
            for short in pattern["tags"]:
                tag = f"{name}/{short}"
                found[tag] = _filled(pattern, by_tag[tag])
    return found


def _filled(pattern: dict[str, Any], entry: TagEntry) -> Clause:
    noun = _lower_first(entry.english)
    article = "an" if noun[0].lower() in _VOWELS else "a"
    english = pattern["english"].format(article=article, name=noun)
    return Clause(english, pattern["japanese"].format(name=entry.japanese))


def _lower_first(name: str) -> str:
    return name if name.startswith(_PROPER) else name[:1].lower() + name[1:]
