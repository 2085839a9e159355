"""Label tracks of Audacity: tab-separated `onset offset label`, no head line.

Lines that begin with a backslash hold the frequencies of a spectral selection and are passed over.
An empty file is a recording without events. A label at a point in time is refused, since it has no
length.
"""

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

NAME = "audacity"
EXTENSIONS = (".txt",)
NAMES_RECORDINGS = False

_FREQUENCIES = "\\"


def read(path: Path, collector: EventCollector) -> None:
    """Read the labels; see `AnnotationFormat.read`."""
    collector.declare(collector.default_name)
    for number, line in numbered_lines(path):
        if line.startswith(_FREQUENCIES):
            continue
        where = line_place(path, number)
        cells = line.split("\t", 2)
        if len(cells) < 3:
            raise DatasetError(
                f"{where}: has {len(cells)} cells, expected onset, offset and label separated by "
                "tabs; export the label track of Audacity"
            )
        onset, offset, label = cells
        collector.add(onset=onset, offset=offset, label=label, where=where)


def text(events_by_file: EventsByFile, options: WritingOptions) -> str:
    """One line a label, to the microsecond; scores are not kept."""
    return "".join(
        tab_row((*time_cells(event.onset_s, event.offset_s), event.event_label))
        for events in events_by_file.values()
        for event in events
    )
