"""What `kikimimi soundscapes` has made: splits with audio, a table and a description each."""

import json
from collections.abc import Iterable, Mapping
from functools import partial
from pathlib import Path
from typing import Any

from kikimimi.datasets.annotations import read_annotations
from kikimimi.datasets.annotations.jams import read_recordings, recording_name
from kikimimi.datasets.event_records import EventClip, labels_of
from kikimimi.datasets.event_sets.folder import FolderEventDataset
from kikimimi.datasets.event_sets.matching import find_audio
from kikimimi.errors import DatasetError
from kikimimi.paths import display_path
from kikimimi.types import Event

NAME = "soundscapes"
LICENCE = "that of the sounds they were made of, see sources.json"
CITATION = "the Kikimimi project, and the data set of the sounds"

_USUAL = ("train", "validation", "test")
_RECIPE = "soundscapes.yaml"
_HINT = "make the soundscapes again by kikimimi soundscapes"


def holds(root: Path) -> bool:
    """Tell whether a folder has this layout."""
    return (root / _RECIPE).is_file()


def load(root: Path) -> FolderEventDataset:
    """Open a folder of soundscapes.

    Raises:
        DatasetError: a description is missing or damaged, or two of them disagree.
    """
    if not holds(root):
        raise DatasetError(f"{display_path(root)}: holds no {_RECIPE}; {_HINT}")
    audio = sorted(path.parent for path in root.glob("*/audio") if path.is_dir())
    descriptions = {folder.name: _lists(root / f"{folder.name}.json") for folder in audio}
    if not descriptions:
        raise DatasetError(f"{display_path(root)}: holds no finished split; {_HINT}")
    if len(set(descriptions.values())) > 1:
        raise DatasetError(
            f"{display_path(root)}: the classes or scenes of its splits differ; {_HINT}"
        )
    classes, scenes = next(iter(descriptions.values()))
    return FolderEventDataset(
        name=NAME,
        root=root,
        classes=classes,
        scenes=scenes,
        readers={split: partial(_clips, root, split, classes) for split in _ordered(descriptions)},
    )


def _ordered(splits: Iterable[str]) -> list[str]:
    """Train, validation and test in this order, then any others."""
    there = sorted(splits)
    return [name for name in _USUAL if name in there] + [n for n in there if n not in _USUAL]


def _lists(description: Path) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Classes and scenes of a split."""
    try:
        value = json.loads(description.read_text(encoding="utf-8"))
        return tuple(value["classes"]), tuple(value["scenes"])
    except OSError as error:
        raise DatasetError(
            f"{display_path(description)}: cannot be read ({error.strerror}); {_HINT}"
        ) from None
    except (ValueError, KeyError, TypeError):
        raise DatasetError(
            f"{display_path(description)}: has no classes and scenes; {_HINT}"
        ) from None


def _clips(root: Path, split: str, classes: tuple[str, ...]) -> tuple[EventClip, ...]:
    description = root / f"{split}.json"
    events_by_file = read_annotations(description, format="jams", classes=classes)
    audio = find_audio(root / split / "audio", events_by_file, table=description, hint=_HINT)
    return tuple(
        _clip(recording, split, audio, events_by_file, description)
        for recording in read_recordings(description)
    )


def _clip(
    recording: Mapping[str, Any],
    split: str,
    audio: Mapping[str, Path],
    events_by_file: Mapping[str, tuple[Event, ...]],
    description: Path,
) -> EventClip:
    name, about = str(recording_name(recording)), recording.get("sandbox", {})
    if not {"scene", "soundscape"} <= set(about):
        raise DatasetError(f"{display_path(description)}: {name} has no scene; {_HINT}")
    return EventClip(
        path=audio[name],
        events=events_by_file[name],
        labels=labels_of(events_by_file[name]),
        split=split,
        scene=about["scene"],
        source_id=about["soundscape"],
        duration_s=recording["file_metadata"].get("duration"),
    )
