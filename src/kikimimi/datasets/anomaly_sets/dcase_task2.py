"""DCASE task 2, development and evaluation sets of 2020 to 2024, and folders named alike.

Layout: `<machine>/train/` and `<machine>/test/` (2021: `source_test/` and `target_test/`) for each
machine type; the folder of one machine type may be given, too. Names tell the rest:

* 2020: `normal_id_00_00000000.wav`, `anomaly_id_00_00000000.wav`; `id_01_00000000.wav` in
  evaluation sets, where the truth is not told.
* from 2021 on: `section_00_source_train_normal_0000_<attributes>.wav`; `section_00_0000.wav`,
  `section_00_source_test_0000.wav` in evaluation sets.

From 2022 on `attributes_00.csv` beside the folders has the attributes of each file: `file_name`,
and pairs of columns `d1p`, `d1v`, `d2p`, `d2v` and so on for name and value.
"""

import re
from functools import partial
from pathlib import Path

from kikimimi.datasets.anomaly_sets.folder import FolderMachineDataset, audio_in, subfolders
from kikimimi.datasets.machine_records import Domain, MachineClip, Split
from kikimimi.datasets.tables import Row, read_table
from kikimimi.errors import DatasetError
from kikimimi.paths import display_path

NAME = "dcase-task2"
LICENCE = "CC BY-NC-SA 4.0 or CC BY 4.0, as each year's archive says"
CITATION = (
    "Y. Koizumi et al., Description and discussion on DCASE2020 Challenge Task2, DCASE Workshop "
    "2020; Y. Kawaguchi et al., 2021; K. Dohi et al., 2022 and 2023, arXiv:2305.07828; "
    "T. Nishida et al., 2024, arXiv:2406.07250"
)

_HINT = "give a folder with machine types that have train/ and test/ in them"
_SPLITS: dict[str, Split] = {
    "train": "train",
    "test": "test",
    "source_test": "test",
    "target_test": "test",
}
_FIRST_YEAR = re.compile(r"(?:(?P<condition>normal|anomaly)_)?id_(?P<section>\d+)_\d+")
_LATER = re.compile(
    r"section_(?P<section>\d+)"
    r"(?:_(?P<domain>source|target)_(?P<split>train|test))?"
    r"(?:_(?P<condition>normal|anomaly))?"
    r"_\d+(?:_.*)?"
)
_ATTRIBUTE = re.compile(r"d\d+p")


def holds(root: Path) -> bool:
    """Tell whether a folder has this layout."""
    return any(
        _parsed(path) is not None
        for machine in _machine_folders(root)
        for path in audio_in(machine / "train")
    )


def load(root: Path) -> FolderMachineDataset:
    """Open a copy of a year's data, or the folder of one machine type.

    Raises:
        DatasetError: there is no machine type with training clips.
    """
    machines = _machine_folders(root)
    if not machines:
        raise DatasetError(f"{display_path(root)}: holds no machine type of DCASE task 2; {_HINT}")
    readers = {folder.resolve().name: partial(_clips, folder) for folder in machines}
    return FolderMachineDataset(name=NAME, root=root, readers=readers)


def _machine_folders(root: Path) -> list[Path]:
    return [folder for folder in (root, *subfolders(root)) if (folder / "train").is_dir()]


def _clips(folder: Path) -> tuple[MachineClip, ...]:
    attributes = _attributes(folder)
    return tuple(
        _clip(path, machine=folder.resolve().name, split=split, attributes=attributes)
        for name, split in _SPLITS.items()
        for path in audio_in(folder / name)
    )


def _clip(
    path: Path, *, machine: str, split: Split, attributes: dict[str, dict[str, str]]
) -> MachineClip:
    found = _parsed(path)
    if found is None:
        raise DatasetError(
            f"{display_path(path)}: its name is none of DCASE task 2, such as "
            "'section_00_source_train_normal_0000.wav' or 'normal_id_00_00000000.wav'; rename it"
        )
    condition, stated = found.get("condition"), found.get("split")
    if split == "train" and condition == "anomaly":
        raise DatasetError(
            f"{display_path(path)}: is an anomaly among the training clips; move it to test/"
        )
    if stated not in (None, split):
        raise DatasetError(
            f"{display_path(path)}: is named as a {stated} clip but stands among those to {split}; "
            "move it"
        )
    return MachineClip(
        path=path,
        machine=machine,
        section=str(found["section"]),
        split=split,
        domain=_domain(found.get("domain"), path),
        anomalous=condition == "anomaly" if condition else _unsaid(split),
        attributes=attributes.get(path.stem, {}),
    )


def _parsed(path: Path) -> dict[str, str | None] | None:
    found = _LATER.fullmatch(path.stem) or _FIRST_YEAR.fullmatch(path.stem)
    return None if found is None else found.groupdict()


def _unsaid(split: Split) -> bool | None:
    """Training clips are normal even if their names do not say so."""
    return False if split == "train" else None


def _domain(stated: str | None, path: Path) -> Domain:
    told = stated or path.parent.name.partition("_")[0]
    return "target" if told == "target" else "source"


def _attributes(folder: Path) -> dict[str, dict[str, str]]:
    """The attributes of each file by its stem, from every `attributes_<section>.csv`."""
    tables = sorted(folder.glob("attributes_*.csv"))
    rows = [row for table in tables for row in read_table(table, ("file_name",), hint=_HINT)]
    return {Path(row.text("file_name")).stem: _pairs(row) for row in rows}


def _pairs(row: Row) -> dict[str, str]:
    names = [column for column in row.cells if _ATTRIBUTE.fullmatch(column or "")]
    pairs = {(row.cells[n] or "").strip(): row.cells.get(n[:-1] + "v") or "" for n in names}
    return {name: value.strip() for name, value in pairs.items() if name}
