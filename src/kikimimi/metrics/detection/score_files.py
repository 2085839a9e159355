"""Tables of frame scores in the format of sed_scores_eval: one TSV a recording.

The head line names `onset`, `offset` and the classes; each further line is a frame. Frames follow
each other without gaps. The files of a folder are named after their recordings.
"""

import os
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from kikimimi.errors import DatasetError
from kikimimi.files import draft_of
from kikimimi.metrics.detection.scores import DetectionScores
from kikimimi.names import suggestion
from kikimimi.paths import display_path

SUFFIX = ".tsv"

_TIMES = ("onset", "offset")
_SLACK_S = 1e-6


def read_scores(
    path: str | os.PathLike[str], *, classes: Sequence[str] | None = None
) -> DetectionScores:
    """Read the scores of a recording.

    Args:
        path: the table.
        classes: the classes that it must have, in this order for the result; those of the table in
            its own order if None.

    Raises:
        DatasetError: it cannot be read or is malformed; the message names the line.
    """
    path = Path(path)
    try:
        lines = path.read_text(encoding="utf-8-sig").splitlines()
    except OSError as error:
        raise DatasetError(f"{display_path(path)}: cannot be read: {error.strerror}") from None
    except UnicodeDecodeError:
        raise DatasetError(f"{display_path(path)}: is not UTF-8 text; save it as such") from None
    if not lines:
        raise DatasetError(f"{display_path(path)}: is empty; a table of scores has a head line")
    names = _names(path, lines[0])
    rows = [_row(path, number, line, names) for number, line in enumerate(lines[1:], start=2)]
    table = np.array(rows, dtype=np.float64).reshape(len(rows), len(names) + 2)
    scores = _scores(path, table, names)
    return scores if classes is None else _in_order(path, scores, classes)


def read_scores_folder(
    folder: str | os.PathLike[str], *, classes: Sequence[str] | None = None
) -> dict[str, DetectionScores]:
    """Read all tables of a folder, by their names without `.tsv`.

    Args:
        folder: only its files that end with `.tsv` are read.
        classes: as `read_scores`; those of the first table if None.

    Raises:
        DatasetError: there is no table, or one is malformed or has other classes.
    """
    folder = Path(folder)
    paths = sorted(folder.glob(f"*{SUFFIX}")) if folder.is_dir() else []
    if not paths:
        raise DatasetError(
            f"{display_path(folder)}: has no score tables (*{SUFFIX}); name a folder"
        )
    found: dict[str, DetectionScores] = {}
    for path in paths:
        scores = read_scores(path, classes=classes)
        classes = scores.classes
        found[path.name.removesuffix(SUFFIX)] = scores
    return found


def write_scores(path: str | os.PathLike[str], scores: DetectionScores) -> None:
    """Write the scores of a recording, whole or not at all.

    Numbers are written so that reading gives them back exactly.

    Raises:
        OSError: the file cannot be written.
    """
    head = "\t".join((*_TIMES, *scores.classes))
    values = scores.scores.tolist()
    times = scores.timestamps.tolist()
    rows = (
        "\t".join(map(str, (onset, offset, *row)))
        for onset, offset, row in zip(times[:-1], times[1:], values, strict=True)
    )
    with draft_of(path) as draft:
        draft.write_text("\n".join((head, *rows)) + "\n", encoding="utf-8", newline="\n")


def by_recording(
    scores_by_stem: Mapping[str, DetectionScores], filenames: Sequence[str]
) -> dict[str, DetectionScores]:
    """Scores of tables by the filenames of an annotation, which have an audio extension.

    Raises:
        DatasetError: a recording has no table, or a table no recording.
    """
    stems = {Path(filename).stem: filename for filename in filenames}
    stems |= {filename: filename for filename in filenames if filename in scores_by_stem}
    found = {stems[stem]: scores for stem, scores in scores_by_stem.items() if stem in stems}
    lost = [stem for stem in scores_by_stem if stem not in stems]
    if lost:
        raise DatasetError(
            f"the reference has no recording for the scores '{display_path(lost[0] + SUFFIX)}'; "
            "list it there, without events if it has none"
        )
    missing = [filename for filename in filenames if filename not in found]
    if missing:
        raise DatasetError(
            f"there are no scores for the recording '{display_path(missing[0])}'; "
            f"add {display_path(Path(missing[0]).stem + SUFFIX)} to the folder of scores"
        )
    return {filename: found[filename] for filename in filenames}


def _names(path: Path, head: str) -> tuple[str, ...]:
    cells = tuple(head.split("\t"))
    where = f"{display_path(path)}, line 1"
    if cells[:2] != _TIMES or len(cells) < 3:
        raise DatasetError(f"{where}: a table of scores begins with onset, offset and the classes")
    twice = [name for n, name in enumerate(cells) if name in cells[:n]]
    if twice:
        raise DatasetError(f"{where}: the column '{display_path(twice[0])}' occurs twice")
    return cells[2:]


def _row(path: Path, number: int, line: str, names: Sequence[str]) -> list[float]:
    cells = line.split("\t")
    if len(cells) != len(names) + 2:
        raise DatasetError(
            f"{display_path(path)}, line {number}: {len(cells)} columns instead of {len(names) + 2}"
        )
    try:
        return [float(cell) if cell else np.nan for cell in cells]
    except ValueError:
        bad = next(cell for cell in cells if not _is_number(cell))
        raise DatasetError(
            f"{display_path(path)}, line {number}: '{display_path(bad)}' is no number"
        ) from None


def _is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return not text
    return True


def _scores(path: Path, table: NDArray[np.float64], names: tuple[str, ...]) -> DetectionScores:
    bad = np.argwhere(np.isnan(table[:, 2:]))
    if len(bad):
        frame, column = bad[0]
        raise DatasetError(
            f"{display_path(path)}, line {frame + 2}: the score of '{display_path(names[column])}' "
            "is missing or NaN"
        )
    onsets, offsets = table[:, 0], table[:, 1]
    faults = ~np.isfinite(table[:, :2]).all(axis=1) | ~(offsets > onsets)
    faults[1:] |= ~(np.abs(onsets[1:] - offsets[:-1]) <= _SLACK_S)
    if faults.any():
        raise DatasetError(
            f"{display_path(path)}, line {int(np.argmax(faults)) + 2}: frames must end after they "
            "begin, and begin where the frame before ends"
        )
    timestamps = np.append(onsets, offsets[-1:] if len(offsets) else 0.0)
    return DetectionScores(table[:, 2:], timestamps, names)


def _in_order(path: Path, scores: DetectionScores, classes: Sequence[str]) -> DetectionScores:
    for name in scores.classes:
        if name not in classes:
            raise DatasetError(
                f"{display_path(path)}, line 1: unexpected class '{display_path(name)}'; "
                f"{suggestion(name, classes)}"
            )
    for name in classes:
        if name not in scores.classes:
            raise DatasetError(
                f"{display_path(path)}, line 1: the class '{display_path(name)}' is missing"
            )
    columns = [scores.classes.index(name) for name in classes]
    return DetectionScores(scores.scores[:, columns], scores.timestamps, tuple(classes))
