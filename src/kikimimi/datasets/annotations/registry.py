"""The annotation formats by name, and reading and writing through them."""

import os
from collections.abc import Mapping, Sequence
from pathlib import Path

from kikimimi.datasets.annotations import audacity, comma_separated, dcase, jams, jsonl, raven, tut
from kikimimi.datasets.annotations.collecting import EventCollector
from kikimimi.datasets.annotations.contract import AnnotationFormat, EventsByFile, WritingOptions
from kikimimi.errors import ConfigError, DatasetError
from kikimimi.files import draft_of
from kikimimi.names import suggestion
from kikimimi.paths import display_path
from kikimimi.types import Event

_FORMATS: dict[str, AnnotationFormat] = {
    form.NAME: form for form in (dcase, tut, jams, audacity, raven, comma_separated, jsonl)
}


def annotation_formats() -> tuple[str, ...]:
    """Return the names of all formats."""
    return tuple(_FORMATS)


def annotation_extension(name: str) -> str:
    """Return the usual end of the names of a format's files, such as `.tsv`.

    Raises:
        ConfigError: there is no format of that name.
    """
    return _find(name).EXTENSIONS[0]


def read_annotations(
    path: str | os.PathLike[str],
    *,
    format: str | None = None,
    classes: Sequence[str] | None = None,
) -> dict[str, tuple[Event, ...]]:
    """Read the events of an annotation file by the names of the recordings.

    Formats without a column for the recording give it the stem of the file's own name. Recordings
    and events come in the order of the file.

    Args:
        path: the file.
        format: its format; told by the end of its name if None (`.txt`: `audacity`).
        classes: the labels that may occur; any if None.

    Raises:
        ConfigError: the format is unknown or cannot be told.
        DatasetError: the file cannot be read or a row is faulty; the message names file and line.
    """
    path = Path(path)
    form = _find(format) if format is not None else _by_extension(path)
    collector = EventCollector(_stem(path, form), classes=classes)
    form.read(path, collector)
    return collector.by_file()


def write_annotations(
    path: str | os.PathLike[str],
    events_by_file: EventsByFile,
    *,
    format: str | None = None,
    options: WritingOptions | None = None,
) -> tuple[Path, ...]:
    """Write events, each file whole or not at all; return the files written.

    Formats of one recording (`tut`, `audacity`, `raven`) write a file of one recording; if `path`
    is a folder, every format writes one file for each recording into it, named after it.

    Raises:
        ConfigError: the format is unknown or cannot be told.
        DatasetError: several recordings for a format of one, or two that a folder would name alike.
        OSError: the file cannot be written.
    """
    path, options = Path(path), options or WritingOptions()
    form = _find(format) if format is not None else _by_extension(path)
    plan = _one_each(path, events_by_file, form) if path.is_dir() else {path: events_by_file}
    if len(plan) == 1 and len(events_by_file) > 1 and not form.NAMES_RECORDINGS:
        raise DatasetError(
            f"{display_path(path)}: {form.NAME} holds one recording, not {len(events_by_file)}; "
            "give a folder, or choose another format"
        )
    for target, events in plan.items():
        with draft_of(target) as draft:
            draft.write_text(form.text(events, options), encoding="utf-8", newline="\n")
    return tuple(plan)


def annotation_text(
    events_by_file: EventsByFile, *, format: str, options: WritingOptions | None = None
) -> str:
    """The text that `write_annotations` would write, for standard output.

    Raises:
        ConfigError: there is no format of that name.
        DatasetError: a name or label has a character that the format cannot hold.
    """
    return _find(format).text(events_by_file, options or WritingOptions())


def _find(name: str) -> AnnotationFormat:
    if name not in _FORMATS:
        raise ConfigError(f"there is no annotation format '{name}'; {suggestion(name, _FORMATS)}")
    return _FORMATS[name]


def _by_extension(path: Path) -> AnnotationFormat:
    name = path.name.lower()
    fitting = {
        extension: form
        for form in _FORMATS.values()
        for extension in form.EXTENSIONS
        if name.endswith(extension)
    }
    if not fitting:
        raise ConfigError(
            f"{display_path(path)}: its name does not tell the annotation format; name one of "
            f"{', '.join(_FORMATS)}"
        )
    return fitting[max(fitting, key=len)]


def _stem(path: Path, form: AnnotationFormat) -> str:
    extension = next((end for end in form.EXTENSIONS if path.name.lower().endswith(end)), "")
    return path.name[: -len(extension)] if extension else path.stem


def _one_each(
    folder: Path, events_by_file: EventsByFile, form: AnnotationFormat
) -> dict[Path, Mapping[str, Sequence[Event]]]:
    """What goes into which file of a folder."""
    plan: dict[Path, Mapping[str, Sequence[Event]]] = {}
    for filename, events in events_by_file.items():
        target = folder / f"{Path(filename).stem}{form.EXTENSIONS[0]}"
        if target in plan:
            raise DatasetError(
                f"{display_path(folder)}: two recordings are named "
                f"'{display_path(Path(filename).stem)}'; write them into different folders"
            )
        plan[target] = {filename: events}
    return plan
