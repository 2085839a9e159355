"""What every annotation format keeps to."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

from kikimimi.datasets.annotations.collecting import EventCollector
from kikimimi.types import Event

EventsByFile = Mapping[str, Sequence[Event]]
"""Events of each recording, by the name that the annotation has for it."""


@dataclass(frozen=True, slots=True)
class WritingOptions:
    """What a format may need to know beside the events.

    Attributes:
        list_empty: whether recordings without events get a row of their own, where the format has
            one for them (`dcase`, `csv`, `jsonl`).
        sample_rate_hz: of the recordings, if known; no frequency above its half is written.
        low_hz: lower edge of a selection (`raven`).
        high_hz: upper edge of a selection (`raven`), the Nyquist frequency if not given.
        durations_s: lengths of recordings, where known (`jams`).
    """

    list_empty: bool = False
    sample_rate_hz: float | None = None
    low_hz: float = 0.0
    high_hz: float | None = None
    durations_s: Mapping[str, float] = field(default_factory=dict)


class AnnotationFormat(Protocol):
    """A module that reads and writes one format."""

    NAME: str
    EXTENSIONS: tuple[str, ...]
    """Ends of file names, the usual one first."""
    NAMES_RECORDINGS: bool
    """Whether one file holds the events of many recordings; otherwise it is named after one."""

    def read(self, path: Path, collector: EventCollector) -> None:
        """Give every event of a file to `collector`.

        Raises:
            DatasetError: the file is not in the format; the message names the line.
        """
        ...

    def text(self, events_by_file: EventsByFile, options: WritingOptions) -> str:
        """The text of a file with these events, as many recordings as the format holds.

        Raises:
            DatasetError: a name or label has a character that the format cannot hold.
        """
        ...
