"""What every figure asks of events, classes and recordings."""

import math
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING

from kikimimi.names import suggestion
from kikimimi.types import Event

if TYPE_CHECKING:
    from kikimimi.metrics.detection.scores import DetectionScores

EventsByFile = Mapping[str, Sequence[Event]]
"""Events of each recording, by its name; a recording without events has an empty sequence."""


def check_classes(classes: Sequence[str]) -> dict[str, int]:
    """The column of each class.

    Raises:
        ValueError: there is no class, or one is named twice.
    """
    columns = {name: column for column, name in enumerate(classes)}
    if not columns:
        raise ValueError("there are no classes to evaluate")
    if len(columns) < len(classes):
        twice = next(name for n, name in enumerate(classes) if name in classes[:n])
        raise ValueError(f"the class '{twice}' is named twice")
    return columns


def check_event(event: Event, classes: Mapping[str, int] | None = None) -> None:
    """See that an event can be evaluated.

    Raises:
        ValueError: it is of none of `classes`, does not end after it begins, begins before 0 or
            has times that are not finite.
    """
    where = f"event '{event.event_label}' from {event.onset_s} s to {event.offset_s} s"
    if not (math.isfinite(event.onset_s) and math.isfinite(event.offset_s)):
        raise ValueError(f"{where}: times must be finite")
    if event.onset_s < 0:
        raise ValueError(f"{where}: begins before the recording")
    if event.offset_s <= event.onset_s:
        raise ValueError(f"{where}: must end after it begins")
    if classes is not None and event.event_label not in classes:
        raise ValueError(f"{where}: no such class; {suggestion(event.event_label, classes)}")


def check_files(
    reference: EventsByFile, estimated: EventsByFile, classes: Mapping[str, int]
) -> None:
    """See that two sets of events can be compared.

    Recordings of the reference for which nothing was estimated count as ones in which nothing was
    found. The other way round it is a mistake: a recording of which the reference knows nothing.

    Raises:
        ValueError: there is no recording, the reference lacks one, or an event cannot be
            evaluated; the message names the recording.
    """
    if not reference:
        raise ValueError("the reference names no recordings")
    for filename in estimated:
        if filename not in reference:
            raise ValueError(
                f"recording '{filename}' is not in the reference; {suggestion(filename, reference)}"
                if len(reference) <= 20
                else f"recording '{filename}' is not among the {len(reference)} of the reference"
            )
    for events_by_file in (reference, estimated):
        for filename, events in events_by_file.items():
            for event in events:
                try:
                    check_event(event, classes)
                except ValueError as error:
                    raise ValueError(f"recording '{filename}': {error}") from None


def labels_of(*events_by_file: EventsByFile) -> tuple[str, ...]:
    """All labels that occur, sorted."""
    return tuple(sorted({each.event_label for each in _all_events(events_by_file)}))


def _all_events(sets: Iterable[EventsByFile]) -> Iterable[Event]:
    return (event for files in sets for events in files.values() for event in events)


def check_scores(
    scores_by_file: "Mapping[str, DetectionScores]", reference: EventsByFile
) -> tuple[str, ...]:
    """The classes that all scores have; see that they and a reference can be compared.

    Raises:
        ValueError: recordings or classes differ, there is no recording, or an event cannot be
            evaluated; the message names the recording.
    """
    if not scores_by_file:
        raise ValueError("there are no scores to evaluate")
    classes = next(iter(scores_by_file.values())).classes
    for filename, scores in scores_by_file.items():
        if scores.classes != classes:
            raise ValueError(f"recording '{filename}': scores of other classes than the first ones")
    unscored = [filename for filename in reference if filename not in scores_by_file]
    if unscored:
        raise ValueError(f"recording '{unscored[0]}' of the reference has no scores")
    check_files(reference, dict.fromkeys(scores_by_file, ()), check_classes(classes))
    return classes
