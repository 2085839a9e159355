"""What follows from the rows that users change, made anew after a change is undone or redone."""

import json
from collections.abc import Callable, Iterable

from sqlalchemy import Connection

from kikimimi.library import store
from kikimimi.library.changes import raise_revision
from kikimimi.library.journal.images import Images
from kikimimi.library.schema import WORDS_TABLE
from kikimimi.library.taught import applying, refitting
from kikimimi.library.taught.background import Background
from kikimimi.library.window_rows import raw_rows


def renew_derived(
    connection: Connection, images: Images, background: Callable[[Connection], Background]
) -> None:
    """Renew full-text rows, the sounds of taught tags, and the revision of the vectors.

    Args:
        connection: the transaction in which `images` were written.
        images: the rows before and after.
        background: gives the windows of the library, as they were before this transaction.
    """
    touched = images.keys("sound_tags", "sound_id") | images.keys("sounds", "id")
    there = _existing(connection, "sounds", "id", touched)
    with_vectors = _existing(connection, "sounds", "id", images.keys("windows", "sound_id"))
    if images.rows.get("windows"):
        raise_revision(connection)
        _give_taught_tags(connection, with_vectors)
    _refit(connection, images, refitting.windows_now if with_vectors else background)
    gone = [(sound_id,) for sound_id in sorted(touched.difference(there))]
    if gone:
        connection.exec_driver_sql(f"DELETE FROM {WORDS_TABLE} WHERE rowid = ?", gone)
    renewed = images.keys("sounds", "id")
    store.refresh_words(connection, [each for each in there if each in renewed])
    store.refresh_tag_words(connection, [each for each in there if each not in renewed])


def _refit(
    connection: Connection, images: Images, background: Callable[[Connection], Background]
) -> None:
    tag_ids = images.keys("taught_tags", "tag_id") | images.keys("taught_examples", "tag_id")
    known = _existing(connection, "taught_tags", "tag_id", tag_ids)
    for tag_id in tag_ids.difference(known):
        tagged = applying.sounds_tagged(connection, tag_id)
        applying.remove_all(connection, tag_id)
        store.refresh_tag_words(connection, sorted(tagged))
    if known:
        windows = background(connection)
        for tag_id in known:
            refitting.refit(connection, tag_id, windows)


def _give_taught_tags(connection: Connection, sound_ids: list[int]) -> None:
    """Give sounds that have come back the tags that were taught."""
    if sound_ids:
        found = (store.sound_with_id(connection, sound_id) for sound_id in sound_ids)
        contents = [store.content_of(connection, sound) for sound in found]
        heard = [(each.content_hash, each.vectors) for each in contents]
        applying.apply_to_sounds(connection, sound_ids, heard)


def _existing(connection: Connection, table: str, column: str, keys: Iterable[int]) -> list[int]:
    """Those of the keys that a table holds, ascending."""
    rows = raw_rows(
        connection,
        f"SELECT {column} FROM {table} WHERE {column} IN (SELECT value FROM json_each(?)) "
        f"ORDER BY {column}",
        (json.dumps(sorted(keys)),),
    )
    return [row[0] for row in rows]
