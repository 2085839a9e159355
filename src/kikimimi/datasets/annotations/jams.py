"""JAMS: one JSON object a recording, with its annotations as observations of time and duration.

Humphrey et al., "JAMS: A JSON annotated music specification for reproducible MIR research", ISMIR
2014. Read are the name spaces in which sound events come: `tag_open` and `segment_open` (the value
is the label), `scaper` and `sound_event` (the value has `label`, and observations whose `role` is
`background` are no events), with observations as a list of objects or, as in older files, an
object of lists. A file with the key `recordings` holds many such objects. The recording's name is
the `filename` among the identifiers, else `title`, else that of the file. Errors name the
observation, since JSON has no meaningful lines. An empty file is refused.
"""

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, TypeGuard

from kikimimi.datasets.annotations.collecting import EventCollector
from kikimimi.datasets.annotations.contract import EventsByFile, WritingOptions
from kikimimi.datasets.annotations.text_lines import read_text
from kikimimi.errors import DatasetError
from kikimimi.paths import display_path
from kikimimi.types import Event

NAME = "jams"
EXTENSIONS = (".jams", ".json")
NAMES_RECORDINGS = True

_NAMESPACES = ("tag_open", "segment_open", "scaper", "sound_event")
_VERSION = "0.3.4"
_DECIMALS = 9
"""Of sums of times, whose last digits say nothing."""


def read(path: Path, collector: EventCollector) -> None:
    """Read the observations; see `AnnotationFormat.read`."""
    for number, recording in enumerate(read_recordings(path), start=1):
        name = recording_name(recording) or collector.default_name
        collector.declare(name)
        place = f"{display_path(path)}: recording {number} ({display_path(name)})"
        for where, observation in _observations(recording, place):
            _collect(observation, name, collector, where)


def text(events_by_file: EventsByFile, options: WritingOptions) -> str:
    """One JAMS object, or `recordings` of them if there is not just one recording."""
    objects = [
        recording_object(
            filename,
            [_plain_observation(event) for event in events],
            namespace="tag_open",
            duration_s=options.durations_s.get(filename),
        )
        for filename, events in events_by_file.items()
    ]
    value = objects[0] if len(objects) == 1 else {"recordings": objects}
    return json.dumps(value, ensure_ascii=False, indent=1) + "\n"


def read_recordings(path: Path) -> list[dict[str, Any]]:
    """The JAMS objects of a file, in its order.

    Raises:
        DatasetError: the file cannot be read, is no JSON, or holds no such objects.
    """
    place = display_path(path)
    try:
        value = json.loads(read_text(path))
    except json.JSONDecodeError as error:
        raise DatasetError(
            f"{place}: line {error.lineno}: is not JSON ({error.msg}); give a JAMS file"
        ) from None
    except (ValueError, RecursionError) as error:
        raise DatasetError(f"{place}: is not JSON ({error}); give a JAMS file") from None
    recordings = value.get("recordings", [value]) if isinstance(value, dict) else None
    if not isinstance(recordings, list) or not all(
        isinstance(item, dict) and isinstance(item.get("annotations"), list) for item in recordings
    ):
        raise DatasetError(f"{place}: holds no list of annotations; give a JAMS file")
    return recordings


def recording_name(recording: Mapping[str, Any]) -> str | None:
    """The name that a JAMS object has for its recording."""
    metadata = recording.get("file_metadata")
    if not isinstance(metadata, dict):
        return None
    identifiers = metadata.get("identifiers")
    name = identifiers.get("filename") if isinstance(identifiers, dict) else None
    chosen = name or metadata.get("title")
    return chosen if isinstance(chosen, str) and chosen else None


def recording_object(
    filename: str,
    observations: list[dict[str, Any]],
    *,
    namespace: str,
    duration_s: float | None,
    sandbox: Mapping[str, Any] | None = None,
) -> dict[str, Any]:
    """The JAMS object of a recording with one annotation."""
    metadata = {
        "title": Path(filename).stem,
        "identifiers": {"filename": filename},
        "duration": duration_s,
        "jams_version": _VERSION,
    }
    annotation = {"namespace": namespace, "data": observations, "time": 0, "duration": duration_s}
    return {"file_metadata": metadata, "annotations": [annotation], "sandbox": dict(sandbox or {})}


def _plain_observation(event: Event) -> dict[str, Any]:
    return {
        "time": event.onset_s,
        "duration": event.offset_s - event.onset_s,
        "value": event.event_label,
        "confidence": event.score,
    }


def _observations(recording: Mapping[str, Any], place: str) -> Iterator[tuple[str, dict[str, Any]]]:
    """The observations of the name spaces that hold events, with where they stand."""
    for number, annotation in enumerate(recording["annotations"], start=1):
        if not isinstance(annotation, dict):
            raise DatasetError(f"{place}: annotation {number} is no object; give a JAMS file")
        if annotation.get("namespace") not in _NAMESPACES:
            continue
        data = annotation.get("data", [])
        rows = _transposed(data, place) if isinstance(data, dict) else data
        if not isinstance(rows, list):
            raise DatasetError(f"{place}: annotation {number} has no data; give a JAMS file")
        for position, row in enumerate(rows, start=1):
            where = f"{place}: observation {position}"
            if not isinstance(row, dict):
                raise DatasetError(f"{where} is no object; give a JAMS file")
            yield where, row


def _transposed(data: Mapping[str, Any], place: str) -> list[dict[str, Any]]:
    columns = list(data.values())
    if not all(isinstance(column, list) for column in columns) or len(set(map(len, columns))) > 1:
        raise DatasetError(f"{place}: the lists of its data differ in length; give a JAMS file")
    return [dict(zip(data, row, strict=True)) for row in zip(*columns, strict=True)]


def _collect(
    observation: Mapping[str, Any], name: str, collector: EventCollector, where: str
) -> None:
    value = observation.get("value")
    if isinstance(value, dict):
        if value.get("role") == "background":
            return
        value = value.get("label")
    confidence = observation.get("confidence")
    time, duration = observation.get("time"), observation.get("duration")
    if not (_is_number(time) and _is_number(duration)):
        raise DatasetError(f"{where}: time or duration is no number; mend the observation")
    collector.add(
        filename=name,
        onset=time,
        offset=round(time + duration, _DECIMALS),
        label=value if isinstance(value, str) else None,
        score=confidence if _is_number(confidence) else None,
        where=where,
    )


def _is_number(value: Any) -> TypeGuard[float]:
    return isinstance(value, int | float) and not isinstance(value, bool)
