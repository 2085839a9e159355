"""Spectrograms of all training sounds, computed once, and batches cut out of them.

Axes: S sounds, F mel bands, M mel frames, B examples.
"""

import hashlib
import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from kikimimi.audio.reading import read_clip
from kikimimi.errors import DatasetError, KikimimiError
from kikimimi.files import draft_of
from kikimimi.generation.mel import GENERATION_MEL, GenerationMel, unit_scaled
from kikimimi.training.seeds import epoch_generator
from kikimimi.training.trainable import Shard
from kikimimi.types import FloatArray

Progress = Callable[[int, int, Path, float], None]
"""Told how many sounds of how many are done, the last one, and seconds of sound so far."""

BadFile = Callable[[Path, str], None]
"""Told of a file that cannot be read, and why."""

_SILENT = 0.02
"""Frames whose loudest band lies under this, on the unit scale, count as silent."""


@dataclass(frozen=True, slots=True, eq=False)
class MelBank:
    """Spectrograms on the unit scale, one after the other in memory-mapped half precision.

    `frames` is (all frames, F); sound s has those from `offsets[s]` to `offsets[s + 1]`, none if
    its file could not be read. `sounding[s]` counts its frames up to the last that is not silent.
    """

    frames: NDArray[np.float16]
    offsets: NDArray[np.int64]
    sounding: NDArray[np.int64]

    def __len__(self) -> int:
        return len(self.offsets) - 1

    def length(self, number: int) -> int:
        """Frames of a sound."""
        return int(self.offsets[number + 1] - self.offsets[number])

    def crop(self, number: int, start: int, frames: int) -> FloatArray:
        """Frames of a sound (F, frames); what lies outside of it is silence, which is 0."""
        length = self.length(number)
        result = np.zeros((self.frames.shape[1], frames), np.float32)
        first, last = max(start, 0), min(start + frames, length)
        if first < last:
            at = int(self.offsets[number])
            result[:, first - start : last - start] = self.frames[at + first : at + last].T
        return result

    def whole(self, number: int) -> FloatArray:
        """All frames of a sound (F, M)."""
        return self.crop(number, 0, self.length(number))


def open_mel_bank(
    paths: Sequence[Path],
    *,
    longest_s: float,
    cache: Path,
    progress: Progress | None = None,
    bad_file: BadFile | None = None,
) -> MelBank:
    """Compute spectrograms into a folder of `cache`, or open what an earlier call has computed.

    The folder is named after the paths, sizes and times of change, and the front end.

    Args:
        paths: the sounds, mixed to one channel; longer ones are cut after `longest_s`.
        longest_s: the most that is heard of each.
        cache: folder of all banks.
        progress: told after each sound.
        bad_file: told of files that cannot be read, which then have no frames.

    Raises:
        DatasetError: no file can be read.
    """
    place = cache / f"generation-{_digest(paths, longest_s)}"
    if not (place / "offsets.npy").exists():
        place.mkdir(parents=True, exist_ok=True)
        _fill(place, paths, longest_s, progress)
    faults = json.loads((place / "faults.json").read_text(encoding="utf-8"))
    for number, reason in faults.items():
        if bad_file is not None:
            bad_file(paths[int(number)], reason)
    offsets = np.load(place / "offsets.npy", allow_pickle=False)
    shape = (int(offsets[-1]), GENERATION_MEL.n_mels)
    return MelBank(
        frames=np.memmap(place / "frames.f16", dtype=np.float16, mode="r", shape=shape),
        offsets=offsets,
        sounding=np.load(place / "sounding.npy", allow_pickle=False),
    )


def _fill(place: Path, paths: Sequence[Path], longest_s: float, progress: Progress | None) -> None:
    front_end = GenerationMel()
    rate_hz = GENERATION_MEL.sample_rate_hz
    lengths: list[int] = [0]
    sounding: list[int] = []
    faults: dict[int, str] = {}
    heard_s = 0.0
    with draft_of(place / "frames.f16") as draft, draft.open("wb") as file:
        for number, path in enumerate(paths):
            try:
                clip = read_clip(path, sample_rate_hz=rate_hz, mono=True, end_s=longest_s)
                maps = unit_scaled(front_end(clip.samples[0]))
            except KikimimiError as error:
                faults[number] = str(error)
                lengths.append(0)
                sounding.append(0)
                continue
            file.write(np.ascontiguousarray(maps.T, dtype=np.float16).tobytes())
            lengths.append(maps.shape[1])
            loud = np.flatnonzero(maps.max(axis=0) > _SILENT)
            sounding.append(int(loud[-1]) + 1 if len(loud) else 0)
            heard_s += clip.duration_s
            if progress is not None:
                progress(number + 1, len(paths), path, heard_s)
        if len(faults) == len(paths):
            raise DatasetError(
                f"none of {len(paths)} sounds can be read: {next(iter(faults.values()), '')}"
            )
    with draft_of(place / "faults.json") as draft:
        draft.write_text(json.dumps(faults), encoding="utf-8")
    _write_numbers(place / "sounding.npy", sounding)
    # the last to be written: a folder that has it is whole
    _write_numbers(place / "offsets.npy", np.cumsum(lengths).tolist())


