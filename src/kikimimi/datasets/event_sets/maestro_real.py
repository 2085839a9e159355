"""MAESTRO Real, development set: recordings of 3 to 5 minutes with soft labels.

Layout: `development_audio/<scene>/*.wav` and `development_annotation/soft_labels_<scene>/*.txt`
with lines of onset, offset, label and soft label, separated by tabs. The soft label, the share of
annotators (weighted by their competence) who heard the sound in that second, is the score of the
event; it is a strong label where it is above 0.5. There are no official splits but the folds of the
challenge, which are not part of the data set: the one split is `all`.
"""

from functools import partial
from pathlib import Path

from kikimimi.datasets.annotations.collecting import EventCollector, parse_number
from kikimimi.datasets.annotations.text_lines import line_place, numbered_lines
from kikimimi.datasets.event_records import EventClip, classes_of
from kikimimi.datasets.event_sets.folder import FolderEventDataset
from kikimimi.datasets.event_sets.matching import find_audio, strong_clips
from kikimimi.errors import DatasetError
from kikimimi.paths import display_path
from kikimimi.types import Event

NAME = "maestro-real"
LICENCE = "for experimental and non-commercial purposes only (Tampere University)"
CITATION = (
    "I. Martin-Morato and A. Mesaros, Strong labeling of sound events using crowdsourced weak "
    "labels and annotator competence estimation, IEEE/ACM Transactions on Audio, Speech, and "
    "Language Processing 31, 2023, doi:10.1109/TASLP.2022.3233468"
)

_ANNOTATION, _AUDIO, _PREFIX = "development_annotation", "development_audio", "soft_labels_"
_HINT = f"give the folder that holds {_AUDIO}/ and {_ANNOTATION}/ of MAESTRO Real"

EventsByScene = dict[str, dict[str, tuple[Event, ...]]]


def holds(root: Path) -> bool:
    """Tell whether a folder has this layout."""
    return any(root.glob(f"{_ANNOTATION}/{_PREFIX}*"))


def load(root: Path) -> FolderEventDataset:
    """Open a copy of the development set.

    Raises:
        DatasetError: it has no annotations, or a line is faulty.
    """
    if not holds(root):
        raise DatasetError(f"{display_path(root)}: holds no {_PREFIX}<scene>; {_HINT}")
    events: EventsByScene = {}
    for folder in sorted((root / _ANNOTATION).glob(f"{_PREFIX}*")):
        scene = folder.name.removeprefix(_PREFIX)
        events[scene] = {path.stem: _soft_events(path) for path in sorted(folder.glob("*.txt"))}
    every = {f"{scene}/{stem}": found for scene in events for stem, found in events[scene].items()}
    return FolderEventDataset(
        name=NAME,
        root=root,
        classes=classes_of(every),
        scenes=tuple(events),
        readers={"all": partial(_clips, root, events)},
    )


def _soft_events(path: Path) -> tuple[Event, ...]:
    collector = EventCollector(path.stem)
    collector.declare(path.stem)
    for number, line in numbered_lines(path):
        where = line_place(path, number)
        cells = line.split("\t")
        if len(cells) != 4:
            raise DatasetError(
                f"{where}: has {len(cells)} cells, expected onset, offset, label and soft label; "
                "give the official file"
            )
        onset, offset, label, soft = cells
        # sums of weights pass 1 in their last digits
        score = min(parse_number(soft, "soft label", where), 1.0)
        collector.add(onset=onset, offset=offset, label=label, score=score, where=where)
    return collector.by_file()[path.stem]


def _clips(root: Path, events: EventsByScene) -> tuple[EventClip, ...]:
    clips: list[EventClip] = []
    for scene, recordings in events.items():
        table = root / _ANNOTATION / f"{_PREFIX}{scene}"
        audio = find_audio(root / _AUDIO / scene, recordings, table=table, hint=_HINT)
        clips += strong_clips(recordings, audio, split="all", scene=scene)
    return tuple(clips)
