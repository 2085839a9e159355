"""Reading and writing annotation files line by line."""

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from kikimimi.datasets.annotations.collecting import Cell
from kikimimi.errors import DatasetError
from kikimimi.paths import display_path

_SHORTEST_S = 1e-6


def read_text(path: Path) -> str:
    """The text of an annotation file in UTF-8, without a byte order mark.

    Raises:
        DatasetError: it cannot be read or is no such text.
    """
    try:
        return path.read_text(encoding="utf-8-sig")
    except OSError as error:
        raise DatasetError(
            f"{display_path(path)}: cannot be read ({error.strerror}); give an annotation file"
        ) from error
    except UnicodeDecodeError as error:
        raise DatasetError(
            f"{display_path(path)}: is not a text in UTF-8 ({error.reason}); save it as one"
        ) from error


def numbered_lines(path: Path) -> Iterator[tuple[int, str]]:
    """The lines that are not blank, counted from 1, without their ends.

    Raises:
        DatasetError: as `read_text`.
    """
    for number, line in enumerate(read_text(path).split("\n"), start=1):
        if line.strip():
            yield number, line.rstrip("\r")


def line_place(path: Path, number: int) -> str:
    """File and line, for messages."""
    return f"{display_path(path)}: line {number}"


def tab_row(cells: Iterable[str]) -> str:
    """Cells as one line of a tab-separated table, with its end.

    Raises:
        DatasetError: a cell holds a tab or a line break.
    """
    row = list(cells)
    for cell in row:
        if any(mark in cell for mark in "\t\r\n"):
            raise DatasetError(
                f"'{display_path(cell)}': tabs and line breaks cannot stand in a tab-separated "
                "table; rename it or write csv or jsonl"
            )
    return "\t".join(row) + "\n"


def time_cells(onset_s: float, offset_s: float) -> tuple[str, str]:
    """Onset and offset in seconds to the microsecond, the offset after the onset as written."""
    last = max(round(offset_s, 6), round(onset_s, 6) + _SHORTEST_S)
    return f"{onset_s:.6f}", f"{last:.6f}"


def cell_at(cells: Sequence[str], position: int | None) -> Cell:
    """A cell of a row; None where the row ends before it or the table lacks the column."""
    return cells[position] if position is not None and position < len(cells) else None
