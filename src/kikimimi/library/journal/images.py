"""Rows before and after a change, and how they are packed into the journal.

A row is a tuple of what SQLite holds in the columns of `columns_of(table)`. It is known by its key,
the first columns of the same tuple.
"""

import base64
import json
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Table, UniqueConstraint

from kikimimi.errors import LibraryError
from kikimimi.library.schema import metadata

Row = tuple[Any, ...]
Image = tuple[Row | None, Row | None]
"""A row before and after; None where there was none."""

_NOT_KEPT = frozenset({"settings", "failures", "journal", "touched", "layouts", "layout_points"})
_DERIVED_COLUMNS = {"taught_tags": frozenset({"head"})}
"""Columns that follow from the others and are made anew."""


@dataclass(frozen=True, slots=True)
class Images:
    """The rows that a change touched, by table, and the names of all the tags among them."""

    rows: Mapping[str, Sequence[Image]]
    tag_names: Mapping[int, str] = field(default_factory=dict)

    def reversed(self) -> "Images":
        """The change that takes this one back."""
        rows = {
            table: tuple((after, before) for before, after in images)
            for table, images in self.rows.items()
        }
        return Images(rows, self.tag_names)

    def keys(self, table: str, column: str) -> set[Any]:
        """The values of a column in the rows of a table, before and after."""
        images = self.rows.get(table, ())
        if not images:
            return set()
        at = columns_of(metadata.tables[table]).index(column)
        return {row[at] for image in images for row in image if row is not None}


def kept_tables() -> list[Table]:
    """The tables that the journal keeps, those before that others refer to."""
    return [table for table in metadata.sorted_tables if table.name not in _NOT_KEPT]


def columns_of(table: Table) -> list[str]:
    """The names of the columns that are kept of a table, the key before the others."""
    key = key_of(table)
    derived = _DERIVED_COLUMNS.get(table.name, frozenset())
    others = [column.name for column in table.columns if column.name not in {*key, *derived}]
    return [*key, *others]


def key_of(table: Table) -> list[str]:
    """The columns that tell the rows of a table apart."""
    primary = [column.name for column in table.primary_key]
    if primary:
        return primary
    unique = next(each for each in table.constraints if isinstance(each, UniqueConstraint))
    return [column.name for column in unique.columns]


def pack(images: Images) -> bytes:
    """Compressed JSON; floats and bytes come back as they were."""
    plain = {
        "tags": [[key, name] for key, name in images.tag_names.items()],
        "rows": {
            table: [[_plain(row) for row in image] for image in of_table]
            for table, of_table in images.rows.items()
        },
    }
    return zlib.compress(json.dumps(plain, ensure_ascii=False, separators=(",", ":")).encode())


def unpack(packed: bytes) -> Images:
    """What `pack` packed.

    Raises:
        LibraryError: it is damaged, or of tables that this Kikimimi does not have.
    """
    try:
        found = json.loads(zlib.decompress(packed))
        rows = {
            table: tuple((_row(table, before), _row(table, after)) for before, after in of_table)
            for table, of_table in found["rows"].items()
        }
        return Images(rows, {int(key): str(name) for key, name in found["tags"]})
    except (zlib.error, ValueError, KeyError, TypeError) as error:
        raise LibraryError(
            "an entry of the journal of changes is damaged, so it cannot be undone"
        ) from error


def _plain(row: Row | None) -> list[Any] | None:
    return None if row is None else [_plain_value(value) for value in row]


def _plain_value(value: Any) -> Any:
    return [base64.b64encode(value).decode()] if isinstance(value, bytes) else value


def _row(table: str, values: Any) -> Row | None:
    if values is None:
        return None
    if len(values) != len(columns_of(metadata.tables[table])):
        raise ValueError(table)
    return tuple(
        base64.b64decode(value[0]) if isinstance(value, list) else value for value in values
    )
