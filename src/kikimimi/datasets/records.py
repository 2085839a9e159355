"""The record that every labelled data set gives for a clip."""

from dataclasses import dataclass
from pathlib import Path


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
