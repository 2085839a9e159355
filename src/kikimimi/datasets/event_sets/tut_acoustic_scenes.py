"""TUT Acoustic Scenes 2016 and 2017: clips of 30 s and 10 s from fifteen kinds of places.

Layout: `audio/*.wav`, `meta.txt` (path, scene and, in 2017, the recording, separated by tabs) and,
in the development sets, `evaluation_setup/fold<k>_{train,evaluate}.txt`. The split `all` has every
clip; `fold<k>_train` and `fold<k>_test` those of the lists. The clips have scenes and no events.
"""

import re
from functools import partial
from pathlib import Path

from kikimimi.datasets.annotations.text_lines import line_place, numbered_lines
from kikimimi.datasets.event_records import EventClip
from kikimimi.datasets.event_sets.folder import FolderEventDataset
from kikimimi.datasets.event_sets.matching import find_audio, stem_of
from kikimimi.errors import DatasetError
from kikimimi.names import suggestion
from kikimimi.paths import display_path

NAME = "tut-acoustic-scenes"
LICENCE = "for experimental and non-commercial purposes only (Tampere University of Technology)"
CITATION = (
    "A. Mesaros, T. Heittola and T. Virtanen, TUT database for acoustic scene classification and "
    "sound event detection, EUSIPCO 2016, doi:10.1109/EUSIPCO.2016.7760424"
)

_TABLE = "meta.txt"
_LIST = re.compile(r"(?P<fold>fold\d+)_(?P<part>train|evaluate)\.txt")
_PARTS = {"train": "train", "evaluate": "test"}
_HINT = "give the folder that holds audio/ and meta.txt of TUT Acoustic Scenes"


def holds(root: Path) -> bool:
    """Tell whether a folder has this layout."""
    return (root / _TABLE).is_file() and not (root / "meta").is_dir()


def load(root: Path) -> FolderEventDataset:
    """Open a copy of the development or evaluation set.

    Raises:
        DatasetError: the table is missing, or one of its rows is faulty.
    """
    table = root / _TABLE
    rows = _rows(table)
    scenes = tuple(sorted({scene for scene, _ in rows.values()}))
    lists = {}
    for path in sorted((root / "evaluation_setup").glob("*.txt")):
        named = _LIST.fullmatch(path.name)
        if named is not None:
            lists[f"{named['fold']}_{_PARTS[named['part']]}"] = path
    return FolderEventDataset(
        name=NAME,
        root=root,
        classes=(),
        scenes=scenes,
        readers={
            "all": partial(_clips, root, rows, "all", None),
            **{split: partial(_clips, root, rows, split, lists[split]) for split in sorted(lists)},
        },
    )


def _rows(table: Path) -> dict[str, tuple[str, str]]:
    """Scene and recording of each clip."""
    rows: dict[str, tuple[str, str]] = {}
    for number, line in numbered_lines(table):
        where = line_place(table, number)
        cells = [cell.strip() for cell in line.split("\t")]
        if len(cells) < 2 or not all(cells[:2]):
            raise DatasetError(f"{where}: has no path and scene; give the official table")
        name, scene, *more = cells
        if name in rows:
            raise DatasetError(f"{where}: '{name}' stands in the table already; remove one row")
        rows[name] = scene, more[0] if more and more[0] else stem_of(name).split("_")[0]
    if not rows:
        raise DatasetError(f"{display_path(table)}: holds no rows; {_HINT}")
    return rows


def _clips(
    root: Path, rows: dict[str, tuple[str, str]], split: str, listing: Path | None
) -> tuple[EventClip, ...]:
    names = list(rows) if listing is None else _listed(listing, rows)
    audio = find_audio(root / "audio", names, table=listing or root / _TABLE, hint=_HINT)
    return tuple(
        EventClip(audio[name], None, None, split, rows[name][0], rows[name][1]) for name in names
    )


def _listed(listing: Path, rows: dict[str, tuple[str, str]]) -> list[str]:
    names = []
    for number, line in numbered_lines(listing):
        name = line.split("\t")[0].strip()
        if name not in rows:
            raise DatasetError(
                f"{line_place(listing, number)}: '{display_path(name)}' is not in {_TABLE}; "
                f"{suggestion(name, list(rows)) if len(rows) < 100 else _HINT}"
            )
        names.append(name)
    return names
