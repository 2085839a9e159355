"""Batches of random crops, each a function of (seed, epoch, rank, place) alone.

Axes: B examples, V views (crops of one clip that belong together), T samples.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from torch import Tensor
from torch.utils.data import DataLoader, Dataset

from kikimimi.audio.augment.crop import RandomCrop
from kikimimi.errors import AudioError, ConfigError, DatasetError
from kikimimi.pretraining.crops.files import AudioFiles
from kikimimi.pretraining.crops.reading import ReadStretch
from kikimimi.training.seeds import epoch_generator
from kikimimi.training.trainable import Shard
from kikimimi.types import FloatArray

BadFile = Callable[[Path, str], None]
"""Told of a file that cannot be read, and why."""

_ATTEMPTS = 20


@dataclass(frozen=True, slots=True)
class CropSettings:
    """Which stretches of the files are heard."""

    crop_s: float = 1.0
    stretch_s: float = 10.0
    """The most of a file that is decoded at a visit; its crops come from there."""
    crops_per_file: int = 1
    """Examples that are made at one visit of a file, side by side in a batch: more save decoding.
    Keep it at 1 for contrastive methods, which would take them for different sounds."""
    min_sound: float = 0.1
    """Least part of a crop that is sound and not digital silence, where the stretch allows it."""
    cache_s: float | None = None
    """Decode each file once, up to this length, into 16-bit samples on disk, which makes small data
    sets much faster; null for never."""
    cache_files: int = 10_000
    """More files than this are never decoded to disk."""

    def __post_init__(self) -> None:
        if not 0 < self.crop_s <= self.stretch_s:
            raise ConfigError("crop_s must be above 0 and at most stretch_s")
        if self.crops_per_file < 1:
            raise ConfigError("crops_per_file must be 1 or more")
        if self.cache_s is not None and not self.cache_s > 0:
            raise ConfigError("cache_s must be above 0, or null")


@dataclass(frozen=True, slots=True)
class CropBatch:
    """`samples` (B, V, T), `files` (B,) the numbers of the files they are from.

    `faults` are files that could not be read, with the reason; others stand in for them. A batch
    for which no file could be found is empty.
    """

    samples: Tensor
    files: Tensor
    faults: tuple[tuple[int, str], ...] = ()


class CropBatches(Dataset[CropBatch]):
    """The batches of one epoch; item b is the same whoever asks for it, and when.

    Args:
        read: gives stretches of files.
        order: numbers of the files in the order of the epoch.
        crop: cuts a crop out of a stretch.
        views: V.
        files_per_batch: B / `crops_per_file`.
        crops_per_file: examples from one stretch.
        seed: what the random numbers depend on, beside the place in the order.
    """

    def __init__(
        self,
        read: ReadStretch,
        order: np.ndarray,
        crop: RandomCrop,
        *,
        views: int,
        files_per_batch: int,
        crops_per_file: int,
        seed: tuple[int, ...],
    ) -> None:
        self._read, self._order, self._crop = read, order, crop
        self._views, self._per_file = views, crops_per_file
        self._files_per_batch, self._seed = files_per_batch, seed

    def __len__(self) -> int:
        return len(self._order) // self._files_per_batch

    def __getitem__(self, number: int) -> CropBatch:
        first = number * self._files_per_batch
        crops: list[FloatArray] = []
        files: list[int] = []
        faults: list[tuple[int, str]] = []
        for place in range(first, first + self._files_per_batch):
            generator = np.random.default_rng((*self._seed, place))
            found = self._stretch(int(self._order[place]), generator, faults)
            if found is None:
                nothing = torch.zeros(0)
                return CropBatch(nothing, nothing.long(), tuple(faults))
            file, stretch = found
            count = self._per_file * self._views
            crops += [self._crop(stretch, generator) for _ in range(count)]
            files += [file] * self._per_file
        shape = (len(files), self._views, -1)
        samples = torch.from_numpy(np.stack(crops)).reshape(shape)
        return CropBatch(samples, torch.tensor(files), tuple(faults))

    def _stretch(
        self, file: int, generator: np.random.Generator, faults: list[tuple[int, str]]
    ) -> tuple[int, FloatArray] | None:
        """The first file that can be read, from `file` on at random, and a stretch of it."""
        for _ in range(_ATTEMPTS):
            try:
                return file, self._read(file, generator)
            except AudioError as error:
                faults.append((file, str(error)))
                file = int(generator.choice(self._order))
        return None


class CropStream:
    """Batches of crops, epoch by epoch; a bad file is reported once and left out.

    Args:
        files: what is heard.
        read: gives stretches of them.
        settings: which crops.
        sample_rate_hz: of the stretches.
        views: V.
        batch_size: B.
        seed: of all chance.
        workers: processes that decode; 0 decodes in this one.
        bad_file: told of each bad file.

    Raises:
        ConfigError: the batch size is no multiple of `crops_per_file`.
    """

    def __init__(
        self,
        files: AudioFiles,
        read: ReadStretch,
        settings: CropSettings,
        *,
        sample_rate_hz: int,
        views: int,
        batch_size: int,
        seed: int,
        workers: int = 0,
        bad_file: BadFile | None = None,
    ) -> None:
        if batch_size < 1 or batch_size % settings.crops_per_file:
            raise ConfigError(
                f"batch_size must be a multiple of {settings.crops_per_file} crops a file, but is "
                f"{batch_size}"
            )
        self._files, self._read, self._settings = files, read, settings
        self._crop = RandomCrop(sample_rate_hz, settings.crop_s, min_sound=settings.min_sound)
        self._views, self._seed, self._workers = views, seed, workers
        self._files_per_batch = batch_size // settings.crops_per_file
        self._bad_file = bad_file
        self._bad: set[int] = set()

    def __len__(self) -> int:
        """Files."""
        return len(self._files)

    @property
    def bad_files(self) -> int:
        """How many files could not be read so far."""
        return len(self._bad)

    def steps_per_epoch(self, world_size: int) -> int:
        """Batches of an epoch for each process."""
        return len(self._files) // world_size // self._files_per_batch

    def batches(self, epoch: int, shard: Shard) -> Iterator[CropBatch]:
        """Each file is visited once, in an order of its own each epoch.

        Raises:
            DatasetError: hardly any file can be read.
        """
        places = shard.take(range(len(self._files)))
        order = epoch_generator(self._seed, epoch).permutation(len(self._files))
        made = CropBatches(
            self._read,
            order[places.start : places.stop : places.step],
            self._crop,
            views=self._views,
            files_per_batch=self._files_per_batch,
            crops_per_file=self._settings.crops_per_file,
            seed=(self._seed, epoch, shard.rank),
        )
        for batch in DataLoader(made, batch_size=None, num_workers=self._workers):
            self._tell(batch)
            yield batch

    def sample(self, most: int) -> Iterator[FloatArray]:
        """A crop (T,) of each of `most` files at most, evenly chosen: always the same ones.

        Raises:
            DatasetError: none of them can be read.
        """
        count = min(most, len(self._files))
        heard = 0
        for number in np.linspace(0, len(self._files) - 1, count).astype(int):
            generator = np.random.default_rng((self._seed, int(number)))
            try:
                stretch = self._read(int(number), generator)
            except AudioError as error:
                self._report(int(number), str(error))
                continue
            heard += 1
            yield self._crop(stretch, generator)
        if heard == 0:
            raise self._unreadable()

    def _tell(self, batch: CropBatch) -> None:
        for number, reason in batch.faults:
            self._report(number, reason)
        if len(batch.samples) == 0:
            raise self._unreadable()

    def _report(self, number: int, reason: str) -> None:
        if number in self._bad:
            return
        self._bad.add(number)
        if self._bad_file is not None:
            self._bad_file(self._files[number], reason)

    def _unreadable(self) -> DatasetError:
        return DatasetError(
            f"{len(self._bad)} of {len(self._files)} files were tried and none can be read; mend "
            "or remove bad files"
        )
