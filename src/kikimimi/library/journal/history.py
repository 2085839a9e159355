"""The changes that users made to a library: listing them, taking them back, making them again."""

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, func, select, update

from kikimimi.errors import ChangedSinceError, QueryError
from kikimimi.library.database import Database
from kikimimi.library.journal.derived import renew_derived
from kikimimi.library.journal.images import unpack
from kikimimi.library.journal.label import Label
from kikimimi.library.journal.replay import replay
from kikimimi.library.schema import journal
from kikimimi.library.taught.background import Background

MOST_LISTED = 1000


@dataclass(frozen=True, slots=True)
class Change:
    """One change: its `label`, when it was made (ISO 8601, UTC), and what can be done with it.

    `undone` tells that it was taken back and can be made again; a change with `fixed` can no
    longer be taken back.
    """

    id: int
    label: Label
    made_at: str
    undone: bool
    fixed: bool


class History:
    """The journal of a library; it outlives the program."""

    def __init__(self, database: Database, background: Callable[[Connection], Background]) -> None:
        self._database = database
        self._background = background

    def changes(self, *, limit: int = 50) -> Sequence[Change]:
        """The last changes, the newest first."""
        query = select(*_SHOWN).order_by(journal.c.id.desc()).limit(min(limit, MOST_LISTED))
        with self._database.reading() as connection:
            return [_change(row) for row in connection.execute(query)]

    def next_undo(self) -> Change | None:
        """The change that `undo` takes back."""
        with self._database.reading() as connection:
            return _first(connection, _IN_FORCE, journal.c.id.desc())

    def next_redo(self) -> Change | None:
        """The change that `redo` makes again."""
        with self._database.reading() as connection:
            return _first(connection, _UNDONE, journal.c.undone.desc())

    def undo(self, change_id: int | None = None) -> Change:
        """Take a change back, the last one if none is named.

        Raises:
            QueryError: there is nothing to undo, or the change cannot be undone any more.
            ChangedSinceError: what it changed is not as it left it; it is kept out of `undo` then.
        """
        return self._turn(change_id, undo=True)

    def redo(self, change_id: int | None = None) -> Change:
        """Make a change again that was taken back, the last one if none is named.

        Raises:
            QueryError: there is nothing to redo.
            ChangedSinceError: what it would change is not as it was; it is dropped then.
        """
        return self._turn(change_id, undo=False)

    def _turn(self, change_id: int | None, *, undo: bool) -> Change:
        try:
            with self._database.writing() as connection:
                change = _chosen(connection, change_id, undo=undo)
                change_id = change.id
                self._replay(connection, change_id, undo=undo)
                return change
        except ChangedSinceError:
            with self._database.writing() as connection:
                chosen = update(journal).where(journal.c.id == change_id)
                connection.execute(chosen.values(images=None))
            raise

    def _replay(self, connection: Connection, change_id: int, *, undo: bool) -> None:
        query = select(journal.c.images).where(journal.c.id == change_id)
        images = unpack(connection.execute(query).scalar_one())
        if undo:
            images = images.reversed()
        replay(connection, images)
        renew_derived(connection, images, self._background)
        turn = select(func.max(journal.c.undone) + 1).scalar_subquery() if undo else 0
        connection.execute(update(journal).where(journal.c.id == change_id).values(undone=turn))


_SHOWN = (
    journal.c.id,
    journal.c.made_at,
    journal.c.kind,
    journal.c.params,
    journal.c.undone,
    journal.c.images.is_(None).label("fixed"),
)
_KEPT = journal.c.images.is_not(None)
_IN_FORCE = (journal.c.undone == 0, _KEPT)
_UNDONE = (journal.c.undone > 0, _KEPT)


def _chosen(connection: Connection, change_id: int | None, *, undo: bool) -> Change:
    conditions = list(_IN_FORCE if undo else _UNDONE)
    order = journal.c.id if undo else journal.c.undone
    if change_id is not None:
        conditions.append(journal.c.id == change_id)
    change = _first(connection, conditions, order.desc())
    if change is None:
        done = "undo" if undo else "redo"
        what = "nothing" if change_id is None else f"no change {change_id}"
        raise QueryError(f"there is {what} to {done}; see the journal of changes")
    return change


def _first(connection: Connection, conditions: Any, order: ColumnElement[Any]) -> Change | None:
    row = connection.execute(select(*_SHOWN).where(*conditions).order_by(order).limit(1)).first()
    return None if row is None else _change(row)


def _change(row: Row[Any]) -> Change:
    label = Label(row.kind, json.loads(row.params))
    return Change(row.id, label, row.made_at, row.undone > 0, bool(row.fixed))
