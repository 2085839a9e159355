"""Tags that users give and take away, beside those that the encoder gives."""

import json
import unicodedata
from collections.abc import Sequence

from sqlalchemy import Connection, func, select, text

from kikimimi.errors import QueryError, UnknownError
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
    chosen = {"ids": json.dumps(list(sound_ids)), "tag": tag_id}
    connection.execute(_REVIVE, chosen)
    changed = connection.execute(_GIVE, chosen).rowcount
    store.refresh_tag_words(connection, sound_ids)
    return changed


def remove_tag(connection: Connection, sound_ids: Sequence[int], name: str) -> int:
    """Take a tag away from sounds, for good if it was automatic; return how many had it.

    Raises:
        UnknownError: no sound has a tag of this name.
    """
    tag_id = connection.execute(select(tags.c.id).where(tags.c.name == name)).scalar()
    if tag_id is None:
        raise UnknownError(
            f"no sound has the tag {name!r}; see the tags of a sound for their names"
        )
    chosen = {"ids": json.dumps(list(sound_ids)), "tag": tag_id}
    changed = int(connection.execute(_COUNT, chosen).scalar_one())
    connection.execute(_REJECT, chosen)
    connection.execute(_TAKE, chosen)
    store.refresh_tag_words(connection, sound_ids)
    return changed


def sounds_with_tag(connection: Connection, sound_ids: Sequence[int], name: str) -> list[int]:
    """Those of the sounds that have a tag of this name, in their order."""
    chosen = {"ids": json.dumps(list(sound_ids)), "name": name}
    having = set(connection.execute(_HAVING, chosen).scalars())
    return [sound_id for sound_id in sound_ids if sound_id in having]


_AMONG = "sound_id IN (SELECT value FROM json_each(:ids)) AND tag_id = :tag"
_REVIVE = text(f"DELETE FROM sound_tags WHERE {_AMONG} AND source = 'rejected'")
_GIVE = text(
    "INSERT OR IGNORE INTO sound_tags (sound_id, tag_id, source, score) "
    "SELECT value, :tag, 'user', 1.0 FROM json_each(:ids)"
)
_COUNT = text(
    f"SELECT count(DISTINCT sound_id) FROM sound_tags WHERE {_AMONG} AND source <> 'rejected'"
)
_REJECT = text(
    "INSERT OR REPLACE INTO sound_tags (sound_id, tag_id, source, score) "
    f"SELECT sound_id, tag_id, 'rejected', score FROM sound_tags WHERE {_AMONG} "
    "AND source = 'auto'"
)
_TAKE = text(f"DELETE FROM sound_tags WHERE {_AMONG} AND source <> 'rejected'")
_HAVING = text(
    "SELECT DISTINCT sound_id FROM sound_tags JOIN tags ON tags.id = tag_id WHERE name = :name "
    "AND sound_id IN (SELECT value FROM json_each(:ids)) AND source <> 'rejected'"
)


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
