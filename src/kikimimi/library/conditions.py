"""Filters as conditions on the table of sounds."""

import os
from collections.abc import Callable
from difflib import get_close_matches
from pathlib import Path
from typing import Any

from sqlalchemy import ColumnElement, Connection, func, literal, or_, select

from kikimimi.encoders.vocabulary import find_tags
from kikimimi.errors import QueryError
from kikimimi.library.query import Filters
from kikimimi.library.schema import sound_measures, sound_tags, sounds, tags
from kikimimi.library.words import tag_tokens, tokens
from kikimimi.paths import display_path

Condition = ColumnElement[bool]


def sound_conditions(connection: Connection, filters: Filters) -> list[Condition]:
    """Conditions that all hold for the sounds that are there and pass the filters.

    Raises:
        QueryError: a tag is known neither to the library nor to a vocabulary.
    """
    return [
        sounds.c.missing == 0,
        *_tag_conditions(connection, filters),
        *_duration_conditions(filters),
        *_loudness_conditions(filters),
        *_one_of(sounds.c.sample_rate_hz, filters.sample_rates_hz),
        *_one_of(sounds.c.channels, filters.channels),
        *_any_of([_has_format(name) for name in filters.formats]),
        *_any_of([_lies_below(folder) for folder in filters.folders]),
    ]


def tag_strength(connection: Connection, filters: Filters) -> ColumnElement[float]:
    """How strongly a sound has all the wanted tags: the least of their scores, 1 if none is wanted.

    Raises:
        QueryError: as `sound_conditions`.
    """
    if not filters.tags:
        return literal(1.0)
    known = known_tags(connection)
    scores = [_best_score(ids_of_tag(known, text)) for text in filters.tags]
    return scores[0] if len(scores) == 1 else func.min(*scores)


def _best_score(tag_ids: list[int]) -> ColumnElement[float]:
    return (
        select(func.max(sound_tags.c.score))
        .where(
            sound_tags.c.sound_id == sounds.c.id,
            sound_tags.c.tag_id.in_(tag_ids),
            sound_tags.c.source != "rejected",
        )
        .scalar_subquery()
    )


def known_tags(connection: Connection) -> dict[str, int]:
    """The ids of all tags by name."""
    return {row.name: row.id for row in connection.execute(select(tags.c.name, tags.c.id))}


def _tag_conditions(connection: Connection, filters: Filters) -> list[Condition]:
    if not (filters.tags or filters.without_tags):
        return []
    known = known_tags(connection)
    wanted = [sounds.c.id.in_(_tagged(ids_of_tag(known, text))) for text in filters.tags]
    refused = [
        sounds.c.id.not_in(_tagged(ids_of_tag(known, text))) for text in filters.without_tags
    ]
    return [*wanted, *refused]


def _tagged(tag_ids: list[int]) -> Any:
    return select(sound_tags.c.sound_id).where(
        sound_tags.c.tag_id.in_(tag_ids), sound_tags.c.source != "rejected"
    )


def ids_of_tag(known: dict[str, int], text: str) -> list[int]:
    """The ids of those tags of `known_tags` that go by this name.

    Raises:
        QueryError: neither the library nor a vocabulary knows it.
    """
    if text in known:
        return [known[text]]
    key = tokens(text)
    found = [known[name] for name in known if key and key in tag_tokens(name)]
    if not found and not find_tags(text):
        bare = {name.rpartition("/")[2]: name for name in known}
        near = get_close_matches(text, [*bare, *known], n=1)
        hint = f"did you mean '{near[0]}'?" if near else "search for it as a word instead"
        raise QueryError(f"no sound has a tag '{display_path(os.fsencode(text))}'; {hint}")
    return found


def _duration_conditions(filters: Filters) -> list[Condition]:
    conditions = []
    if filters.min_duration_s is not None:
        conditions.append(sounds.c.duration_s >= filters.min_duration_s)
    if filters.max_duration_s is not None:
        conditions.append(sounds.c.duration_s <= filters.max_duration_s)
    return conditions


def _loudness_conditions(filters: Filters) -> list[Condition]:
    low, high = filters.min_loudness_lufs, filters.max_loudness_lufs
    if low is None and high is None:
        return []
    inside = [] if low is None else [sound_measures.c.loudness_lufs >= low]
    inside += [] if high is None else [sound_measures.c.loudness_lufs <= high]
    return [sounds.c.id.in_(select(sound_measures.c.sound_id).where(*inside))]


def _has_format(name: str) -> Condition:
    """The format or its subtype is called so, or the file name ends so."""
    plain = name.lower().removeprefix(".")
    ending = f".{plain}"
    return or_(
        func.lower(sounds.c.format) == plain,
        func.lower(sounds.c.subtype) == plain,
        func.lower(func.substr(sounds.c.name, -len(ending))) == ending,
    )


def _lies_below(folder: str) -> Condition:
    """The folder is the sound's own or one above it; a relative one may begin anywhere."""
    inside, is_absolute = _folder_inside(folder)
    stored = sounds.c.folder + literal("/")
    if is_absolute:
        return func.instr(stored, inside) == 1
    return func.instr(literal("/") + stored, f"/{inside}") > 0


def folder_test(folder: str) -> Callable[[str], bool]:
    """The same as a test of the folder of a sound."""
    inside, is_absolute = _folder_inside(folder)
    if is_absolute:
        return lambda stored: f"{stored}/".startswith(inside)
    return lambda stored: f"/{inside}" in f"/{stored}/"


def _folder_inside(folder: str) -> tuple[str, bool]:
    """What the path of a sound below it begins with or holds, and whether it begins so."""
    path = Path(folder).expanduser()
    if folder.startswith("."):
        path = path.absolute().resolve()
    return f"{display_path(path).rstrip('/')}/", path.is_absolute()


def _one_of(column: ColumnElement[int], values: tuple[int, ...]) -> list[Condition]:
    return [column.in_(values)] if values else []


def _any_of(conditions: list[Condition]) -> list[Condition]:
    return [or_(*conditions)] if conditions else []
