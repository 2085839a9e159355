"""Gathering the events of an annotation file, each checked as it comes."""

import math
from collections.abc import Sequence

from kikimimi.errors import DatasetError
from kikimimi.names import suggestion
from kikimimi.types import Event

Cell = str | float | int | None


class EventCollector:
    """Takes the events of a file one by one and gives them by recording.

    Args:
        default_name: name of the recording where the format has none.
        classes: the labels that are allowed, any if None.
    """

    def __init__(self, default_name: str, *, classes: Sequence[str] | None = None) -> None:
        self.default_name = default_name
        self._classes = None if classes is None else frozenset(classes)
        self._order = tuple(classes or ())
        self._events: dict[str, list[Event]] = {}

    def declare(self, filename: str) -> None:
        """Take note of a recording, which may have no events."""
        self._events.setdefault(filename, [])

    def add(
        self,
        *,
        onset: Cell,
        offset: Cell,
        label: Cell,
        where: str,
        score: Cell = None,
        filename: str | None = None,
    ) -> None:
        """Take one event; a missing score is 1.

        Raises:
            DatasetError: a time or score is no number or impossible, or the label is empty or none
                of the classes; the message begins with `where`.
        """
        onset_s, offset_s = _time(onset, "onset", where), _time(offset, "offset", where)
        if offset_s <= onset_s:
            relation = "before" if offset_s < onset_s else "equal to"
            raise DatasetError(
                f"{where}: the offset {offset_s:g} s is {relation} the onset {onset_s:g} s; "
                "mend the times"
            )
        event = Event(onset_s, offset_s, self._label(label, where), _score(score, where))
        self._events.setdefault(filename or self.default_name, []).append(event)

    def by_file(self) -> dict[str, tuple[Event, ...]]:
        """All events by recording, both in the order of the file."""
        return {name: tuple(events) for name, events in self._events.items()}

    def _label(self, cell: Cell, where: str) -> str:
        if not isinstance(cell, str) or not cell.strip():
            raise DatasetError(f"{where}: the event has no label; complete the row")
        label = cell.strip()
        if self._classes is not None and label not in self._classes:
            raise DatasetError(
                f"{where}: there is no class '{label}'; {suggestion(label, self._order)}"
            )
        return label


def _time(cell: Cell, column: str, where: str) -> float:
    value = parse_number(cell, column, where)
    if not (math.isfinite(value) and value >= 0):
        raise DatasetError(
            f"{where}: the {column} is {cell}, expected seconds from 0 on; mend the row"
        )
    return value


def _score(cell: Cell, where: str) -> float:
    if cell is None or cell == "":
        return 1.0
    value = parse_number(cell, "score", where)
    if not 0 <= value <= 1:
        raise DatasetError(f"{where}: the score is {cell}, expected 0 to 1; mend the row")
    return value


def parse_number(cell: Cell, column: str, where: str) -> float:
    """Read a cell as a number, which may be NaN.

    Raises:
        DatasetError: it is none.
    """
    try:
        if cell is None or isinstance(cell, bool):
            raise ValueError
        return float(cell)
    except ValueError:
        raise DatasetError(
            f"{where}: the {column} is {cell!r}, expected a number; mend the row"
        ) from None
