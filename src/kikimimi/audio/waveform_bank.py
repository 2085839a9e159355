"""All clips of a small data set decoded once, so that training reads samples and not files.

Axes: C clips, T samples of one clip.
"""

import hashlib
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from kikimimi.audio.reading import read_clip
from kikimimi.errors import DatasetError, KikimimiError
from kikimimi.files import draft_of
from kikimimi.types import FloatArray

Progress = Callable[[int, int, Path, float], None]
"""Told how many clips of how many are decoded, the last one, and seconds of sound so far."""

Fault = Callable[[Path, str], None]
"""Told of a clip that cannot be read, and why."""

_FULL_SCALE = 32767
_NAMED_FAULTS = 3


@dataclass(frozen=True, slots=True, eq=False)
class WaveformBank:
    """Mono clips at one sample rate, 16-bit and memory-mapped.

    `samples` holds all clips one after the other, clip c from `offsets[c]` to `offsets[c + 1]`. A
    clip that could not be read, where that is allowed, holds no samples.
    """

    samples: np.ndarray
    offsets: np.ndarray
    sample_rate_hz: int

    def __len__(self) -> int:
        return len(self.offsets) - 1

    def __getitem__(self, number: int) -> FloatArray:
        """The samples (T,) of a clip, in [-1, 1]."""
        stretch = self.samples[self.offsets[number] : self.offsets[number + 1]]
        return stretch.astype(np.float32) / np.float32(_FULL_SCALE)


def open_bank(
    paths: Sequence[Path],
    *,
    sample_rate_hz: int,
    longest_s: float,
    cache: Path,
    progress: Progress | None = None,
    fault: Fault | None = None,
) -> WaveformBank:
    """Decode clips into a folder of `cache`, or open what an earlier call has decoded.

    The folder is named after the paths, sizes and times of change, so that a changed data set is
    decoded anew. Longer clips are cut after `longest_s`.

    Args:
        paths: the clips.
        sample_rate_hz: of the bank.
        longest_s: the most that is kept of a clip.
        cache: folder of all banks.
        progress: told after each clip that is decoded.
        fault: told of clips that cannot be read, which then hold no samples; without it they are
            an error.

    Raises:
        DatasetError: clips cannot be read; all are tried first, and the message names the first
            three. With `fault`: none of them can.
    """
    place = cache / _digest(paths, sample_rate_hz, longest_s)
    if fault is not None:
        place = place.with_name(f"{place.name}-skipping")
    if not (place / "offsets.npy").exists():
        _decode_all(paths, place, sample_rate_hz, longest_s, progress, skip=fault is not None)
    bank = WaveformBank(
        samples=np.memmap(place / "samples.i16", dtype=np.int16, mode="r"),
        offsets=np.load(place / "offsets.npy"),
        sample_rate_hz=sample_rate_hz,
    )
    if fault is not None:
        _tell_faults(place, paths, fault)
    return bank


def _decode_all(
    paths: Sequence[Path],
    place: Path,
    sample_rate_hz: int,
    longest_s: float,
    progress: Progress | None,
    *,
    skip: bool,
) -> None:
    place.mkdir(parents=True, exist_ok=True)
    lengths: list[int] = []
    faults: dict[int, str] = {}
    with draft_of(place / "samples.i16") as draft, draft.open("wb") as file:
        for number, path in enumerate(paths):
            try:
                clip = _read(path, sample_rate_hz, longest_s)
            except KikimimiError as error:
                faults[number] = str(error)
                lengths.append(0)
                continue
            lengths.append(len(clip))
            file.write(_as_16_bit(clip).tobytes())
            if progress is not None:
                progress(number + 1, len(paths), path, sum(lengths) / sample_rate_hz)
        if not skip or len(faults) == len(paths):
            _refuse_faults(list(faults.values()), len(paths))
    with draft_of(place / "faults.json") as draft:
        draft.write_text(json.dumps(faults), encoding="utf-8")
    with draft_of(place / "offsets.npy") as draft, draft.open("wb") as file:
        np.save(file, np.concatenate([[0], np.cumsum(lengths)]).astype(np.int64))


def _read(path: Path, sample_rate_hz: int, longest_s: float) -> FloatArray:
    clip = read_clip(path, sample_rate_hz=sample_rate_hz, mono=True, end_s=longest_s)
    return clip.samples[0]


def _tell_faults(place: Path, paths: Sequence[Path], fault: Fault) -> None:
    faults = json.loads((place / "faults.json").read_text(encoding="utf-8"))
    for number, reason in faults.items():
        fault(paths[int(number)], reason)


def _refuse_faults(faults: list[str], count: int) -> None:
    if faults:
        named = "; ".join(faults[:_NAMED_FAULTS])
        raise DatasetError(
            f"{len(faults)} of {count} clips cannot be read: {named}; mend or remove them"
        )


def _as_16_bit(clip: FloatArray) -> np.ndarray:
    return np.clip(np.round(clip * _FULL_SCALE), -_FULL_SCALE, _FULL_SCALE).astype(np.int16)


def _digest(paths: Sequence[Path], sample_rate_hz: int, longest_s: float) -> str:
    described = [[str(path.absolute()), *_facts(path)] for path in paths]
    text = json.dumps([described, sample_rate_hz, longest_s])
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def _facts(path: Path) -> tuple[int, int]:
    try:
        facts = path.stat()
    except OSError:
        return 0, 0
    return facts.st_size, facts.st_mtime_ns
