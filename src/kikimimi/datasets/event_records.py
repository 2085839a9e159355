"""Records of clips in which sounds have times, and what every data set of them offers."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from kikimimi.types import Event


@dataclass(frozen=True, slots=True)
class EventClip:
    """A clip of a data set of sound events.

    Attributes:
        path: the audio file.
        events: strong labels, empty if nothing sounds; None if nobody has said when what sounds.
        labels: the classes that sound in it; None if nobody has said. With strong labels they are
            the classes of the events. Both None: an unlabelled clip.
        split: train, validation, test, weak, unlabelled, as the data set has them.
        scene: where it was recorded, if known.
        source_id: the recording that it was cut from; never on both sides of a split.
        duration_s: length in seconds, if the data set tells it.
    """

    path: Path
    events: tuple[Event, ...] | None
    labels: tuple[str, ...] | None
    split: str
    scene: str | None
    source_id: str
    duration_s: float | None = None


class EventDataset(Protocol):
    """A data set of sound events in a folder."""

    @property
    def name(self) -> str:
        """Name of the data set."""
        ...

    @property
    def classes(self) -> tuple[str, ...]:
        """Event labels in the order of their numbers; empty if it has scenes only."""
        ...

    @property
    def scenes(self) -> tuple[str, ...]:
        """Scene labels in the order of their numbers; empty if it has none."""
        ...

    @property
    def splits(self) -> tuple[str, ...]:
        """The splits that are there."""
        ...

    def clips(self, split: str) -> tuple[EventClip, ...]:
        """The clips of a split, always in the same order; no audio is opened.

        Raises:
            ConfigError: there is no such split.
            DatasetError: a table or an audio file is missing or malformed.
        """
        ...

    def validate(self) -> None:
        """Check that a training can begin: nothing missing, every file readable.

        Raises:
            DatasetError: it cannot; the message names the fault.
        """
        ...


def labels_of(events: Iterable[Event]) -> tuple[str, ...]:
    """The classes of events, in alphabetical order."""
    return tuple(sorted({event.event_label for event in events}))


def classes_of(events_by_file: Mapping[str, tuple[Event, ...]]) -> tuple[str, ...]:
    """The classes of many recordings, in alphabetical order."""
    return labels_of(event for events in events_by_file.values() for event in events)
