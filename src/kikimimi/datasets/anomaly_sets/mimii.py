"""MIMII: valves, pumps, fans and slide rails, normal and broken, in the noise of factories.

Layout: `[<snr>_dB_]<machine>/id_00/{normal,abnormal}/00000000.wav` at any depth, as the archives
unpack. There is no official split: as in the authors' baseline as many normal clips are held out as
there are abnormal ones. Files have 8 channels, whose mean is heard.
"""

import re
from collections import defaultdict
from functools import partial
from pathlib import Path

from kikimimi.datasets.anomaly_sets.folder import FolderMachineDataset, audio_in, section_clips
from kikimimi.datasets.machine_records import MachineClip
from kikimimi.errors import DatasetError
from kikimimi.paths import display_path

NAME = "mimii"
LICENCE = "CC BY-SA 4.0"
CITATION = (
    "H. Purohit et al., MIMII Dataset: Sound dataset for malfunctioning industrial machine "
    "investigation and inspection, DCASE Workshop 2019, doi:10.5281/zenodo.3384388"
)

_ID = re.compile(r"id_(\d+)")
_SNR = re.compile(r"(-?\d+)_?dB")
_HINT = "give the folder that <machine>/id_00/normal and abnormal of MIMII lie in"


def holds(root: Path) -> bool:
    """Tell whether a folder has this layout."""
    return any(root.glob("**/id_*/abnormal"))


def load(root: Path) -> FolderMachineDataset:
    """Open a copy; copies at several signal-to-noise ratios are machine types of their own.

    Raises:
        DatasetError: it has no machines.
    """
    folders: dict[str, list[Path]] = defaultdict(list)
    for folder in sorted(root.glob("**/id_*")):
        if _ID.fullmatch(folder.name) and (folder / "normal").is_dir():
            folders[_machine(folder)].append(folder)
    if not folders:
        raise DatasetError(f"{display_path(root)}: holds no machines of MIMII; {_HINT}")
    readers = {machine: partial(_clips, machine, found) for machine, found in folders.items()}
    return FolderMachineDataset(name=NAME, root=root, readers=readers)


def _machine(folder: Path) -> str:
    """Give "fan", or "fan_6dB" below a folder that tells the ratio."""
    machine = folder.parent.name
    ratios = [found[1] for part in folder.parts[:-1] if (found := _SNR.search(part))]
    plain = _SNR.sub("", machine).strip("_")
    return f"{plain}_{ratios[-1]}dB" if ratios else plain


def _clips(machine: str, folders: list[Path]) -> tuple[MachineClip, ...]:
    return tuple(
        clip
        for folder in folders
        for clip in section_clips(
            machine,
            folder.name.removeprefix("id_"),
            normal=audio_in(folder / "normal"),
            anomalous=audio_in(folder / "abnormal"),
        )
    )
