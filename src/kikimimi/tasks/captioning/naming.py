"""Which tags a caption names: the surest, and a second one that tells of something else."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from kikimimi.encoders.clauses import clause_of
from kikimimi.types import Tag

SURE = 0.5
"""From this score on a tag is told without reserve."""

_LEAST = 0.15
_LEAST_SECOND = 0.45
_MUSIC = -1
_MUSIC_ENDINGS = ("が流れている", "演奏が聞こえる")


@dataclass(frozen=True, slots=True)
class Named:
    """The tags to name, the first one surest; none if nothing is heard clearly enough."""

    tags: tuple[Tag, ...]

    @property
    def is_sure(self) -> bool:
        """Whether the first can be told without reserve."""
        return bool(self.tags) and self.tags[0].score >= SURE


def name_tags(tags: Sequence[Tag]) -> Named:
    """Choose from the tags of a sound, the highest score first."""
    likely = [tag for tag in tags if tag.score >= _LEAST]
    clear = [tag for tag in likely if not is_vague(tag.name)] or likely
    if not clear:
        return Named(())
    first = clear[0]
    for second in clear[1:]:
        if second.score >= _LEAST_SECOND and first.score >= SURE and not is_same(first, second):
            return Named((first, second))
    return Named((first,))


def is_same(first: Tag, second: Tag) -> bool:
    """Whether two tags tell of the same thing."""
    if _families(first.name) & _families(second.name):
        return True
    one, other = clause_of(first.name), clause_of(second.name)
    return one.english == other.english or one.japanese == other.japanese


def is_vague(tag: str) -> bool:
    """Whether a tag says too little to be named beside others."""
    return tag in _table()["vague"]


def is_countable(tag: str) -> bool:
    """Whether one can say how many times a tag is heard."""
    return tag in _table()["countable"]


def _families(tag: str) -> set[int]:
    """Numbers of the families that a tag belongs to; all that plays music is one."""
    found = {number for number, family in enumerate(_table()["families"]) if tag in family}
    clause = clause_of(tag)
    if clause.english.endswith(" plays") or clause.japanese.endswith(_MUSIC_ENDINGS):
        found.add(_MUSIC)
    return found


@cache
def _table() -> dict[str, list[str]]:
    source = files("kikimimi.tasks.captioning") / "families.json"
    return json.loads(source.read_text(encoding="utf-8"))
