"""Finding the columns of an event table by its head line, under the names in use."""

from collections.abc import Sequence
from dataclasses import dataclass

from kikimimi.errors import DatasetError

_ALIASES: dict[str, tuple[str, ...]] = {
    "filename": ("filename", "file", "audio_filename"),
    "onset": ("onset", "event_onset"),
    "offset": ("offset", "event_offset"),
    "event_label": ("event_label", "label"),
    "score": ("score", "confidence"),
}
_KNOWN = {alias: column for column, aliases in _ALIASES.items() for alias in aliases}
_NEEDED = ("onset", "offset", "event_label")


@dataclass(frozen=True, slots=True)
class Columns:
    """Where the cells of a row stand; None for a column that the table lacks."""

    onset: int
    offset: int
    event_label: int
    filename: int | None = None
    score: int | None = None


WITHOUT_HEADER = Columns(filename=0, onset=1, offset=2, event_label=3, score=4)
"""Of a DCASE table that has no head line."""


def is_header(cells: Sequence[str]) -> bool:
    """Tell whether a row names columns: two or more of them are known names."""
    return sum(_normal(cell) in _KNOWN for cell in cells) >= 2


def find_columns(cells: Sequence[str], where: str) -> Columns:
    """Read a head line; columns of other names are left alone.

    Raises:
        DatasetError: a column stands twice or one that is needed is missing.
    """
    found: dict[str, int] = {}
    for position, cell in enumerate(cells):
        column = _KNOWN.get(_normal(cell))
        if column is None:
            continue
        if column in found:
            raise DatasetError(f"{where}: the column {column} stands twice; remove one of them")
        found[column] = position
    missing = [column for column in _NEEDED if column not in found]
    if missing:
        raise DatasetError(
            f"{where}: no column {', '.join(missing)}; the head line must name filename, onset, "
            "offset and event_label"
        )
    return Columns(**found)


def _normal(cell: str) -> str:
    return cell.strip().lower()
