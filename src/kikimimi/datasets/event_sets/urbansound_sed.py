"""URBAN-SED: 10,000 soundscapes of 10 s, ten urban classes, fixed splits.

Layout: `audio/{train,validate,test}/*.wav` and `annotations/{train,validate,test}` with a `.jams`
or a `.txt` (onset, offset, label) for each; where both stand, the JAMS files are read.
"""

from functools import partial
from pathlib import Path

from kikimimi.datasets.annotations import read_annotations
from kikimimi.datasets.event_records import EventClip
from kikimimi.datasets.event_sets.folder import FolderEventDataset
from kikimimi.datasets.event_sets.matching import find_audio, strong_clips
from kikimimi.errors import DatasetError
from kikimimi.paths import display_path
from kikimimi.types import Event

NAME = "urbansound-sed"
LICENCE = "CC BY 4.0"
CITATION = (
    "J. Salamon, D. MacConnell, M. Cartwright, P. Li and J. P. Bello, Scaper: A library for "
    "soundscape synthesis and augmentation, WASPAA 2017, doi:10.1109/WASPAA.2017.8170052"
)
CLASSES = (
    *("air_conditioner", "car_horn", "children_playing", "dog_bark", "drilling"),
    *("engine_idling", "gun_shot", "jackhammer", "siren", "street_music"),
)

_SPLITS = {"train": "train", "validation": "validate", "test": "test"}
_FORMATS = {".jams": "jams", ".txt": "tut"}
_DURATION_S = 10.0
_HINT = "give the folder that holds audio/ and annotations/ of URBAN-SED"


def holds(root: Path) -> bool:
    """Tell whether a folder has this layout."""
    return (root / "annotations" / "validate").is_dir()


def load(root: Path) -> FolderEventDataset:
    """Open a copy of the data set.

    Raises:
        DatasetError: it has no annotations.
    """
    there = {
        split: folder
        for split, folder in _SPLITS.items()
        if (root / "annotations" / folder).is_dir()
    }
    if not there:
        raise DatasetError(f"{display_path(root)}: holds no annotations; {_HINT}")
    return FolderEventDataset(
        name=NAME,
        root=root,
        classes=CLASSES,
        scenes=(),
        readers={split: partial(_clips, root, split, folder) for split, folder in there.items()},
    )


def _clips(root: Path, split: str, folder: str) -> tuple[EventClip, ...]:
    annotations = root / "annotations" / folder
    events = _annotated(annotations)
    audio = find_audio(root / "audio" / folder, events, table=annotations, hint=_HINT)
    return strong_clips(events, audio, split=split, duration_s=_DURATION_S)


def _annotated(folder: Path) -> dict[str, tuple[Event, ...]]:
    """The events of each annotation file by its stem."""
    for extension, form in _FORMATS.items():
        files = sorted(folder.glob(f"*{extension}"))
        if files:
            return {
                path.stem: _events(read_annotations(path, format=form, classes=CLASSES))
                for path in files
            }
    raise DatasetError(f"{display_path(folder)}: holds no .jams or .txt files; {_HINT}")


def _events(by_file: dict[str, tuple[Event, ...]]) -> tuple[Event, ...]:
    return tuple(event for events in by_file.values() for event in events)
