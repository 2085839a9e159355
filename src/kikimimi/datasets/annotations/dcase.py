"""DCASE tables: tab-separated `filename onset offset event_label`, perhaps with a score.

The head line may be missing. A row with a filename only stands for a recording without events, as
in the lists of DESED. An empty file holds no events.
"""

from pathlib import Path

from kikimimi.datasets.annotations.collecting import EventCollector
from kikimimi.datasets.annotations.contract import EventsByFile, WritingOptions
from kikimimi.datasets.annotations.event_rows import HEADER, collect_row
from kikimimi.datasets.annotations.header import WITHOUT_HEADER, find_columns, is_header
from kikimimi.datasets.annotations.text_lines import (
    line_place,
    numbered_lines,
    tab_row,
    time_cells,
)

NAME = "dcase"
EXTENSIONS = (".tsv",)
NAMES_RECORDINGS = True


def read(path: Path, collector: EventCollector) -> None:
    """Read the rows; see `AnnotationFormat.read`."""
    columns = None
    for number, line in numbered_lines(path):
        cells, where = line.split("\t"), line_place(path, number)
        if columns is None and is_header(cells):
            columns = find_columns(cells, where)
            continue
        columns = columns or WITHOUT_HEADER
        collect_row(cells, columns, collector, where)


def text(events_by_file: EventsByFile, options: WritingOptions) -> str:
    """The table; the score column is left out where all scores are 1."""
    scored = any(event.score != 1 for events in events_by_file.values() for event in events)
    rows = [tab_row((*HEADER, "score") if scored else HEADER)]
    for filename, events in events_by_file.items():
        if not events and options.list_empty:
            rows.append(tab_row((filename, "", "", "")))
        for event in events:
            score = (f"{event.score:.6g}",) if scored else ()
            times = time_cells(event.onset_s, event.offset_s)
            rows.append(tab_row((filename, *times, event.event_label, *score)))
    return "".join(rows)
