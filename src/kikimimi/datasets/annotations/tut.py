"""Annotations of TUT Sound Events: tab-separated `onset offset event_label`, no head line.

The cross-validation lists and the tables of all recordings have the path of the recording in front,
with or without its scene, and may go on with more columns; both are read. A row with nothing but a
path (and scene) is a recording without events. An empty file is a recording without events.
"""

import math
from collections.abc import Sequence
from pathlib import Path

from kikimimi.datasets.annotations.collecting import EventCollector
from kikimimi.datasets.annotations.contract import EventsByFile, WritingOptions
from kikimimi.datasets.annotations.text_lines import (
    line_place,
    numbered_lines,
    tab_row,
    time_cells,
)
from kikimimi.errors import DatasetError

NAME = "tut"
EXTENSIONS = (".ann",)
NAMES_RECORDINGS = False

_MOST_LEADING = 2


def read(path: Path, collector: EventCollector) -> None:
    """Read the rows; see `AnnotationFormat.read`."""
    empty = True
    for number, line in numbered_lines(path):
        empty = False
        _collect(line.rstrip("\t").split("\t"), collector, line_place(path, number))
    if empty:
        collector.declare(collector.default_name)


def text(events_by_file: EventsByFile, options: WritingOptions) -> str:
    """One line an event, to the microsecond; scores are not kept."""
    return "".join(
        tab_row((*time_cells(event.onset_s, event.offset_s), event.event_label))
        for events in events_by_file.values()
        for event in events
    )


def _collect(cells: Sequence[str], collector: EventCollector, where: str) -> None:
    leading = _leading(cells)
    if leading is None:
        if len(cells) > _MOST_LEADING:
            raise DatasetError(
                f"{where}: no onset and offset in seconds followed by a label; give rows of "
                "onset, offset, event_label, perhaps after a path and a scene"
            )
        collector.declare(cells[0].strip())
        return
    onset, offset, label = cells[leading : leading + 3]
    filename = cells[0].strip() if leading else None
    collector.add(filename=filename, onset=onset, offset=offset, label=label, where=where)


def _leading(cells: Sequence[str]) -> int | None:
    """How many columns stand before the onset; None if there are no times with a label."""
    for leading in range(min(_MOST_LEADING, len(cells) - 3) + 1):
        if _is_number(cells[leading]) and _is_number(cells[leading + 1]):
            return leading
    return None


def _is_number(cell: str) -> bool:
    try:
        return not math.isinf(float(cell))
    except ValueError:
        return False
