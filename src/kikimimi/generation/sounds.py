"""The sounds of a training, listed and turned into spectrograms.

Axes: S sounds, F mel bands, M mel frames.
"""

import hashlib
import os
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from kikimimi.errors import DatasetError
from kikimimi.generation.data import DataSettings, GenerationData, load_generation_data
from kikimimi.generation.mel_bank import BadFile, MelBank, Progress, open_mel_bank

_MOST_WATCHED = 100


@dataclass(frozen=True, slots=True, eq=False)
class Sounds:
    """Training sounds first, then those held out, as one bank."""

    data: GenerationData
    bank: MelBank
    bad_files: int

    @property
    def training(self) -> NDArray[np.int64]:
        """Numbers of the training sounds that could be read."""
        return self._readable(0, len(self.data.training))

    @property
    def held_out(self) -> NDArray[np.int64]:
        """Numbers of the held-out sounds that could be read."""
        return self._readable(len(self.data.training), len(self.bank))

    @property
    def labels(self) -> tuple[int, ...]:
        """Label of each sound of the bank, -1 for none."""
        return self.data.training_labels + self.data.held_out_labels

    @property
    def paths(self) -> tuple[Path, ...]:
        """File of each sound of the bank."""
        return self.data.training + self.data.held_out

    def names_digest(self) -> str:
        """SHA-256 of the names of the training files; a moved folder has the same."""
        digest = hashlib.sha256()
        for path in self.data.training:
            digest.update(os.fsencode(path.name) + b"\0")
        return digest.hexdigest()

    def watched(self) -> NDArray[np.int64]:
        """Numbers of some held-out sounds, of training ones if none are held out."""
        return evenly_chosen(self.held_out if len(self.held_out) else self.training)

    def beginnings(self, numbers: NDArray[np.int64], frames: int) -> Tensor:
        """The beginnings (S, F, frames) of sounds."""
        crops = [self.bank.crop(int(number), 0, frames) for number in numbers]
        return torch.from_numpy(np.stack(crops))

    def _readable(self, first: int, last: int) -> NDArray[np.int64]:
        numbers = np.arange(first, last)
        return numbers[np.diff(self.bank.offsets)[first:last] > 0]


def evenly_chosen(numbers: NDArray[np.int64]) -> NDArray[np.int64]:
    """At most 100 of them, from the first to the last."""
    places = np.linspace(0, len(numbers) - 1, min(len(numbers), _MOST_WATCHED))
    return numbers[places.astype(int)]


def open_sounds(
    root: Path,
    settings: DataSettings,
    *,
    cache: Path,
    held_out_fold: int | None = None,
    progress: Progress | None = None,
    bad_file: BadFile | None = None,
) -> Sounds:
    """List the sounds under `root` and compute their spectrograms, unless that has been done.

    Args:
        root: the folder of the data.
        settings: what of it is heard.
        cache: folder for spectrograms.
        held_out_fold: clips of this fold are only watched; None to train on all.
        progress: told after each sound.
        bad_file: told of each file that cannot be read; it is left out.

    Raises:
        ConfigError: there is no such data set, class or fold.
        DatasetError: there are no sounds, or none that can be read.
    """
    data = load_generation_data(root, settings, held_out_fold=held_out_fold)
    bad: list[Path] = []

    def note(path: Path, reason: str) -> None:
        bad.append(path)
        if bad_file is not None:
            bad_file(path, reason)

    bank = open_mel_bank(
        data.training + data.held_out,
        longest_s=settings.longest_s,
        cache=cache,
        progress=progress,
        bad_file=note,
    )
    sounds = Sounds(data, bank, len(bad))
    if not len(sounds.training):
        raise DatasetError("none of the training sounds can be read; give others")
    return sounds
