"""The records that data sets give for a clip."""

from dataclasses import dataclass
from pathlib import Path
from typing import Protocol


class DatasetClip(Protocol):
    """What the records of every data set have in common.

    `targets` are the numbers of the `labels` in the data set's own order. `fold` is the official
    fold, or the number of the split (see `Dataset.SPLITS`). Clips with the same `source_id` were
    cut from one recording and should never stand on both sides of a split.
    """

    @property
    def path(self) -> Path:
        """The audio file."""
        ...

    @property
    def labels(self) -> tuple[str, ...]:
        """Names of all that the clip is."""
        ...

    @property
    def targets(self) -> tuple[int, ...]:
        """Their numbers, in the order of the labels."""
        ...

    @property
    def fold(self) -> int:
        """Number of the fold or of the split."""
        ...

    @property
    def source_id(self) -> str:
        """The recording that the clip was cut from."""
        ...


@dataclass(frozen=True, slots=True)
class LabelledClip:
    """One clip of a data set with one label.

    `target` is the number of the label in the data set's own order, `fold` the official fold.
    Clips with the same `source_id` were cut from one recording, `take` tells them apart.
    """

    path: Path
    label: str
    target: int
    fold: int
    source_id: str
    take: str

    @property
    def labels(self) -> tuple[str, ...]:
        """The one label."""
        return (self.label,)

    @property
    def targets(self) -> tuple[int, ...]:
        """The one target."""
        return (self.target,)


@dataclass(frozen=True, slots=True)
class MultiLabelClip:
    """One clip of a data set with any number of labels at once.

    `licence` is the licence of the clip itself as the data set writes it, empty if it does not.
    """

    path: Path
    labels: tuple[str, ...]
    targets: tuple[int, ...]
    fold: int
    source_id: str
    licence: str = ""
