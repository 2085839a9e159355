"""Records of machine sounds, and what every data set of them offers."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal, Protocol

Split = Literal["train", "test"]
Domain = Literal["source", "target"]


@dataclass(frozen=True, slots=True)
class MachineClip:
    """A recording of a machine.

    Attributes:
        path: the audio file.
        machine: the machine type, for example "fan".
        section: which part of the data of that type, "00" and so on: a machine id (2020), a domain
            shift (2021, 2022), or "00" alone.
        split: "train" or "test".
        domain: "source" or "target"; "source" where a data set knows no domains.
        anomalous: the truth; None where it is not told, as in evaluation sets.
        attributes: what is known of operation and surroundings, by name.
    """

    path: Path
    machine: str
    section: str
    split: Split
    domain: Domain
    anomalous: bool | None
    attributes: Mapping[str, str] = field(default_factory=dict, hash=False)


class MachineDataset(Protocol):
    """A data set of machine sounds in a folder."""

    @property
    def name(self) -> str:
        """Name of the data set."""
        ...

    @property
    def machines(self) -> tuple[str, ...]:
        """The machine types that are there, in alphabetical order."""
        ...

    def clips(self, machine: str, split: Split) -> tuple[MachineClip, ...]:
        """The clips of a machine type, always in the same order; no audio is opened.

        Raises:
            ConfigError: there is no such machine type.
            DatasetError: a table or an audio file is missing or malformed.
        """
        ...

    def validate(self) -> None:
        """Check that an evaluation can begin: nothing missing, every file readable.

        Raises:
            DatasetError: it cannot; the message names the fault.
        """
        ...


def sections_of(clips: Iterable[MachineClip]) -> tuple[str, ...]:
    """The sections of clips, in alphabetical order."""
    return tuple(sorted({clip.section for clip in clips}))
