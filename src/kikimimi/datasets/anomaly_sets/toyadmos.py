"""ToyADMOS: toy cars, conveyors and trains, normal and deliberately damaged.

Layout: `<machine>/case1/NormalSound_IND/` and `AnomalousSound_IND/` with names such as
`1001010001_ToyCar_case1_normal_IND_ch1_0001.wav`. The clips of one microphone are read, channel 1.
There is no official split: as many normal clips are held out as there are anomalous ones.
"""

import re
from functools import partial
from pathlib import Path

from kikimimi.datasets.anomaly_sets.folder import (
    FolderMachineDataset,
    audio_in,
    section_clips,
    subfolders,
)
from kikimimi.datasets.machine_records import MachineClip
from kikimimi.errors import DatasetError
from kikimimi.paths import display_path

NAME = "toyadmos"
LICENCE = "ToyADMOS dataset licence (NTT), for internal research use"
CITATION = (
    "Y. Koizumi et al., ToyADMOS: A dataset of miniature-machine operating sounds for anomalous "
    "sound detection, WASPAA 2019, doi:10.1109/WASPAA.2019.8937164"
)

CHANNEL = 1
"""The microphone whose clips are read."""

_NORMAL, _ANOMALOUS = "NormalSound_IND", "AnomalousSound_IND"
_CASE = re.compile(r"case(\d+)")
_CHANNEL = re.compile(r"_ch(\d+)_")
_HINT = f"give the folder that <machine>/case1/{_NORMAL} of ToyADMOS lies in"


def holds(root: Path) -> bool:
    """Tell whether a folder has this layout."""
    return any(_cases(machine) for machine in (root, *subfolders(root)))


def load(root: Path) -> FolderMachineDataset:
    """Open a copy, or the folder of one machine.

    Raises:
        DatasetError: it has no machines.
    """
    found = {folder.resolve().name: _cases(folder) for folder in (root, *subfolders(root))}
    readers = {name: partial(_clips, name, cases) for name, cases in found.items() if cases}
    if not readers:
        raise DatasetError(f"{display_path(root)}: holds no machines of ToyADMOS; {_HINT}")
    return FolderMachineDataset(name=NAME, root=root, readers=readers)


def _cases(machine: Path) -> list[Path]:
    return [
        case
        for case in subfolders(machine)
        if _CASE.fullmatch(case.name) and (case / _NORMAL).is_dir()
    ]


def _clips(machine: str, cases: list[Path]) -> tuple[MachineClip, ...]:
    return tuple(
        clip
        for case in cases
        for clip in section_clips(
            machine,
            f"{int(case.name.removeprefix('case')):02d}",
            normal=_of_one_channel(case / _NORMAL),
            anomalous=_of_one_channel(case / _ANOMALOUS),
        )
    )


def _of_one_channel(folder: Path) -> list[Path]:
    found = [(path, _CHANNEL.search(path.stem)) for path in audio_in(folder)]
    return [path for path, channel in found if channel is None or int(channel[1]) == CHANNEL]
