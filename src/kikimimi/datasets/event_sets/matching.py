"""Bringing the names of annotations together with audio files."""

from collections.abc import Iterable, Mapping
from pathlib import Path, PurePosixPath

from kikimimi.datasets.event_records import EventClip, labels_of
from kikimimi.datasets.tables import audio_by_stem, require_audio
from kikimimi.types import Event


def stem_of(name: str) -> str:
    """The file name in an annotation without folders and extension, whatever the separator."""
    return PurePosixPath(name.replace("\\", "/")).stem


def find_audio(folder: Path, names: Iterable[str], *, table: Path, hint: str) -> dict[str, Path]:
    """The audio files in a folder of all the names that a table has, with any extension.

    Raises:
        DatasetError: the folder cannot be read, or some are missing; the message counts them.
    """
    names = list(names)
    found = audio_by_stem(folder, hint=hint)
    require_audio(table, [stem_of(name) for name in names], found, hint=hint)
    return {name: found[stem_of(name)] for name in names}


def strong_clips(
    events_by_file: Mapping[str, tuple[Event, ...]],
    audio: Mapping[str, Path],
    *,
    split: str,
    scene: str | None = None,
    duration_s: float | None = None,
) -> tuple[EventClip, ...]:
    """A clip for each recording with its events; each recording is its own source."""
    return tuple(
        EventClip(
            path=audio[name],
            events=events,
            labels=labels_of(events),
            split=split,
            scene=scene,
            source_id=stem_of(name),
            duration_s=duration_s,
        )
        for name, events in events_by_file.items()
    )
