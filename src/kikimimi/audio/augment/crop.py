"""Stretches of one length out of clips of any length. T samples, L samples of a crop."""

from dataclasses import dataclass
from math import ceil
from typing import ClassVar

import numpy as np

from kikimimi.audio.augment.recipe import require, require_range
from kikimimi.types import FloatArray

_BLOCK = 128
_SILENCE = 1e-3  # 60 dB under the loudest sample of the clip


@dataclass(frozen=True, slots=True)
class RandomCrop:
    """A stretch of `duration_s` from a random place; shorter clips get zeros on both sides.

    Among the places of one clip, those are taken that hold enough sound: blocks of 128 samples
    that reach within 60 dB of the loudest sample. So no crop falls into the digital silence with
    which short recordings were filled up.

    `min_sound` is the least part of a crop that is sound, or as much of it as the clip can give.
    `overhang` is the part of a crop by which it may reach over either end of the clip, 0.5 in
    Tokozume et al., ICLR 2018.
    """

    name: ClassVar[str] = "crop"

    sample_rate_hz: int
    duration_s: float
    min_sound: float = 0.1
    overhang: float = 0.0

    def __post_init__(self) -> None:
        require_range("crop: duration_s", 0.0, self.duration_s, most=3600)
        require(self.length >= 1, f"crop: duration_s {self.duration_s} is less than one sample")
        require(0 <= self.min_sound <= 1, f"crop: min_sound {self.min_sound} is not in 0 to 1")
        require(0 <= self.overhang < 1, f"crop: overhang {self.overhang} is not in 0 to below 1")

    @property
    def length(self) -> int:
        """Samples of every crop."""
        return round(self.duration_s * self.sample_rate_hz)

    def __call__(self, samples: FloatArray, generator: np.random.Generator) -> FloatArray:
        """Crop (T,) to (L,)."""
        missing = self.length - samples.size
        if missing > 0:
            before = int(generator.integers(missing + 1))
            return np.pad(samples, (before, missing - before))
        margin = round(self.overhang * self.length)
        padded = np.pad(samples, margin) if margin else samples
        start = self._start(padded, generator)
        return padded[start : start + self.length]

    def _start(self, samples: FloatArray, generator: np.random.Generator) -> int:
        last = samples.size - self.length
        span = max(1, self.length // _BLOCK)
        shift = int(generator.integers(min(_BLOCK, last + 1)))
        # from the start or the end if all the sound lies before the shift or after the last block
        for first in (shift, 0, samples.size % _BLOCK):
            sounding = np.concatenate(([0], np.cumsum(_sounding_blocks(samples[first:]))))
            found = sounding[span:] - sounding[:-span]  # sounding blocks of a crop from each block
            if found.size and found.max() > 0:
                enough = min(max(1, ceil(self.min_sound * span)), found.max())
                block = int(generator.choice(np.flatnonzero(found >= enough)))
                return min(first + block * _BLOCK, last)
        return int(generator.integers(last + 1))


def evenly_spaced_crops(
    samples: FloatArray, length: int, count: int, *, overhang: float = 0.0, sound_only: bool = False
) -> FloatArray:
    """Cut (T,) into (count, L) crops at equal distances, from its start to its end.

    Args:
        samples: the clip; a shorter one than a crop gets zeros on both sides.
        length: L.
        count: how many; a single one lies in the middle.
        overhang: as in `RandomCrop`.
        sound_only: spread the crops over the stretch from the first to the last sound only.

    Raises:
        ConfigError: `length` or `count` is less than 1.
    """
    require(length >= 1 and count >= 1, f"{count} crops of {length} samples: give 1 or more")
    if sound_only:
        first, last = sounding_stretch(samples)
        samples = samples[first:last]
    margin = round(overhang * length)
    missing = max(0, length - samples.size - 2 * margin)
    padded = np.pad(samples, (margin + missing // 2, margin + missing - missing // 2))
    room = padded.size - length
    starts = np.linspace(0, room, count) if count > 1 else np.array([room / 2])
    return np.stack([padded[start : start + length] for start in starts.round().astype(int)])


def sounding_stretch(samples: FloatArray) -> tuple[int, int]:
    """Return where the sound of a clip (T,) begins and ends, in samples, in steps of 128.

    It is the whole clip where nothing sounds.
    """
    (blocks,) = np.nonzero(_sounding_blocks(samples, partial=True))
    if blocks.size == 0:
        return 0, samples.size
    return int(blocks[0]) * _BLOCK, min((int(blocks[-1]) + 1) * _BLOCK, samples.size)


def _sounding_blocks(samples: FloatArray, *, partial: bool = False) -> np.ndarray:
    """Tell of each block whether it is within 60 dB of the loudest; the last one may be partial."""
    if partial:
        samples = np.pad(samples, (0, -samples.size % _BLOCK))
    whole = samples[: samples.size // _BLOCK * _BLOCK].reshape(-1, _BLOCK)
    peaks = np.abs(whole).max(axis=1)
    return peaks > _SILENCE * peaks.max(initial=0)
