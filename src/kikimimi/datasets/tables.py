"""Tables of data sets, and the audio files that they speak of."""

import csv
import unicodedata
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from kikimimi.audio.discovery import is_audio_path
from kikimimi.errors import DatasetError
from kikimimi.paths import display_path

_NAMED = 3


@dataclass(frozen=True, slots=True)
class Row:
    """One row of a table, which knows where it stands."""

    table: Path
    line: int
    cells: Mapping[str, str | None]

    @property
    def where(self) -> str:
        """Table and line, for messages."""
        return f"{display_path(self.table)}: line {self.line}"

    def text(self, column: str) -> str:
        """Return a cell that must not be empty.

        Raises:
            DatasetError: it is empty or missing.
        """
        cell = (self.cells.get(column) or "").strip()
        if not cell:
            raise DatasetError(f"{self.where}: {column} is empty; complete the row")
        return cell

    def number(self, column: str, allowed: Sequence[int]) -> int:
        """Return a cell that must be one of consecutive whole numbers.

        Raises:
            DatasetError: it is another one, or none.
        """
        text = self.cells.get(column)
        try:
            number = int(text or "")
        except ValueError:
            number = allowed[0] - 1
        if number not in allowed:
            raise DatasetError(
                f"{self.where}: {column} is '{text}', expected {allowed[0]} to {allowed[-1]}; "
                "give the official table"
            )
        return number


def read_table(
    table: Path,
    columns: Collection[str],
    *,
    hint: str,
    names: Sequence[str] | None = None,
    delimiter: str = ",",
) -> list[Row]:
    """Read the rows of a CSV table in UTF-8.

    Args:
        table: the file.
        columns: those that must exist.
        hint: what to do if the table is not there.
        names: the columns of a table without a head line.
        delimiter: what separates two cells.

    Raises:
        DatasetError: the table is missing, empty, not CSV, or lacks a column.
    """
    place = display_path(table)
    try:
        with table.open(encoding="utf-8-sig", newline="") as file:
            reader = csv.DictReader(file, names, strict=True, delimiter=delimiter)
            missing = set(columns).difference(reader.fieldnames or ())
            if missing:
                raise DatasetError(
                    f"{place}: no column {', '.join(sorted(missing))}; give the official table"
                )
            rows = [Row(table, reader.line_num, cells) for cells in reader]
    except OSError as error:
        raise DatasetError(f"{place}: cannot be read ({error.strerror}); {hint}") from error
    except (csv.Error, UnicodeDecodeError) as error:
        raise DatasetError(
            f"{place}: is not a CSV table in UTF-8 ({error}); save it as one"
        ) from error
    if not rows:
        raise DatasetError(f"{place}: holds no rows; give the official table")
    return rows


def audio_by_stem(folder: Path, *, hint: str) -> dict[str, Path]:
    """Return the audio files of a folder by their names without extension.

    Raises:
        DatasetError: the folder cannot be read.
    """
    try:
        return {
            path.stem: path
            for path in sorted(folder.iterdir())
            if is_audio_path(path) and path.is_file()
        }
    except OSError as error:
        raise DatasetError(
            f"{display_path(folder)}: cannot be read ({error.strerror}); {hint}"
        ) from error


def require_audio(table: Path, wanted: Iterable[str], found: Collection[str], *, hint: str) -> None:
    """Refuse a table that names audio files which are not there.

    Raises:
        DatasetError: so it is; the message counts the files and names the first three.
    """
    missing = [name for name in wanted if name not in found]
    if missing:
        raise DatasetError(
            f"{display_path(table)}: {counted(missing, 'audio file')} of the table not found, with "
            f"any extension: {listed(missing)}; {hint}"
        )


def require_unique(rows: Iterable[Row], column: str) -> None:
    """Refuse a table in which two rows have the same cell in `column`.

    Raises:
        DatasetError: so it is; the message names the second row and the line of the first.
    """
    lines: dict[str, int] = {}
    for row in rows:
        cell = row.text(column)
        first = lines.setdefault(cell, row.line)
        if first != row.line:
            raise DatasetError(
                f"{row.where}: '{display_path(cell)}' stands in line {first} already; "
                "remove one of the rows"
            )


def listed(names: Sequence[str]) -> str:
    """Return the first three names in quotes, and how many more there are."""
    first = ", ".join(f"'{display_path(name)}'" for name in names[:_NAMED])
    more = len(names) - _NAMED
    return f"{first} and {more} more" if more > 0 else first


def counted(things: Sequence[str], noun: str) -> str:
    """Return how many there are: "1 file", "2 files"."""
    return f"{len(things)} {noun}{'' if len(things) == 1 else 's'}"


def composed(text: str) -> str:
    """Return a name with its accents and voiced kana composed (NFC), however it was stored."""
    return unicodedata.normalize("NFC", text)


def audio_files(root: Path, *, hint: str) -> Iterator[tuple[str, Path]]:
    """Give the audio files under `root`, in order of their composed relative paths with `/`.

    Files and folders whose names begin with a dot are passed over, links to folders not followed.

    Raises:
        DatasetError: `root` is no folder that can be read.
    """
    if not root.is_dir():
        raise DatasetError(f"{display_path(root)}: is not a folder; {hint}")
    found = []
    for path in root.rglob("*"):
        relative = path.relative_to(root)
        hidden = any(part.startswith(".") for part in relative.parts)
        if not hidden and is_audio_path(path) and path.is_file():
            found.append((composed(relative.as_posix()), path))
    yield from sorted(found)