def _write_numbers(path: Path, values: Sequence[int]) -> None:
    with draft_of(path) as draft, draft.open("wb") as file:
        np.save(file, np.asarray(values, dtype=np.int64))


def _digest(paths: Sequence[Path], longest_s: float) -> str:
    described = [[str(path.absolute()), *_facts(path)] for path in paths]
    text = json.dumps([described, longest_s, GENERATION_MEL.to_dict()], sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def _facts(path: Path) -> tuple[int, int]:
    try:
        facts = path.stat()
    except OSError:
        return 0, 0
    return facts.st_size, facts.st_mtime_ns


@dataclass(frozen=True, slots=True)
class CropBatch:
    """Crops of sounds on the unit scale."""

    mel: Tensor
    """(B, F, M)."""
    numbers: Tensor
    """(B,) of the sounds in the bank."""
    epoch: int
    seed: int
    """For the random changes of this batch."""


@dataclass(frozen=True, slots=True, eq=False)
class CropBatches:
    """Crops of equal length; the batches of an epoch are a function of seed, epoch and shard.

    Attributes:
        bank: the sounds.
        numbers: which of them are heard; those without frames are left out.
        frames: length M of a crop.
        batch_size: crops of a batch B.
        steps: batches of an epoch.
        seed: of the training.
        whole: begin at the first frame, `shift` frames sooner or later; else anywhere.
        shift: the most that a whole sound is moved.
        gain: the most that a crop becomes louder or softer, on the unit scale.
    """

    bank: MelBank
    numbers: NDArray[np.int64]
    frames: int
    batch_size: int
    steps: int
    seed: int
    whole: bool = False
    shift: int = 0
    gain: float = 0.0

    def epoch(self, epoch: int, shard: Shard) -> Iterator[CropBatch]:
        """The batches of an epoch for one process."""
        heard = self.numbers[self.bank.sounding[self.numbers] > 0]
        if not len(heard):
            raise DatasetError("all sounds are silent or cannot be read; give others")
        order = sound_order(heard, self, epoch, shard)
        generator = epoch_generator(self.seed, epoch, rank=shard.rank)
        for row in order:
            mel = np.stack([self._crop(int(number), generator) for number in row])
            seed = int(generator.integers(2**31))
            yield CropBatch(torch.from_numpy(mel), torch.from_numpy(row), epoch, seed)

    def _crop(self, number: int, generator: np.random.Generator) -> FloatArray:
        if self.whole:
            longest = max(0, self.bank.length(number) - self.frames)
            start = int(generator.integers(0, longest + 1))
            start += int(generator.integers(-self.shift, self.shift + 1))
        else:
            # half a crop of what follows a sound at the most: silence teaches little
            last = max(0, int(self.bank.sounding[number]) - self.frames // 2)
            start = int(generator.integers(0, last + 1))
        crop = self.bank.crop(number, start, self.frames)
        if self.gain:
            louder = np.float32(generator.uniform(-self.gain, self.gain))
            crop = np.where(crop > 0, np.clip(crop + louder, 0, None), crop)
        return crop


def sound_order(
    numbers: NDArray[np.int64], batches: CropBatches, epoch: int, shard: Shard
) -> NDArray[np.int64]:
    """Sounds (steps, B) of an epoch: each once before any is heard again."""
    generator = epoch_generator(batches.seed, epoch)
    wanted = batches.steps * batches.batch_size * shard.world_size
    passes = -(-wanted // len(numbers))
    order = np.concatenate([generator.permutation(numbers) for _ in range(passes)])[:wanted]
    return order[shard.rank :: shard.world_size].reshape(batches.steps, batches.batch_size)
