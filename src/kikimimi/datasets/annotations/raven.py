"""Selection tables of Raven: tab-separated with a head line, times in seconds, frequencies in Hz.

A table exported by Raven has each selection once for each view; it is read once. Where `Begin File`
stands, it names the recording, and `File Offset (s)`, if there, gives the onset inside it. The file
must have its head line, even without selections.
"""

from collections.abc import Mapping
from pathlib import Path

from kikimimi.datasets.annotations.collecting import Cell, EventCollector, parse_number
from kikimimi.datasets.annotations.contract import EventsByFile, WritingOptions
from kikimimi.datasets.annotations.text_lines import (
    cell_at,
    line_place,
    numbered_lines,
    tab_row,
    time_cells,
)
from kikimimi.errors import DatasetError
from kikimimi.paths import display_path

NAME = "raven"
EXTENSIONS = (".selections.txt",)
NAMES_RECORDINGS = False

_BEGIN, _END = "Begin Time (s)", "End Time (s)"
_SELECTION, _FILE, _FILE_OFFSET, _SCORE = "Selection", "Begin File", "File Offset (s)", "Score"
_LABELS = ("Annotation", "Label", "Species", "Common Name")
_HEADER = (
    *(_SELECTION, "View", "Channel", _BEGIN, _END),
    *("Low Freq (Hz)", "High Freq (Hz)", _FILE, _LABELS[0], _SCORE),
)
_HIGHEST_HZ = 24000.0
"""Where neither a frequency nor a rate is given: half of 48 kHz."""


def read(path: Path, collector: EventCollector) -> None:
    """Read the selections; see `AnnotationFormat.read`."""
    columns: dict[str, int] = {}
    label = ""
    seen: set[tuple[str | None, str]] = set()
    for number, line in numbered_lines(path):
        cells, where = line.split("\t"), line_place(path, number)
        if not columns:
            columns = _columns(cells, where)
            label = next(name for name in _LABELS if name in columns)
            continue
        row = {name: cell_at(cells, position) for name, position in columns.items()}
        if row[_BEGIN] == _BEGIN:
            raise DatasetError(f"{where}: the head line stands a second time; remove it")
        key = (_file(row), str(row.get(_SELECTION) or number))
        if key not in seen:
            seen.add(key)
            _collect(row, label, collector, where)
    if not columns:
        raise DatasetError(
            f"{display_path(path)}: line 1: the file is empty, but a selection table needs its "
            "head line; save the table again"
        )
    if not seen:
        collector.declare(collector.default_name)


def text(events_by_file: EventsByFile, options: WritingOptions) -> str:
    """The table; the high frequency is clamped to the Nyquist frequency."""
    nyquist_hz = options.sample_rate_hz / 2 if options.sample_rate_hz else None
    high_hz = options.high_hz or nyquist_hz or _HIGHEST_HZ
    if nyquist_hz is not None:
        high_hz = min(high_hz, nyquist_hz)
    low_hz = min(max(options.low_hz, 0.0), high_hz)
    rows = [tab_row(_HEADER)]
    for filename, events in events_by_file.items():
        for event in events:
            times = time_cells(event.onset_s, event.offset_s)
            band = (f"{low_hz:.1f}", f"{high_hz:.1f}")
            words = (Path(filename).name, event.event_label, f"{event.score:.6g}")
            rows.append(tab_row((str(len(rows)), "Spectrogram 1", "1", *times, *band, *words)))
    return "".join(rows)


def _columns(cells: list[str], where: str) -> dict[str, int]:
    names = [cell.strip() for cell in cells]
    twice = next((name for name in names if name and names.count(name) > 1), None)
    if twice is not None:
        raise DatasetError(f"{where}: the column {twice} stands twice; remove one of them")
    missing = [name for name in (_BEGIN, _END) if name not in names]
    if not any(name in names for name in _LABELS):
        missing.append(_LABELS[0])
    if missing:
        raise DatasetError(
            f"{where}: no column {', '.join(missing)}; give a selection table of Raven"
        )
    return {name: position for position, name in enumerate(names)}


def _file(row: Mapping[str, Cell]) -> str | None:
    name = row.get(_FILE)
    return name.strip() or None if isinstance(name, str) else None


def _collect(row: Mapping[str, Cell], label: str, collector: EventCollector, where: str) -> None:
    onset, offset = row[_BEGIN], row[_END]
    if row.get(_FILE_OFFSET):
        length_s = parse_number(offset, _END, where) - parse_number(onset, _BEGIN, where)
        onset = parse_number(row[_FILE_OFFSET], _FILE_OFFSET, where)
        offset = onset + length_s
    collector.add(
        filename=_file(row),
        onset=onset,
        offset=offset,
        label=row[label],
        score=row.get(_SCORE),
        where=where,
    )
