"""Finding what a recording sounds like when nothing happens in it.

Axes: N frames of the transform, K bins, S segments, B bands.

A segment lasts a quarter of a second. The quiet parts are those whose spectrum is lowest on the
mean of all bands in dB, so that neither a low rumble nor a hiss outweighs everything else.
"""

from bisect import insort
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from kikimimi.cleaning.spectra import Spectra, mean_powers

Powers = NDArray[np.float32]

_SEGMENT_S = 0.25
_MOST_SEGMENTS = 8
_AS_QUIET_DB = 0.5
_BANDS = 16
_FIRST_BIN = 2
_STEADY_DB = 4.0
_LOUD_QUANTILE = 0.98
_DIGITAL_SILENCE = 1e-13
_TINY = 1e-30


@dataclass(frozen=True, slots=True, eq=False)
class NoiseProfile:
    """The mean powers (K,) of the frames of a quiet part that begins at `start_s`."""

    powers: Powers
    start_s: float
    end_s: float


@dataclass(frozen=True, slots=True, eq=False)
class _Segment:
    level_db: float
    number: int
    powers: Powers


class GivenProfile:
    """The mean of all frames that lie within a stretch of the sound."""

    def __init__(self, start_s: float, end_s: float, *, frame_s: float) -> None:
        self._start_s, self._end_s, self._frame_s = start_s, end_s, frame_s
        self._frames = 0
        self._sums: NDArray[np.float64] | float = 0.0
        self._count = 0

    def push(self, spectra: Spectra) -> None:
        """Hear the next frames (C, N, K), one each half `frame_s`."""
        centres_s = (self._frames + np.arange(spectra.shape[1])) * self._frame_s / 2
        inside = (centres_s - self._frame_s / 2 >= self._start_s) & (
            centres_s + self._frame_s / 2 <= self._end_s
        )
        self._frames += spectra.shape[1]
        if inside.any():
            self._sums = self._sums + mean_powers(spectra)[inside].sum(axis=0, dtype=np.float64)
            self._count += int(inside.sum())

    def result(self) -> NoiseProfile | None:
        """The profile, None if no frame lies within the stretch."""
        if not self._count:
            return None
        powers = np.asarray(self._sums / self._count, np.float32)
        return NoiseProfile(powers, self._start_s, self._end_s)


class FoundProfile:
    """The mean of the quietest segments, as long as they are about equally quiet.

    A segment with digital silence in it was not recorded and does not count. Memory: 60 bytes for
    each quarter of a second.
    """

    def __init__(self, *, frame_s: float) -> None:
        self._frame_s = frame_s
        self._size = max(1, round(2 * _SEGMENT_S / frame_s))
        self._segments = 0
        self._held: Powers | None = None
        self._quietest: list[_Segment] = []
        self._bands: list[Powers] = []

    def push(self, spectra: Spectra) -> None:
        """Hear the next frames (C, N, K), one each half `frame_s`."""
        powers = mean_powers(spectra)
        if self._held is not None:
            powers = np.concatenate([self._held, powers])
        whole = len(powers) - len(powers) % self._size
        for segment in powers[:whole].reshape(-1, self._size, powers.shape[1]):
            self._hear(segment)
        self._held = powers[whole:].copy()

    def result(self) -> NoiseProfile | None:
        """The profile; None if nothing was heard, or nothing stands out of it."""
        if not self._quietest:
            return None
        first = self._quietest[0]
        limit_db = first.level_db + _AS_QUIET_DB
        chosen = [segment.powers for segment in self._quietest if segment.level_db <= limit_db]
        powers = np.asarray(np.mean(chosen, axis=0, dtype=np.float64), np.float32)
        if not self._stands_out(powers):
            return None
        length_s = self._size * self._frame_s / 2
        return NoiseProfile(powers, first.number * length_s, (first.number + 1) * length_s)

    def _hear(self, segment: Powers) -> None:
        number = self._segments
        self._segments += 1
        if segment.mean(axis=1).min() < _DIGITAL_SILENCE * segment.shape[1]:
            return
        powers = segment.mean(axis=0)
        bands = _in_bands(powers)
        level_db = 10 * float(np.log10(bands + _TINY).mean())
        self._bands.append(bands)
        insort(self._quietest, _Segment(level_db, number, powers), key=_level)
        del self._quietest[_MOST_SEGMENTS:]

    def _stands_out(self, profile: Powers) -> bool:
        """Whether some of the sound is louder in some band than the profile."""
        ratios = np.stack(self._bands) / (_in_bands(profile) + _TINY)
        loudest = np.quantile(ratios.max(axis=1), _LOUD_QUANTILE)
        return bool(loudest > 10 ** (_STEADY_DB / 10))


def _in_bands(powers: Powers) -> Powers:
    """Sums over bands of equal ratios of frequency: (K,) -> (B,)."""
    edges = np.unique(np.geomspace(_FIRST_BIN, len(powers) - 1, _BANDS + 1).astype(int)[:-1])
    return np.add.reduceat(powers, edges)


def _level(segment: _Segment) -> float:
    return segment.level_db
