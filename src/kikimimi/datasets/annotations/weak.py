"""Weak labels: which classes sound in a clip, without times.

DCASE has them as a table, tab-separated, `filename event_labels`, the labels separated by commas.
An empty file, or one with its head line only, holds no clips.
"""

import os
from collections.abc import Sequence
from pathlib import Path

from kikimimi.datasets.annotations.text_lines import line_place, numbered_lines
from kikimimi.errors import DatasetError
from kikimimi.names import suggestion

_HEADERS = ("event_labels", "event_label", "labels")


def read_weak_labels(
    path: str | os.PathLike[str], *, classes: Sequence[str] | None = None
) -> dict[str, tuple[str, ...]]:
    """Read the labels of each clip, in the order of the table.

    Args:
        path: the table.
        classes: the labels that may occur; any if None.

    Raises:
        DatasetError: the table cannot be read, a clip stands twice, a head line stands again, a row
            has no filename, or a label is none of the classes; the message names file and line.
    """
    path = Path(path)
    labels: dict[str, tuple[str, ...]] = {}
    for position, (number, line) in enumerate(numbered_lines(path)):
        name, _, listed = line.partition("\t")
        where = line_place(path, number)
        if listed.strip().lower() in _HEADERS or name.strip().lower() == "filename":
            if position:
                raise DatasetError(f"{where}: the head line stands a second time; remove it")
            continue
        name = name.strip()
        if not name:
            raise DatasetError(f"{where}: the filename is empty; complete the row")
        if name in labels:
            raise DatasetError(f"{where}: '{name}' stands in the table already; join the rows")
        labels[name] = _labels(listed, classes, where)
    return labels


def _labels(listed: str, classes: Sequence[str] | None, where: str) -> tuple[str, ...]:
    found = tuple(dict.fromkeys(label.strip() for label in listed.split(",") if label.strip()))
    for label in found:
        if classes is not None and label not in classes:
            raise DatasetError(
                f"{where}: there is no class '{label}'; {suggestion(label, classes)}"
            )
    return found
