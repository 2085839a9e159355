"""The rows of event tables with named columns, whatever separates the cells."""

from collections.abc import Sequence

from kikimimi.datasets.annotations.collecting import EventCollector
from kikimimi.datasets.annotations.header import Columns, is_header
from kikimimi.datasets.annotations.text_lines import cell_at
from kikimimi.errors import DatasetError

HEADER = ("filename", "onset", "offset", "event_label")


def collect_row(
    cells: Sequence[str], columns: Columns, collector: EventCollector, where: str
) -> None:
    """Take the event of a row. A row with a filename only is a recording without events.

    Raises:
        DatasetError: the row is the head line again, has too few cells, or no possible event.
    """
    if is_header(cells):
        raise DatasetError(f"{where}: the head line stands a second time; remove it")
    filename = _filename(cells, columns, where)
    onset, offset, label = (
        cell_at(cells, position)
        for position in (columns.onset, columns.offset, columns.event_label)
    )
    if filename is not None and not any((onset, offset, label)):
        collector.declare(filename)
        return
    if None in (onset, offset, label):
        raise DatasetError(
            f"{where}: has {len(cells)} cells, too few for onset, offset and event_label; "
            "complete the row"
        )
    score = cell_at(cells, columns.score)
    collector.add(
        filename=filename, onset=onset, offset=offset, label=label, score=score, where=where
    )


def _filename(cells: Sequence[str], columns: Columns, where: str) -> str | None:
    if columns.filename is None:
        return None
    name = cell_at(cells, columns.filename)
    if not isinstance(name, str) or not name.strip():
        raise DatasetError(f"{where}: the filename is empty; complete the row")
    return name.strip()
