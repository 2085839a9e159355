"""Reading windows and their vectors out of a library.

Axes: n windows, D size of a vector.
"""

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import Connection, func, select

from kikimimi.errors import LibraryError
from kikimimi.library.schema import settings, windows
from kikimimi.library.vector_cache import LibraryState
from kikimimi.types import FloatArray

_ROWS_AT_ONCE = 8192
_VECTOR_TYPE = np.dtype("<f4")

_REVISION = (
    f"SELECT (SELECT value FROM {settings.name} WHERE key = 'revision'), "
    f"(SELECT max(id) FROM {windows.name})"
)


def raw_rows(
    connection: Connection, statement: str, parameters: Sequence[Any] = ()
) -> list[tuple[Any, ...]]:
    """The rows of an SQL statement as plain tuples, past SQLAlchemy's own cost.

    A search by example takes a millisecond, and some results have a million rows.
    """
    cursor = connection.connection.cursor()
    try:
        cursor.execute(statement, parameters)
        return list(cursor.fetchall())
    finally:
        cursor.close()


def current_revision(connection: Connection) -> tuple[int, int]:
    """The revision and the largest window id: cheap to read, and changed when vectors change."""
    ((revision, last_id),) = raw_rows(connection, _REVISION)
    return int(revision or 0), last_id or 0


def library_state(connection: Connection) -> LibraryState:
    """What the vectors of the library are now."""
    rows = connection.execute(select(settings.c.key, settings.c.value))
    values: dict[str, str] = {row.key: row.value for row in rows}
    count, last = connection.execute(select(func.count(), func.max(windows.c.id))).one()
    return LibraryState(
        encoder_identity=values.get("encoder_identity", ""),
        created_at=values.get("created_at", ""),
        revision=int(values.get("revision", 0)),
        count=count,
        max_window_id=last or 0,
    )


def window_table(connection: Connection) -> NDArray[np.int64]:
    """All windows as (n, 2): window id, ascending, and sound id."""
    rows = raw_rows(connection, f"SELECT id, sound_id FROM {windows.name}")
    table = np.array(rows, dtype=np.int64).reshape(-1, 2)
    return table[np.argsort(table[:, 0])]


def read_vectors(connection: Connection, after: int = 0) -> Iterator[FloatArray]:
    """Blocks (m, D) of the vectors of the windows with ids above `after`, in the order of the ids.

    Raises:
        LibraryError: a vector is not of the size of the others.
    """
    size = 0
    while True:
        rows = raw_rows(
            connection,
            f"SELECT id, vector FROM {windows.name} WHERE id > ? ORDER BY id LIMIT ?",
            (after, _ROWS_AT_ONCE),
        )
        if not rows:
            return
        size = size or len(rows[0][1])
        yield _vectors([row[1] for row in rows], size)
        after = rows[-1][0]


def vectors_of_sound(connection: Connection, sound_id: int) -> FloatArray:
    """The vectors (n, D) of a sound's windows in the order of time; (0, 0) for an unknown sound.

    Raises:
        LibraryError: a vector is not of the size of the others.
    """
    query = select(windows.c.vector).where(windows.c.sound_id == sound_id)
    blobs = connection.execute(query.order_by(windows.c.start_s, windows.c.id)).scalars().all()
    return _vectors(blobs, len(blobs[0])) if blobs else np.zeros((0, 0), dtype=np.float32)


def vectors_of_windows(connection: Connection, window_ids: list[int]) -> dict[int, bytes]:
    """The stored bytes of the vectors of some windows, by id; unknown ids are left out."""
    query = select(windows.c.id, windows.c.vector).where(windows.c.id.in_(window_ids))
    return {row.id: row.vector for row in connection.execute(query)}


def _vectors(blobs: Sequence[bytes], size: int) -> FloatArray:
    if size == 0 or size % _VECTOR_TYPE.itemsize or any(len(blob) != size for blob in blobs):
        raise damaged_vectors()
    return np.frombuffer(b"".join(blobs), dtype=_VECTOR_TYPE).reshape(len(blobs), -1)


def damaged_vectors() -> LibraryError:
    """The error for vectors that cannot belong to one library."""
    return LibraryError(
        "the library holds vectors of different or impossible sizes, so it is damaged; "
        "restore a backup, or move it away and index again"
    )
