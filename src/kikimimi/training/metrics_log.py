"""The figures of a training as a table: one row an epoch, never two."""

import csv
import io
from collections.abc import Mapping
from pathlib import Path

from kikimimi.errors import ConfigError
from kikimimi.files import draft_of

Row = dict[str, float]


class MetricsLog:
    """A CSV file whose first column, `epoch`, counts finished epochs from 1.

    The file is written anew, whole, at each row: tables are small, and a kill leaves the old or
    the new table.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self.rows: list[Row] = []

    def resume(self, *, epochs_done: int) -> None:
        """Read the rows of the first `epochs_done` epochs; later ones will be made again.

        Raises:
            ConfigError: the file is not such a table.
        """
        self.rows = [row for row in _read(self.path) if row["epoch"] <= epochs_done]

    def add(self, row: Mapping[str, float]) -> None:
        """Append the row of an epoch; columns may be new or missing.

        Raises:
            OSError: the file cannot be written.
        """
        self.rows.append(dict(row))
        columns = list(dict.fromkeys(name for known in self.rows for name in known))
        text = io.StringIO()
        writer = csv.writer(text, lineterminator="\n")
        writer.writerow(columns)
        for known in self.rows:
            writer.writerow([_text(known.get(name)) for name in columns])
        with draft_of(self.path) as draft:
            draft.write_text(text.getvalue(), encoding="utf-8")


def _text(value: float | None) -> str:
    if value is None:
        return ""
    return str(value) if isinstance(value, int) else f"{value:.6g}"


def _read(path: Path) -> list[Row]:
    if not path.exists():
        return []
    try:
        with path.open(encoding="utf-8", newline="") as file:
            return [
                {name: _number(text) for name, text in row.items() if text}
                for row in csv.DictReader(file, strict=True)
                if row["epoch"]
            ]
    except (ValueError, KeyError, AttributeError, csv.Error):
        raise ConfigError(
            f"{path}: not a table of epochs; delete the file, or give another run folder"
        ) from None


def _number(text: str) -> float:
    return int(text) if text.isdecimal() else float(text)
