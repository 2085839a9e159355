"""Watching a transaction and writing down what it did to the rows of users.

Temporary triggers copy every row that is written or deleted, whichever statement does it; of each
row only the first and the last state count. What follows from other rows (the sounds that a taught
tag is given to) is left out: it is made anew when a change is undone.
"""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime

from sqlalchemy import Connection, Table, delete, func, insert, select

from kikimimi.library.journal.images import Image, Images, columns_of, kept_tables, key_of, pack
from kikimimi.library.journal.label import Label
from kikimimi.library.schema import journal
from kikimimi.library.window_rows import raw_rows

KEPT_CHANGES = 1000
LARGEST_PACKED_BYTES = 64 * 2**20

_ONLY = {"sound_tags": "source <> 'taught'"}
_OPERATIONS = {"INSERT": ("NEW",), "UPDATE": ("OLD", "NEW"), "DELETE": ("OLD",)}


@contextmanager
def recording(connection: Connection, label: Label) -> Iterator[None]:
    """Write what the block does into the journal, in its own transaction.

    Nothing is written when nothing was changed. A change too large to be kept is named in the
    journal but cannot be undone.
    """
    tables = kept_tables()
    for table in tables:
        _watch(connection, table)
    yield
    images = _captured(connection, tables)
    for table in tables:
        _unwatch(connection, table)
    if images.rows:
        _write(connection, label, images)


def _watch(connection: Connection, table: Table) -> None:
    columns = columns_of(table)
    names = ", ".join(map(_quoted, columns))
    connection.exec_driver_sql(
        f"CREATE TEMP TABLE captured_{table.name} (seq INTEGER PRIMARY KEY, gone, {names})"
    )
    for operation, sides in _OPERATIONS.items():
        body = "".join(
            f"INSERT INTO captured_{table.name} (gone, {names}) SELECT {int(side == 'OLD')}, "
            f"{', '.join(f'{side}.{_quoted(column)}' for column in columns)}"
            f"{_condition(table, side)}; "
            for side in sides
        )
        connection.exec_driver_sql(
            f"CREATE TEMP TRIGGER capture_{table.name}_{operation.lower()} "
            f"AFTER {operation} ON main.{_quoted(table.name)} BEGIN {body}END"
        )


def _condition(table: Table, side: str) -> str:
    only = _ONLY.get(table.name)
    return f" WHERE {side}.{only}" if only else ""


def _unwatch(connection: Connection, table: Table) -> None:
    for operation in _OPERATIONS:
        connection.exec_driver_sql(f"DROP TRIGGER temp.capture_{table.name}_{operation.lower()}")
    connection.exec_driver_sql(f"DROP TABLE temp.captured_{table.name}")


def _captured(connection: Connection, tables: list[Table]) -> Images:
    rows = {table.name: _net_images(connection, table) for table in tables}
    images = Images({name: found for name, found in rows.items() if found})
    tag_ids = images.keys("sound_tags", "tag_id") | images.keys("taught_tags", "tag_id")
    names = raw_rows(
        connection,
        "SELECT id, name FROM tags WHERE id IN (SELECT value FROM json_each(?))",
        (json.dumps(sorted(tag_ids)),),
    )
    gone = {row[0]: row[1] for row, _ in images.rows.get("tags", ()) if row is not None}
    return Images(images.rows, {**gone, **dict(names)})


def _net_images(connection: Connection, table: Table) -> list[Image]:
    """The first state of each row that differs from its last, with the last."""
    names = ", ".join(map(_quoted, columns_of(table)))
    key_size = len(key_of(table))
    found: dict[tuple[object, ...], Image] = {}
    statement = f"SELECT gone, {names} FROM temp.captured_{table.name} ORDER BY seq"
    for gone, *values in raw_rows(connection, statement):
        row = tuple(values)
        key = row[:key_size]
        before = found[key][0] if key in found else row if gone else None
        found[key] = (before, None if gone else row)
    return [(before, after) for before, after in found.values() if before != after]


def _write(connection: Connection, label: Label, images: Images) -> None:
    """Add an entry; what was undone before cannot be done again, and the oldest is dropped."""
    packed = pack(images)
    connection.execute(delete(journal).where(journal.c.undone > 0))
    connection.execute(
        insert(journal).values(
            made_at=datetime.now(UTC).isoformat(timespec="seconds"),
            kind=label.kind,
            params=json.dumps(dict(label.params), ensure_ascii=False),
            images=packed if len(packed) <= LARGEST_PACKED_BYTES else None,
            undone=0,
        )
    )
    oldest = select(func.max(journal.c.id) - KEPT_CHANGES).scalar_subquery()
    connection.execute(delete(journal).where(journal.c.id <= oldest))


def _quoted(name: str) -> str:
    return f'"{name}"'
