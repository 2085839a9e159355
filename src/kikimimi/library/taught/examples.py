"""The rows of taught tags and their examples.

An example is known by the bytes of its sound (`content_hash`), so what the user judged holds for
moved and copied files too, and outlives the file. One that could not be found when the library
moved to another encoder waits, without vectors, until its sound is indexed again.

Axes: W windows, D size of a vector.
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

import numpy as np
from sqlalchemy import Connection, bindparam, delete, func, insert, select, update

from kikimimi.errors import LibraryError, UnknownError
from kikimimi.library import store
from kikimimi.library.schema import sound_tags, tags, taught_examples, taught_tags
from kikimimi.library.tagging import checked_name
from kikimimi.library.taught.head import Head
from kikimimi.library.window_rows import raw_rows
from kikimimi.types import FloatArray

_WAITS = func.length(taught_examples.c.vectors) == 0


@dataclass(frozen=True, slots=True, eq=False)
class JudgedSound:
    """A sound that has the tag (`wanted`) or has it not, with its `vectors` (W, D).

    `path` is where it was, as text; `origin` tells how it was judged: "teach" by being named to
    `teach`, "tag" by its tag being given or taken by hand, "import" in another library.
    """

    content_hash: str
    wanted: bool
    vectors: FloatArray
    path: str
    origin: str
    given_at: str


def now() -> str:
    """The time as it is written down, ISO 8601 in UTC."""
    return datetime.now(UTC).isoformat(timespec="seconds")


def plain_name(name: str) -> str:
    """The name of a tag as it is stored.

    Raises:
        QueryError: it is empty, too long or not one printable line.
    """
    return checked_name(name)


def find_taught(connection: Connection, name: str) -> int | None:
    """The id of a taught tag, None if there is none of this name."""
    query = select(taught_tags.c.tag_id).join(tags).where(tags.c.name == name)
    found = connection.execute(query).scalar()
    return None if found is None else int(found)


def known_taught(connection: Connection, name: str) -> int:
    """The id of a taught tag.

    Raises:
        UnknownError: no tag of this name was taught.
    """
    found = find_taught(connection, plain_name(name))
    if found is None:
        raise UnknownError(
            f"no tag {name!r} was taught; 'kikimimi teach --list' shows those that are"
        )
    return found


def add_taught(connection: Connection, name: str) -> int:
    """Make a taught tag without examples; return its id."""
    tag_id = store.tag_ids(connection, [name])[name]
    connection.execute(insert(taught_tags).values(tag_id=tag_id, created_at=now()))
    return tag_id


def delete_taught(connection: Connection, tag_id: int) -> None:
    """Delete a taught tag with examples and head, and its name if no sound has it by hand."""
    connection.execute(delete(taught_tags).where(taught_tags.c.tag_id == tag_id))
    in_use = select(sound_tags.c.tag_id).where(sound_tags.c.tag_id == tag_id).limit(1)
    if connection.execute(in_use).first() is None:
        connection.execute(delete(tags).where(tags.c.id == tag_id))


def write_examples(connection: Connection, tag_id: int, judged: Iterable[JudgedSound]) -> None:
    """Remember what was judged; a sound that was judged before is judged anew."""
    rows = [
        {
            "tag_id": tag_id,
            "content_hash": each.content_hash,
            "wanted": int(each.wanted),
            "vectors": each.vectors.astype("<f4").tobytes(),
            "path": each.path,
            "origin": each.origin,
            "given_at": each.given_at,
        }
        for each in judged
    ]
    if rows:
        connection.execute(insert(taught_examples).prefix_with("OR REPLACE"), rows)


def read_examples(connection: Connection, tag_id: int, *, size: int) -> list[JudgedSound]:
    """The examples and counter-examples of a tag that have vectors, in the order of their hashes.

    Raises:
        LibraryError: their vectors are not of `size` D.
    """
    query = select(taught_examples).where(taught_examples.c.tag_id == tag_id, ~_WAITS)
    rows = connection.execute(query.order_by(taught_examples.c.content_hash))
    return [
        JudgedSound(
            row.content_hash,
            bool(row.wanted),
            _vectors(row.vectors, size),
            row.path,
            row.origin,
            row.given_at,
        )
        for row in rows
    ]


def count_examples(connection: Connection, tag_id: int) -> tuple[int, int]:
    """How many sounds are known to have a tag, and how many not to have it."""
    query = (
        select(taught_examples.c.wanted, func.count())
        .where(taught_examples.c.tag_id == tag_id)
        .group_by(taught_examples.c.wanted)
    )
    counts = {row[0]: row[1] for row in connection.execute(query)}
    return counts.get(1, 0), counts.get(0, 0)


def judged_sounds(connection: Connection, tag_id: int) -> dict[int, bool]:
    """The sounds of the library that were judged, and whether they have the tag."""
    rows = raw_rows(
        connection,
        "SELECT sounds.id, wanted FROM taught_examples CROSS JOIN sounds USING (content_hash) "
        "WHERE tag_id = ?",
        (tag_id,),
    )
    return {sound_id: bool(wanted) for sound_id, wanted in rows}


def judged_contents(connection: Connection, tag_id: int) -> set[str]:
    """The hashes of the contents that were judged for a tag."""
    query = select(taught_examples.c.content_hash).where(taught_examples.c.tag_id == tag_id)
    return set(connection.execute(query).scalars())


def judgements_of(
    connection: Connection, content_hashes: Iterable[str]
) -> dict[int, dict[str, bool]]:
    """By tag, which of some contents were judged, and whether they have it."""
    rows = raw_rows(
        connection,
        "SELECT tag_id, content_hash, wanted FROM taught_examples "
        "WHERE content_hash IN (SELECT value FROM json_each(?))",
        (json.dumps(sorted(set(content_hashes))),),
    )
    found: dict[int, dict[str, bool]] = {}
    for tag_id, content_hash, wanted in rows:
        found.setdefault(tag_id, {})[content_hash] = bool(wanted)
    return found


def example_places(connection: Connection) -> dict[str, list[str]]:
    """The contents that were judged for any tag, and the places where each of them was."""
    query = select(taught_examples.c.content_hash, taught_examples.c.path).distinct()
    found: dict[str, list[str]] = {}
    for content_hash, path in connection.execute(query):
        found.setdefault(content_hash, []).append(path)
    return found


def replace_vectors(
    connection: Connection, vectors_by_content: Mapping[str, FloatArray | None]
) -> None:
    """Give examples other vectors (W, D), None to let them wait; the caller fits the tags."""
    rows = [
        {"hash": content_hash, "new": b"" if vectors is None else vectors.astype("<f4").tobytes()}
        for content_hash, vectors in vectors_by_content.items()
    ]
    if rows:
        query = update(taught_examples).where(taught_examples.c.content_hash == bindparam("hash"))
        connection.execute(query.values(vectors=bindparam("new")), rows)


def waiting_examples(connection: Connection) -> list[tuple[str, str, str]]:
    """The examples without vectors: name of the tag, content, and the place where it was."""
    query = (
        select(tags.c.name, taught_examples.c.content_hash, taught_examples.c.path)
        .join(taught_examples, tags.c.id == taught_examples.c.tag_id)
        .where(_WAITS)
        .order_by(taught_examples.c.path, tags.c.name)
    )
    return [(row.name, row.content_hash, row.path) for row in connection.execute(query)]


def fill_waiting(connection: Connection, contents: Sequence[tuple[str, FloatArray]]) -> None:
    """Give vectors to the examples that waited for a sound: hashes and vectors (W, D).

    The rules of their tags are dropped, so that they are fitted anew.
    """
    waiting = {content_hash for _, content_hash, _ in waiting_examples(connection)}
    filled = {hashed: vectors for hashed, vectors in contents if hashed in waiting}
    replace_vectors(connection, filled)
    of_filled = select(taught_examples.c.tag_id).where(
        taught_examples.c.content_hash.in_(filled.keys())
    )
    if filled:
        query = update(taught_tags).where(taught_tags.c.tag_id.in_(of_filled))
        connection.execute(query.values(head=None))


def drop_heads(connection: Connection) -> None:
    """Forget the rules of all tags."""
    connection.execute(update(taught_tags).values(head=None))


def unfitted_tags(connection: Connection) -> list[int]:
    """The tags that have no rule, although there is an example with vectors."""
    query = (
        select(taught_tags.c.tag_id)
        .join(taught_examples, taught_examples.c.tag_id == taught_tags.c.tag_id)
        .where(taught_tags.c.head.is_(None), taught_examples.c.wanted == 1, ~_WAITS)
        .distinct()
    )
    return list(connection.execute(query).scalars())


def write_head(connection: Connection, tag_id: int, head: Head | None) -> None:
    """Keep the fitted rule of a tag; None when it has no examples."""
    packed = None if head is None else head.to_bytes()
    query = update(taught_tags).where(taught_tags.c.tag_id == tag_id)
    connection.execute(query.values(head=packed))


def read_heads(connection: Connection) -> dict[int, Head]:
    """The rules of all taught tags that have one.

    Raises:
        LibraryError: one is damaged.
    """
    rows = raw_rows(connection, "SELECT tag_id, head FROM taught_tags WHERE head IS NOT NULL")
    return {tag_id: Head.from_bytes(packed) for tag_id, packed in rows}


def _vectors(packed: bytes, size: int) -> FloatArray:
    vectors = np.frombuffer(packed[: len(packed) // 4 * 4], dtype="<f4")
    if not len(vectors) or len(packed) % 4 or len(vectors) % size:
        raise LibraryError(
            "an example of a taught tag is damaged; forget that tag and teach it again, or "
            "restore a backup"
        )
    return vectors.reshape(-1, size)
