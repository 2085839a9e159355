"""CSV tables with a head line that names `onset`, `offset`, `event_label`, perhaps more.

Without a column `filename` the table is of one recording, named after the file. The file must have
its head line, even without events.
"""

import csv
import io
from pathlib import Path

from kikimimi.datasets.annotations.collecting import EventCollector
from kikimimi.datasets.annotations.contract import EventsByFile, WritingOptions
from kikimimi.datasets.annotations.event_rows import HEADER, collect_row
from kikimimi.datasets.annotations.header import find_columns
from kikimimi.datasets.annotations.text_lines import line_place, read_text, time_cells
from kikimimi.errors import DatasetError
from kikimimi.paths import display_path

NAME = "csv"
EXTENSIONS = (".csv",)
NAMES_RECORDINGS = True


def read(path: Path, collector: EventCollector) -> None:
    """Read the rows; see `AnnotationFormat.read`."""
    rows = csv.reader(io.StringIO(read_text(path), newline=""), strict=True)
    columns = None
    try:
        for cells in rows:
            where = line_place(path, rows.line_num)
            if not any(cell.strip() for cell in cells):
                continue
            if columns is None:
                columns = find_columns(cells, where)
                continue
            collect_row(cells, columns, collector, where)
    except csv.Error as error:
        raise DatasetError(
            f"{line_place(path, rows.line_num)}: is not CSV ({error}); save the table as CSV"
        ) from error
    if columns is None:
        raise DatasetError(
            f"{display_path(path)}: line 1: the file is empty, but a CSV table needs its head "
            "line; save the table again"
        )
    if columns.filename is None:
        collector.declare(collector.default_name)


def text(events_by_file: EventsByFile, options: WritingOptions) -> str:
    """The table, always with its score column."""
    buffer = io.StringIO()
    writer = csv.writer(buffer, lineterminator="\n")
    writer.writerow((*HEADER, "score"))
    for filename, events in events_by_file.items():
        if not events and options.list_empty:
            writer.writerow((filename, "", "", "", ""))
        for event in events:
            times = time_cells(event.onset_s, event.offset_s)
            writer.writerow((filename, *times, event.event_label, f"{event.score:.6g}"))
    return buffer.getvalue()
