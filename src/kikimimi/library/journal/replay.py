"""Putting rows from the state before a change into the state after it, or the other way round.

Nothing is written unless every row is still what the change left, so that nothing that somebody
did since then is overwritten.
"""

import json
from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, Table
from sqlalchemy.exc import IntegrityError

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
    try:
        for table in tables:
            _update(connection, table, images.rows[table.name])
            _insert(connection, table, images.rows[table.name])
    except IntegrityError as error:
        raise _conflict("something else has its name or place now") from error
    for table in tables:
        _check_parents(connection, table, images)


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


def _check_parents(connection: Connection, table: Table, images: Images) -> None:
    """What rows belong to must be there; else the whole transaction would be refused in the end."""
    after = [row for _, row in images.rows[table.name] if row is not None]
    columns = columns_of(table)
    for foreign in table.foreign_keys:
        at = columns.index(foreign.parent.name)
        keys = {row[at] for row in after}
        parent = foreign.column.table.name
        known = raw_rows(
            connection,
            f"SELECT count(*) FROM {parent} WHERE {foreign.column.name} IN "
            "(SELECT value FROM json_each(?))",
            (json.dumps(sorted(keys)),),
        )
        if known != [(len(keys),)]:
            raise _conflict(f"what it belongs to in {_READABLE.get(parent, parent)} is gone")


def _delete(connection: Connection, table: Table, images: Sequence[Image]) -> None:
    size = len(key_of(table))
    keys = [before[:size] for before, after in images if before is not None and after is None]
    if not keys or table is tags:  # the name of a tag stays, other sounds may have it by now
        return
    if table.name in _OWNED:
        for key in keys:
            _check_alone(connection, table, key)
    connection.exec_driver_sql(f"DELETE FROM {table.name} WHERE {_has_key(table)}", keys)


def _update(connection: Connection, table: Table, images: Sequence[Image]) -> None:
    """Rows that are there before and after are changed in place: what hangs on them stays."""
    size = len(key_of(table))
    rows = [
        (*after[size:], *after[:size])
        for before, after in images
        if before is not None and after is not None
    ]
    if rows:
        values = ", ".join(f'"{column}" = ?' for column in columns_of(table)[size:])
        connection.exec_driver_sql(
            f"UPDATE {table.name} SET {values} WHERE {_has_key(table)}", rows
        )


def _check_alone(connection: Connection, table: Table, key: Row) -> None:
    """Nothing may hang on a row that goes but what goes with it."""
    for other in metadata.sorted_tables:
        for foreign in other.foreign_keys:
            if foreign.column.table is table:
                statement = f"SELECT 1 FROM {other.name} WHERE {foreign.parent.name} = ? LIMIT 1"
                if raw_rows(connection, statement, key):
                    raise _conflict(f"there is more in {_READABLE.get(table.name, 'it')} now")


def _insert(connection: Connection, table: Table, images: Sequence[Image]) -> None:
    rows = [after for before, after in images if before is None and after is not None]
    if not rows:
        return
    columns = columns_of(table)
    names = ", ".join(f'"{column}"' for column in columns)
    marks = ", ".join("?" * len(columns))
    kind = "INSERT OR IGNORE" if table is tags else "INSERT"
    connection.exec_driver_sql(f"{kind} INTO {table.name} ({names}) VALUES ({marks})", rows)


def _select(table: Table) -> str:
    names = ", ".join(f'"{column}"' for column in columns_of(table))
    return f"SELECT {names} FROM {table.name} WHERE {_has_key(table)}"


def _has_key(table: Table) -> str:
    return " AND ".join(f'"{column}" = ?' for column in key_of(table))


def _conflict(what: str) -> ChangedSinceError:
    return ChangedSinceError(
        f"the change cannot be taken back or made again, because {what}; it was changed since, "
        "and stays as it is"
    )


_READABLE: dict[str, Any] = {
    "tags": "the tags",
    "sound_tags": "the tags",
    "playlists": "the playlists",
    "playlist_items": "the playlists",
    "taught_tags": "the taught tags",
    "taught_examples": "the examples of taught tags",
    "sounds": "the sounds",
}
