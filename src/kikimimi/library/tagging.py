"""Tags that users give and take away, beside those that the encoder gives."""

import unicodedata
from collections.abc import Sequence

from sqlalchemy import Connection, delete, func, insert, select

from kikimimi.errors import QueryError
from kikimimi.library import store
from kikimimi.library.records import SoundTag
from kikimimi.library.schema import sound_tags, sounds, tags

_LONGEST_NAME = 200
_WIDE_SPACE = "\u3000"


def add_tag(connection: Connection, sound_ids: Sequence[int], name: str) -> int:
    """Give sounds a tag, score 1; return how many did not have it from the user before.

    Raises:
        QueryError: the name is empty, too long, or not one line.
    """
    plain = checked_name(name)
    tag_id = store.tag_ids(connection, [plain])[plain]
    changed = 0
    for sound_id in sound_ids:
        sources = _sources(connection, sound_id, tag_id)
        if "rejected" in sources:
            _delete(connection, sound_id, tag_id, "rejected")
        if "user" not in sources:
            _insert(connection, sound_id, tag_id, "user", 1.0)
            changed += 1
    store.refresh_words(connection, sound_ids)
    return changed


def remove_tag(connection: Connection, sound_ids: Sequence[int], name: str) -> int:
    """Take a tag away from sounds, for good if it was automatic; return how many had it.

    Raises:
        QueryError: no sound has a tag of this name.
    """
    tag_id = connection.execute(select(tags.c.id).where(tags.c.name == name)).scalar()
    if tag_id is None:
        raise QueryError(f"no sound has the tag {name!r}; see the tags of a sound for their names")
    changed = 0
    for sound_id in sound_ids:
        sources = _sources(connection, sound_id, tag_id)
        for source in sources.keys() - {"rejected"}:
            _delete(connection, sound_id, tag_id, source)
        if "auto" in sources:
            _insert(connection, sound_id, tag_id, "rejected", sources["auto"])
        changed += bool(sources.keys() - {"rejected"})
    store.refresh_words(connection, sound_ids)
    return changed


def tags_of(connection: Connection, sound_id: int) -> tuple[SoundTag, ...]:
    """The tags of a sound, the user's first, then by score; each name once."""
    rows = connection.execute(
        select(tags.c.name, sound_tags.c.score, sound_tags.c.source)
        .join(tags)
        .where(sound_tags.c.sound_id == sound_id, sound_tags.c.source != "rejected")
        .order_by(sound_tags.c.source.desc(), sound_tags.c.score.desc(), tags.c.name)
    )
    found: dict[str, SoundTag] = {}
    for row in rows:
        found.setdefault(row.name, SoundTag(row.name, row.score, row.source))
    return tuple(found.values())


def tag_counts(connection: Connection) -> dict[str, int]:
    """How many present sounds have each tag, the most frequent first."""
    count = func.count(sound_tags.c.sound_id.distinct())
    rows = connection.execute(
        select(tags.c.name, count.label("sound_count"))
        .join(sound_tags, sound_tags.c.tag_id == tags.c.id)
        .join(sounds, sounds.c.id == sound_tags.c.sound_id)
        .where(sound_tags.c.source != "rejected", sounds.c.missing == 0)
        .group_by(tags.c.name)
        .order_by(count.desc(), tags.c.name)
    )
    return {row.name: row.sound_count for row in rows}


def checked_name(name: str) -> str:
    """The name of a tag as it is stored: trimmed, composed (NFC), with plain spaces.

    Raises:
        QueryError: it is empty, too long, or not one printable line.
    """
    trimmed = unicodedata.normalize("NFC", name.replace(_WIDE_SPACE, " ")).strip()
    if not trimmed or len(trimmed) > _LONGEST_NAME or not trimmed.isprintable():
        raise QueryError(
            f"{name!r} cannot be a tag; give one line of 1 to {_LONGEST_NAME} printable characters"
        )
    return trimmed


def _sources(connection: Connection, sound_id: int, tag_id: int) -> dict[str, float]:
    rows = connection.execute(
        select(sound_tags.c.source, sound_tags.c.score).where(
            sound_tags.c.sound_id == sound_id, sound_tags.c.tag_id == tag_id
        )
    )
    return {row.source: row.score for row in rows}


def _insert(connection: Connection, sound_id: int, tag_id: int, source: str, score: float) -> None:
    row = {"sound_id": sound_id, "tag_id": tag_id, "source": source, "score": score}
    connection.execute(insert(sound_tags).prefix_with("OR REPLACE").values(row))


def _delete(connection: Connection, sound_id: int, tag_id: int, source: str) -> None:
    connection.execute(
        delete(sound_tags).where(
            sound_tags.c.sound_id == sound_id,
            sound_tags.c.tag_id == tag_id,
            sound_tags.c.source == source,
        )
    )
