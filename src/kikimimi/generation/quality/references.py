"""Real sounds that generated ones are compared with."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from kikimimi.audio.reading import read_clip
from kikimimi.errors import AudioError
from kikimimi.generation.contract import LONGEST_S
from kikimimi.generation.data import DataSettings, load_generation_data
from kikimimi.generation.mel import GENERATION_MEL
from kikimimi.types import FloatArray

MOST_REFERENCES = 200

BadFile = Callable[[Path, str], None]
"""Told of a file that cannot be read, and why."""


@dataclass(frozen=True, slots=True)
class ReferenceSet:
    """Files of real sounds; `name` says for people which they are."""

    name: str
    paths: tuple[Path, ...]

    def sounds(self, bad_file: BadFile | None = None) -> Iterator[FloatArray]:
        """Samples (T,) at 16 kHz, of each file a minute at most; bad files are left out."""
        for path in self.paths:
            try:
                clip = read_clip(
                    path, sample_rate_hz=GENERATION_MEL.sample_rate_hz, mono=True, end_s=LONGEST_S
                )
            except AudioError as error:
                if bad_file is not None:
                    bad_file(path, str(error))
                continue
            yield clip.samples[0]


def find_reference(
    root: Path, label: str | None = None, *, most: int = MOST_REFERENCES
) -> ReferenceSet:
    """The sounds of a data set or folder, those of one class where it has such a class.

    Args:
        root: as `kikimimi.generation.data.load_generation_data` takes it.
        label: a class.
        most: of more sounds so many are taken, evenly from the first to the last.

    Raises:
        DatasetError: there are no sounds, or the data set is malformed.
    """
    data = load_generation_data(root, DataSettings())
    name = data.name
    if label is not None and label in data.classes:
        data, name = data.of_class(data.classes.index(label)), f"{name}, class {label}"
    places = np.linspace(0, len(data.training) - 1, min(len(data.training), most))
    return ReferenceSet(name, tuple(data.training[int(place)] for place in places))
