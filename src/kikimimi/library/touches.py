"""Which rows of a library changed, by whichever program: what caches and open pages follow.

Triggers note the key of every row that is written (see `schema.touched`). The number of the last
note is the library's revision: it rises with every change.
"""

from dataclasses import dataclass, field

from sqlalchemy import Connection

from kikimimi.library.window_rows import raw_rows

KEPT = 100_000

_REVISION = (
    "SELECT coalesce((SELECT seq FROM sqlite_sequence WHERE name = 'touched'), 0), "
    "(SELECT min(revision) FROM touched)"
)
_SINCE = "SELECT DISTINCT kind, key FROM touched WHERE revision > ?"
_TRIM = "DELETE FROM touched WHERE revision <= (SELECT max(revision) FROM touched) - ?"


@dataclass(frozen=True, slots=True)
class Touched:
    """What changed up to `revision`: ids of sounds (rows), sounds (tags), playlists, taught tags.

    `complete` is off when the change was too long ago, or too large, to be known row by row.
    """

    revision: int
    complete: bool = True
    keys: dict[str, frozenset[int]] = field(default_factory=dict)

    @property
    def kinds(self) -> tuple[str, ...]:
        """What changed at all: "sounds", "tags", "playlists", "taught"."""
        return tuple(sorted(self.keys)) if self.complete else ALL_KINDS


ALL_KINDS = ("playlists", "sounds", "tags", "taught")


def revision(connection: Connection) -> int:
    """The number of the last change; 0 for a new library."""
    return _bounds(connection)[0]


def touched_since(connection: Connection, since: int) -> Touched:
    """What changed after the revision `since`."""
    last, first = _bounds(connection)
    if since >= last:
        return Touched(last)
    if first is None or first > since + 1:
        return Touched(last, complete=False)
    keys: dict[str, set[int]] = {}
    for kind, key in raw_rows(connection, _SINCE, (since,)):
        keys.setdefault(kind, set()).add(key)
    return Touched(last, keys={kind: frozenset(found) for kind, found in keys.items()})


def trim(connection: Connection) -> None:
    """Forget all but the last `KEPT` notes."""
    connection.exec_driver_sql(_TRIM, (KEPT,))


def _bounds(connection: Connection) -> tuple[int, int | None]:
    ((last, first),) = raw_rows(connection, _REVISION)
    return last, first
