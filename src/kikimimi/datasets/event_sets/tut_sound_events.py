"""TUT Sound Events 2016 and 2017: recordings of 3 to 5 minutes in streets and homes.

Layout: `audio/<scene>/*.wav`, `meta/<scene>/*.ann` and, in the development sets, `evaluation_setup/
<scene>_fold<k>_{train,test}.txt`. The split `all` has every recording; `fold<k>_train` and
`fold<k>_test` those that the lists of all scenes name.
"""

import re
from collections import defaultdict
from functools import partial
from pathlib import Path

from kikimimi.datasets.annotations import read_annotations
from kikimimi.datasets.event_records import EventClip, classes_of
from kikimimi.datasets.event_sets.folder import FolderEventDataset
from kikimimi.datasets.event_sets.matching import find_audio, stem_of, strong_clips
from kikimimi.errors import DatasetError
from kikimimi.paths import display_path
from kikimimi.types import Event

NAME = "tut-sound-events"
LICENCE = "for experimental and non-commercial purposes only (Tampere University of Technology)"
CITATION = (
    "A. Mesaros, T. Heittola and T. Virtanen, TUT database for acoustic scene classification and "
    "sound event detection, EUSIPCO 2016, doi:10.1109/EUSIPCO.2016.7760424"
)

_LIST = re.compile(r"(?P<scene>.+)_(?P<split>fold\d+_(train|test))\.txt")
_HINT = "give the folder that holds audio/, meta/ and evaluation_setup/ of TUT Sound Events"

EventsByScene = dict[str, dict[str, tuple[Event, ...]]]


def holds(root: Path) -> bool:
    """Tell whether a folder has this layout."""
    return any(root.glob("meta/*/*.ann"))


def load(root: Path) -> FolderEventDataset:
    """Open a copy of the development or evaluation set.

    Raises:
        DatasetError: it has no annotations, or one of them is faulty.
    """
    if not holds(root):
        raise DatasetError(f"{display_path(root)}: holds no meta/<scene>/*.ann; {_HINT}")
    events = _events(root)
    lists: dict[str, list[Path]] = defaultdict(list)
    for path in sorted((root / "evaluation_setup").glob("*.txt")):
        named = _LIST.fullmatch(path.name)
        if named is not None:
            lists[named["split"]].append(path)
    every = {f"{scene}/{stem}": found for scene in events for stem, found in events[scene].items()}
    return FolderEventDataset(
        name=NAME,
        root=root,
        classes=classes_of(every),
        scenes=tuple(events),
        readers={
            "all": partial(_clips, root, events, "all", None),
            **{
                split: partial(_clips, root, events, split, lists[split]) for split in sorted(lists)
            },
        },
    )


def _events(root: Path) -> EventsByScene:
    """The events of each recording by scene and stem."""
    return {
        scene.name: {
            path.stem: tuple(
                event
                for events in read_annotations(path, format="tut").values()
                for event in events
            )
            for path in sorted(scene.glob("*.ann"))
        }
        for scene in sorted((root / "meta").iterdir())
        if scene.is_dir()
    }


def _clips(
    root: Path, events: EventsByScene, split: str, lists: list[Path] | None
) -> tuple[EventClip, ...]:
    clips: list[EventClip] = []
    wanted = None if lists is None else _listed(lists, events)
    for scene, recordings in events.items():
        chosen = {
            stem: found for stem, found in recordings.items() if wanted is None or stem in wanted
        }
        audio = find_audio(root / "audio" / scene, chosen, table=root / "meta" / scene, hint=_HINT)
        clips += strong_clips(chosen, audio, split=split, scene=scene)
    return tuple(clips)


def _listed(lists: list[Path], events: EventsByScene) -> set[str]:
    """The stems that lists name."""
    known = {stem for recordings in events.values() for stem in recordings}
    stems: set[str] = set()
    for path in lists:
        named = {stem_of(name) for name in read_annotations(path, format="tut")}
        lost = sorted(named - known)
        if lost:
            raise DatasetError(
                f"{display_path(path)}: names '{display_path(lost[0])}', which has no annotation "
                f"in meta/; {_HINT}"
            )
        stems |= named
    return stems
