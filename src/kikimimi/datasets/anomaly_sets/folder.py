"""What the data sets of machine sounds have in common: machine types that are read when asked."""

import hashlib
import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from kikimimi.audio.discovery import is_audio_path
from kikimimi.audio.probing import probe
from kikimimi.datasets.machine_records import MachineClip, Split
from kikimimi.datasets.tables import counted, listed
from kikimimi.errors import AudioError, ConfigError, DatasetError
from kikimimi.names import suggestion
from kikimimi.paths import display_path

ReadMachine = Callable[[], tuple[MachineClip, ...]]


@dataclass(frozen=True, eq=False)
class FolderMachineDataset:
    """A data set in a folder; see `MachineDataset`."""

    name: str
    root: Path
    readers: Mapping[str, ReadMachine]
    _read: dict[str, tuple[MachineClip, ...]] = field(default_factory=dict, init=False, repr=False)

    @property
    def machines(self) -> tuple[str, ...]:
        """The machine types that are there."""
        return tuple(sorted(self.readers))

    def clips(self, machine: str, split: Split) -> tuple[MachineClip, ...]:
        """The clips of a machine type; see `MachineDataset.clips`."""
        if machine not in self.readers:
            raise ConfigError(
                f"{display_path(self.root)}: {self.name} has no machine '{machine}' here; "
                f"{suggestion(machine, self.machines)}"
            )
        if machine not in self._read:
            self._read[machine] = self.readers[machine]()
        return tuple(clip for clip in self._read[machine] if clip.split == split)

    def validate(self) -> None:
        """Check every machine type; see `MachineDataset.validate`."""
        for machine in self.machines:
            if not self.clips(machine, "train"):
                raise DatasetError(
                    f"{display_path(self.root)}: {self.name} has no training clips of '{machine}'; "
                    "give a complete copy"
                )
        splits: tuple[Split, ...] = ("train", "test")
        every = [c.path for m in self.machines for split in splits for c in self.clips(m, split)]
        faults: dict[str, str] = {}
        for path in every:
            try:
                probe(path)
            except AudioError as error:
                faults[str(path)] = str(error)
        if faults:
            raise DatasetError(
                f"{display_path(self.root)}: {counted(list(faults), 'clip')} of {len(every)} "
                f"cannot be used: {listed(list(faults))}; the first: {next(iter(faults.values()))}"
            )


def audio_in(folder: Path) -> list[Path]:
    """The audio files of a folder, in order of their names; none if there is no such folder."""
    if not folder.is_dir():
        return []
    return sorted(path for path in folder.iterdir() if is_audio_path(path) and path.is_file())


def subfolders(folder: Path) -> list[Path]:
    """The folders in a folder, in order of their names; none if it is no folder."""
    return sorted(path for path in folder.iterdir() if path.is_dir()) if folder.is_dir() else []


def held_out(normal: Sequence[Path], anomalies: int) -> tuple[list[Path], list[Path]]:
    """Normal clips to train on, and as many to test on as there are anomalies.

    At most half are taken for the test. Which ones depends on their names alone.
    """
    count = min(anomalies, len(normal) // 2)
    test = set(sorted(normal, key=_digest)[:count])
    return [path for path in normal if path not in test], sorted(test)


def section_clips(
    machine: str, section: str, *, normal: Sequence[Path], anomalous: Sequence[Path]
) -> list[MachineClip]:
    """The clips of a section without an official split: see `held_out`; one domain."""
    train, test = held_out(normal, len(anomalous))
    return [
        *(MachineClip(path, machine, section, "train", "source", False) for path in train),
        *(MachineClip(path, machine, section, "test", "source", False) for path in test),
        *(MachineClip(path, machine, section, "test", "source", True) for path in anomalous),
    ]


def _digest(path: Path) -> bytes:
    return hashlib.blake2b(os.fsencode(path.name), digest_size=16).digest()
