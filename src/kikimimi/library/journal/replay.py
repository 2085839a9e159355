"""Putting rows from the state before a change into the state after it, or the other way round.

Nothing is written unless every row is still what the change left, so that nothing that somebody
did since then is overwritten.
"""

from collections.abc import Iterator, Sequence
from typing import Any

from sqlalchemy import Connection, Table

from kikimimi.errors import ChangedSinceError
from kikimimi.library.journal.images import Image, Images, Row, columns_of, kept_tables, key_of
from kikimimi.library.schema import metadata, tags
from kikimimi.library.window_rows import raw_rows

_OWNED = ("playlists", "taught_tags")
"""Tables whose rows may not go while somebody's other rows hang on them."""


def replay(connection: Connection, images: Images) -> None:
    """Turn the rows before a change into those after it.

    Raises:
        ChangedSinceError: a row is not what it was before, or another one stands in its place.
    """
    tables = [table for table in kept_tables() if table.name in images.rows]
    _check_tag_names(connection, images)
    for table in tables:
        _check(connection, table, images.rows[table.name])
    connection.exec_driver_sql("PRAGMA defer_foreign_keys = ON")
    for table in reversed(tables):
        _delete(connection, table, images.rows[table.name])
    for table in tables:
        _insert(connection, table, images.rows[table.name])


def _check_tag_names(connection: Connection, images: Images) -> None:
    """A tag's number may have gone to another tag since."""
    restored = {after[0] for _, after in images.rows.get(tags.name, ()) if after is not None}
    for tag_id, name in images.tag_names.items():
        found = raw_rows(connection, "SELECT name FROM tags WHERE id = ?", (tag_id,))
        if found != [(name,)] and (found or tag_id not in restored):
            raise _conflict(f"the tag {name!r} is not there any more")


def _check(connection: Connection, table: Table, images: Sequence[Image]) -> None:
    statement = _select(table)
    cursor = connection.connection.cursor()
    size = len(key_of(table))
    try:
        for before, after in images:
            known = before or after or ()
            found = cursor.execute(statement, known[:size]).fetchone()
            is_same = found is None if before is None else found is not None and found == before
            if not is_same and not (table is tags and found == after):
                raise _conflict(f"a row of {_READABLE.get(table.name, table.name)} is another now")
    finally:
        cursor.close()


def _delete(connection: Connection, table: Table, images: Sequence[Image]) -> None:
    keys = [before[: len(key_of(table))] for before in _changed(images, 0)]
    if not keys or table is tags:  # the name of a tag stays, other sounds may have it by now
        return
    where = " AND ".join(f'"{column}" = ?' for column in key_of(table))
    if table.name in _OWNED:
        keeps = {tuple(after[: len(key_of(table))]) for after in _changed(images, 1)}
        for key in keys:
            if key not in keeps:
                _check_alone(connection, table, key)
    connection.exec_driver_sql(f"DELETE FROM {table.name} WHERE {where}", keys)


def _check_alone(connection: Connection, table: Table, key: Row) -> None:
    """Nothing may hang on a row that goes but what goes with it."""
    for other in metadata.sorted_tables:
        for foreign in other.foreign_keys:
            if foreign.column.table is table:
                statement = f"SELECT 1 FROM {other.name} WHERE {foreign.parent.name} = ? LIMIT 1"
                if raw_rows(connection, statement, key):
                    raise _conflict(f"there is more in {_READABLE.get(table.name, 'it')} now")


def _insert(connection: Connection, table: Table, images: Sequence[Image]) -> None:
    rows = list(_changed(images, 1))
    if not rows:
        return
    columns = columns_of(table)
    names = ", ".join(f'"{column}"' for column in columns)
    marks = ", ".join("?" * len(columns))
    kind = "INSERT OR IGNORE" if table is tags else "INSERT"
    connection.exec_driver_sql(f"{kind} INTO {table.name} ({names}) VALUES ({marks})", rows)


def _changed(images: Sequence[Image], side: int) -> Iterator[Row]:
    for image in images:
        row = image[side]
        if row is not None:
            yield row


def _select(table: Table) -> str:
    names = ", ".join(f'"{column}"' for column in columns_of(table))
    where = " AND ".join(f'"{column}" = ?' for column in key_of(table))
    return f"SELECT {names} FROM {table.name} WHERE {where}"


def _conflict(what: str) -> ChangedSinceError:
    return ChangedSinceError(
        f"the change cannot be taken back or made again, because {what}; it was changed since, "
        "and stays as it is"
    )


_READABLE: dict[str, Any] = {
    "sound_tags": "the tags",
    "playlists": "the playlists",
    "playlist_items": "the playlists",
    "taught_tags": "the taught tags",
    "taught_examples": "the examples of taught tags",
    "sounds": "the sounds",
}
