"""Facts as one plain sentence: "A dog barks three times while rain falls."

A sentence says how long and how loud a sound is only where it is out of the ordinary.
"""

from collections.abc import Callable
from dataclasses import dataclass

from kikimimi.encoders.clauses import clause_of
from kikimimi.encoders.vocabulary import Language
from kikimimi.tasks.captioning.acoustics import FLOOR_DB, Acoustics, Change
from kikimimi.tasks.captioning.facts import SoundFacts
from kikimimi.tasks.captioning.naming import is_countable, name_tags
from kikimimi.types import Tag

_SHORT_S, _LONG_S = 1.0, 20.0
_QUIET_DB, _LOUD_DB = -42.0, -9.0
_MOST_COUNTED = 6


@dataclass(frozen=True, slots=True)
class Outline:
    """What a sentence will say: `length` and `level` are empty where they are ordinary."""

    tags: tuple[Tag, ...]
    sure: bool
    count: int
    """How many times the first is heard; 0 leaves it open."""
    length: str
    level: str
    change: Change | None
    duration_s: float


def caption(facts: SoundFacts, language: Language) -> str:
    """One sentence with its full stop."""
    if facts.acoustics.level_db <= FLOOR_DB:
        return "There is silence." if language == "en" else "無音が続いている。"
    return _SENTENCES[language](outline(facts))


def outline(facts: SoundFacts) -> Outline:
    """Choose what to say."""
    named = name_tags(facts.tags)
    acoustics = facts.acoustics
    short = facts.duration_s < _SHORT_S
    told = named.tags[:1] if short else named.tags
    alone = len(told) == 1 and named.is_sure
    countable = alone and not short and is_countable(told[0].name)
    count = acoustics.events if countable and 2 <= acoustics.events <= _MOST_COUNTED else 0
    return Outline(
        tags=told,
        sure=named.is_sure,
        count=count,
        length=_length(facts.duration_s),
        level=_level(acoustics),
        change=acoustics.change if alone and not count else None,
        duration_s=facts.duration_s,
    )


def _length(duration_s: float) -> str:
    if duration_s < _SHORT_S:
        return "short"
    return "long" if duration_s > _LONG_S else ""


def _level(acoustics: Acoustics) -> str:
    if acoustics.level_db < _QUIET_DB:
        return "quiet"
    return "loud" if acoustics.level_db > _LOUD_DB else ""


def _english(plan: Outline) -> str:
    clauses = [clause_of(tag.name).english for tag in plan.tags]
    if not clauses:
        said = "a sound that is hard to name can be heard"
    elif not plan.sure:
        said = f"it sounds as if {clauses[0]}"
    else:
        said = " while ".join(clauses)
    if plan.count:
        said += f" {_TIMES_EN[plan.count]}"
    if plan.change:
        said += f", {_CHANGES_EN[plan.change]}"
    sentence = f"{_english_lead(plan)}{said}."
    return sentence[0].upper() + sentence[1:]


def _english_lead(plan: Outline) -> str:
    level = f"{plan.level} " if plan.level else ""
    if plan.length == "short":
        return {"quiet": "briefly and quietly, ", "loud": "briefly and loudly, "}.get(
            plan.level, "briefly, "
        )
    if plan.length == "long":
        return f"in a {level}recording of {_english_duration(plan.duration_s)}, "
    return f"in a {level}recording, " if level else ""


def _english_duration(seconds: float) -> str:
    if seconds < 90:
        return f"{round(seconds)} seconds"
    minutes = round(seconds / 60)
    if minutes < 90:
        return f"{minutes} minutes"
    return f"about {round(seconds / 3600)} hours"


def _japanese(plan: Outline) -> str:
    clauses = [clause_of(tag.name).japanese for tag in plan.tags]
    if not clauses:
        return f"{_japanese_lead(plan)}名前の分からない音が聞こえる。"
    if plan.count:
        clauses[0] = _counted(clauses[0], plan.count)
    *first, last = clauses
    said = "".join(f"{_joining(clause)}、" for clause in first)
    if plan.change:
        said += f"{_joining(last)}、{_CHANGES_JA[plan.change]}"
    else:
        said += last if plan.sure else f"{last}ようだ"
    return f"{_japanese_lead(plan)}{said}。"


def _japanese_lead(plan: Outline) -> str:
    if plan.length == "long":
        level = {"quiet": "小さな音で、", "loud": "大きな音で、"}.get(plan.level, "")
        return f"{_japanese_duration(plan.duration_s)}、{level}"
    return {
        ("short", ""): "短い音で、",
        ("short", "quiet"): "短く小さな音で、",
        ("short", "loud"): "短く大きな音で、",
        ("", "quiet"): "小さな音で、",
        ("", "loud"): "大きな音で、",
    }.get((plan.length, plan.level), "")


def _japanese_duration(seconds: float) -> str:
    if seconds < 90:
        return f"約{round(seconds)}秒間"
    minutes = round(seconds / 60)
    return f"約{minutes}分間" if minutes < 90 else f"約{round(seconds / 3600)}時間"


def _counted(clause: str, count: int) -> str:
    """The clause with the number of times before its predicate."""
    at = max(clause.rfind("が"), clause.rfind("を")) + 1
    return f"{clause[:at]}{count}回{clause[at:]}"


def _joining(clause: str) -> str:
    """The form of a plain clause after which another one follows."""
    if clause.endswith("聞こえる"):
        return clause[:-1]
    return clause[:-1] + "て"


_SENTENCES: dict[Language, Callable[[Outline], str]] = {"en": _english, "ja": _japanese}

_TIMES_EN = {2: "twice", 3: "three times", 4: "four times", 5: "five times", 6: "six times"}

_CHANGES_EN: dict[Change, str] = {
    "rising_pitch": "rising in pitch",
    "falling_pitch": "falling in pitch",
    "growing_louder": "growing louder",
    "fading": "fading away",
    "growing_brighter": "growing brighter",
    "growing_duller": "growing duller",
}
_CHANGES_JA: dict[Change, str] = {
    "rising_pitch": "音は次第に高くなる",
    "falling_pitch": "音は次第に低くなる",
    "growing_louder": "音は次第に大きくなる",
    "fading": "音は次第に消えていく",
    "growing_brighter": "音は次第に明るくなる",
    "growing_duller": "音は次第にこもっていく",
}
