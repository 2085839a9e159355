"""What the data sets of sound events have in common: splits that are read when asked for."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from kikimimi.audio.probing import probe
from kikimimi.datasets.event_records import EventClip
from kikimimi.datasets.tables import counted, listed
from kikimimi.errors import AudioError, ConfigError, DatasetError
from kikimimi.names import suggestion
from kikimimi.paths import display_path

ReadSplit = Callable[[], tuple[EventClip, ...]]

_BEYOND_END_S = 0.5
"""By how much an annotation may pass the end of its recording: lengths are often rounded."""


@dataclass(frozen=True, eq=False)
class FolderEventDataset:
    """A data set in a folder; see `EventDataset`."""

    name: str
    root: Path
    classes: tuple[str, ...]
    scenes: tuple[str, ...]
    readers: Mapping[str, ReadSplit]
    _read: dict[str, tuple[EventClip, ...]] = field(default_factory=dict, init=False, repr=False)

    @property
    def splits(self) -> tuple[str, ...]:
        """The splits that are there."""
        return tuple(self.readers)

    def clips(self, split: str) -> tuple[EventClip, ...]:
        """The clips of a split; see `EventDataset.clips`."""
        if split not in self.readers:
            raise ConfigError(
                f"{display_path(self.root)}: {self.name} has no split '{split}' here; "
                f"{suggestion(split, self.readers)}"
            )
        if split not in self._read:
            self._read[split] = self.readers[split]()
        return self._read[split]

    def validate(self) -> None:
        """Check every split; see `EventDataset.validate`."""
        every = {clip.path: clip for split in self.splits for clip in self.clips(split)}
        if not every:
            raise DatasetError(
                f"{display_path(self.root)}: holds no clips; give a complete copy of {self.name}"
            )
        faults: dict[str, str] = {}
        for path, clip in every.items():
            try:
                _check_clip(clip)
            except (AudioError, DatasetError) as error:
                faults[str(path)] = str(error)
        if faults:
            raise DatasetError(
                f"{display_path(self.root)}: {counted(list(faults), 'clip')} of {len(every)} "
                f"cannot be used: {listed(list(faults))}; the first: {next(iter(faults.values()))}"
            )


def _check_clip(clip: EventClip) -> None:
    length_s = probe(clip.path).duration_s
    last_s = max((event.offset_s for event in clip.events or ()), default=0.0)
    if last_s > length_s + _BEYOND_END_S:
        raise DatasetError(
            f"{display_path(clip.path)}: lasts {length_s:.2f} s, but an event ends at "
            f"{last_s:.2f} s; mend its annotation"
        )
