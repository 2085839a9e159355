"""A folder of folders: the name of the first folder under the root is the label of its clips.

Layout: `<label>/<file>` or `<label>/<source>/.../<file>`. Files of one sub-folder count as one
source (a recording, a session) and stay in one fold; files directly under the label count each for
itself. Five folds are made by a hash of the paths, unless `folds.csv` in the root (columns
`filename`, the path from the root, and `fold`, a number from 1) gives them.
"""

from pathlib import Path, PurePosixPath

from kikimimi.datasets.checks import require_readable_audio, require_trainable_classes
from kikimimi.datasets.folds import stratified_folds
from kikimimi.datasets.records import LabelledClip
from kikimimi.datasets.tables import (
    audio_files,
    composed,
    counted,
    listed,
    read_table,
    require_audio,
    require_unique,
)
from kikimimi.errors import DatasetError
from kikimimi.paths import display_path

NAME = "folders"
LICENCE = "that of the user's own audio"
CITATION = "none: the user's own audio"
FOLDS: tuple[int, ...] = ()
SPLITS: dict[str, int] = {}
FOLD_TABLE = "folds.csv"

_MOST_FOLDS = 1000
_HINT = "give a folder that holds one folder of audio files for each label"


def categories(root: Path | str) -> tuple[str, ...]:
    """Return the labels in alphabetical order.

    Raises:
        DatasetError: `root` is not in this layout.
    """
    return tuple(sorted({PurePosixPath(name).parts[0] for name in _files(Path(root))}))


def clips(root: Path | str) -> tuple[LabelledClip, ...]:
    """Return the clips under `root` in order of their paths.

    Raises:
        DatasetError: there are none, some stand in the root itself, or the table of folds is
            malformed or incomplete.
    """
    files = _files(Path(root))
    names = [PurePosixPath(name) for name in files]
    labels = [name.parts[0] for name in names]
    sources = [_source(name) for name in names]
    folds = _official_folds(Path(root), list(files)) or stratified_folds(labels, sources)
    targets = {label: target for target, label in enumerate(sorted(set(labels)))}
    return tuple(
        LabelledClip(path, label, targets[label], fold, source, name.name)
        for path, name, label, source, fold in zip(
            files.values(), names, labels, sources, folds, strict=True
        )
    )


def validate(root: Path | str) -> None:
    """Check that there are classes to learn and that every file can be read.

    Raises:
        DatasetError: as `clips`, or a class has one clip or one source only, or files are empty or
            damaged.
    """
    found, where = clips(root), display_path(root)
    require_trainable_classes(found, where=where)
    require_readable_audio(found, where=where)


def _files(root: Path) -> dict[str, Path]:
    """Audio files by their composed path from the root."""
    files = dict(audio_files(root, hint=_HINT))
    where = display_path(root)
    if not files:
        raise DatasetError(f"{where}: there are no audio files in it; {_HINT}")
    foreign = [name for name in files if not _is_text(name)]
    if foreign:
        raise DatasetError(
            f"{where}: {counted(foreign, 'name')} of files or folders not in UTF-8: "
            f"{listed(foreign)}; rename them"
        )
    loose = [name for name in files if "/" not in name]
    if loose:
        raise DatasetError(
            f"{where}: {counted(loose, 'audio file')} without a label: {listed(loose)}; move them "
            "into the folder of their label"
        )
    return files


def _is_text(name: str) -> bool:
    """Tell whether every byte of a name could be decoded."""
    return not any("\ud800" <= character <= "\udfff" for character in name)


def _source(name: PurePosixPath) -> str:
    return name.as_posix() if len(name.parts) == 2 else name.parent.as_posix()


def _official_folds(root: Path, names: list[str]) -> list[int]:
    """Folds of the files by the table in `root`; empty if there is no table."""
    table = root / FOLD_TABLE
    if not table.exists():
        return []
    rows = read_table(table, ("filename", "fold"), hint="make it readable or remove it")
    require_unique(rows, "filename")
    folds = {
        composed(row.text("filename")): row.number("fold", range(1, _MOST_FOLDS)) for row in rows
    }
    hint = "correct the table, or remove it to have folds made"
    require_audio(table, folds, set(names), hint=hint)
    without = [name for name in names if name not in folds]
    if without:
        raise DatasetError(
            f"{display_path(table)}: {counted(without, 'audio file')} without a fold: "
            f"{listed(without)}; {hint}"
        )
    return [folds[name] for name in names]
