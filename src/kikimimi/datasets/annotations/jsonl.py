"""JSON lines: one object an event, `filename onset offset event_label score`.

An object with a filename and no times is a recording without events. An empty file holds no events.
"""

import json
from pathlib import Path
from typing import Any

from kikimimi.datasets.annotations.collecting import EventCollector
from kikimimi.datasets.annotations.contract import EventsByFile, WritingOptions
from kikimimi.datasets.annotations.text_lines import line_place, numbered_lines
from kikimimi.errors import DatasetError

NAME = "jsonl"
EXTENSIONS = (".jsonl",)
NAMES_RECORDINGS = True


def read(path: Path, collector: EventCollector) -> None:
    """Read the lines; see `AnnotationFormat.read`."""
    for number, line in numbered_lines(path):
        where = line_place(path, number)
        _collect(_parsed(line, where), collector, where)


def text(events_by_file: EventsByFile, options: WritingOptions) -> str:
    """One line an event."""
    lines = []
    for filename, events in events_by_file.items():
        if not events and options.list_empty:
            lines.append(_line({"filename": filename}))
        for event in events:
            lines.append(
                _line(
                    {
                        "filename": filename,
                        "onset": event.onset_s,
                        "offset": event.offset_s,
                        "event_label": event.event_label,
                        "score": event.score,
                    }
                )
            )
    return "".join(lines)


def _line(record: dict[str, Any]) -> str:
    return json.dumps(record, ensure_ascii=False) + "\n"


def _parsed(line: str, where: str) -> dict[str, Any]:
    try:
        record = json.loads(line)
    except (ValueError, RecursionError) as error:
        reason = " ".join(str(error).split())
        raise DatasetError(f"{where}: is not JSON ({reason}); write one object a line") from None
    if not isinstance(record, dict):
        raise DatasetError(f"{where}: is no JSON object; write one object a line")
    return record


def _collect(record: dict[str, Any], collector: EventCollector, where: str) -> None:
    filename = record.get("filename")
    if not isinstance(filename, str) or not filename:
        raise DatasetError(f"{where}: the filename is missing or no text; complete the object")
    cells = {key: record.get(key) for key in ("onset", "offset", "event_label", "score")}
    if all(cell is None for cell in cells.values()):
        collector.declare(filename)
        return
    for key, cell in cells.items():
        if not isinstance(cell, int | float | str | None):
            raise DatasetError(f"{where}: {key} is {cell!r}, no number or text; mend the object")
    label = cells.pop("event_label")
    collector.add(filename=filename, label=label, where=where, **cells)
