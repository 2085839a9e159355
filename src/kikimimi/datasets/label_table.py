"""Any audio with a table of labels, as DCASE hands it out.

Layout: `meta.csv` in the root (or the path of such a table as the root) with a head line and the
columns `filename` (from the folder of the table, with any audio extension), `label`, and, if
known, `fold` (a number from 1) and `source` (the recording or the place of a clip). Cells are
separated by commas or by tabs. Without a column `fold` five folds are made by a hash of the names,
in which clips of one source stay together.
"""

from pathlib import Path, PurePosixPath

from kikimimi.audio.discovery import is_audio_path
from kikimimi.datasets.checks import require_readable_audio, require_trainable_classes
from kikimimi.datasets.folds import stratified_folds
from kikimimi.datasets.records import LabelledClip
from kikimimi.datasets.tables import (
    Row,
    audio_files,
    composed,
    read_table,
    require_audio,
    require_unique,
)
from kikimimi.errors import DatasetError
from kikimimi.paths import display_path

NAME = "table"
LICENCE = "that of the user's own audio"
CITATION = "none: the user's own audio"
FOLDS: tuple[int, ...] = ()
SPLITS: dict[str, int] = {}
TABLE = "meta.csv"

_MOST_FOLDS = 1000
_HINT = f"give the folder that holds {TABLE} and the audio files, or the path of the table"


def categories(root: Path | str) -> tuple[str, ...]:
    """Return the labels in alphabetical order.

    Raises:
        DatasetError: the table is missing or malformed.
    """
    return tuple(sorted({_label(row) for row in _rows(_table(root))}))


def clips(root: Path | str) -> tuple[LabelledClip, ...]:
    """Return the clips that the table names, in its order.

    Raises:
        DatasetError: the table or an audio file is missing, or a row is malformed or there twice.
    """
    table = _table(root)
    rows = _rows(table)
    require_unique(rows, "filename")
    found = {_stem(name): path for name, path in audio_files(table.parent, hint=_HINT)}
    stems = [_stem(row.text("filename")) for row in rows]
    require_audio(table, stems, found, hint="correct the table or add the files")
    labels = [_label(row) for row in rows]
    sources = [row.cells.get("source") or stem for row, stem in zip(rows, stems, strict=True)]
    targets = {label: target for target, label in enumerate(sorted(set(labels)))}
    return tuple(
        LabelledClip(found[stem], label, targets[label], fold, source, PurePosixPath(stem).name)
        for stem, label, source, fold in zip(
            stems, labels, sources, _folds(rows, labels, sources), strict=True
        )
    )


def validate(root: Path | str) -> None:
    """Check that there are classes to learn and that every file can be read.

    Raises:
        DatasetError: as `clips`, or a class has one clip or one source only, or files are empty or
            damaged.
    """
    found, where = clips(root), display_path(_table(root))
    require_trainable_classes(found, where=where)
    require_readable_audio(found, where=where)


def _table(root: Path | str) -> Path:
    return Path(root) / TABLE if Path(root).is_dir() else Path(root)


def _rows(table: Path) -> list[Row]:
    return read_table(table, ("filename", "label"), hint=_HINT, delimiter=_delimiter(table))


def _delimiter(table: Path) -> str:
    try:
        with table.open("rb") as file:
            return "\t" if b"\t" in file.readline(4096) else ","
    except OSError as error:
        raise DatasetError(
            f"{display_path(table)}: cannot be read ({error.strerror}); {_HINT}"
        ) from error


def _label(row: Row) -> str:
    return composed(row.text("label"))


def _stem(name: str) -> str:
    path = PurePosixPath(composed(name))
    return path.with_suffix("").as_posix() if is_audio_path(path) else path.as_posix()


def _folds(rows: list[Row], labels: list[str], sources: list[str]) -> tuple[int, ...]:
    if "fold" not in rows[0].cells:
        return stratified_folds(labels, sources)
    return tuple(row.number("fold", range(1, _MOST_FOLDS)) for row in rows)
