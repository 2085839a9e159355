"""Taming sibilance: short, piercing bursts between some 5 and 10 kHz.

Axes: C channels, T sample frames, N cells of a millisecond.
"""

from dataclasses import dataclass
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray
from scipy import signal

from kikimimi.audio.augment.recipe import require
from kikimimi.cleaning.checks import require_within
from kikimimi.cleaning.contract import (
    Figures,
    Processor,
    Samples,
    SoundFormat,
    StreamingStage,
    Unchanged,
    no_samples,
)
from kikimimi.cleaning.envelopes import Values
from kikimimi.cleaning.registry import register
from kikimimi.cleaning.side_chain import LOOKAHEAD_CELLS, SideChain

_DB_PER_NEPER = 20 / np.log(10)
_CELLS_PER_S = 1000
_FILTER_S = 0.004
_HIGHEST_SHARE = 0.95


@register
@dataclass(frozen=True, slots=True)
class DeEsser(StreamingStage):
    """A split-band compressor whose side chain compares a band with the rest of the sound.

    A linear-phase filter takes the band out; what is taken off the band is taken off the sound, so
    that a de-esser at rest changes no sample. Levels are means over 4 ms of all channels. The
    threshold adapts: it is the greatest of the level of the whole sound over the last second plus
    `threshold_db`, the present level of what lies outside the band less 6 dB (a burst must stand
    out), and the usual level of the band (its mean in dB over a second) plus 4 dB (steady hiss is
    no sibilance). Scaling a sound thus scales the result.

    Args:
        low_hz: lower end of the band.
        high_hz: upper end of the band.
        threshold_db: level of the band from which on it is lowered, relative to the sound.
        ratio: dB of the band at the input for each dB at the output above the threshold.
        range_db: the band is lowered by no more.
        release_ms: time constant of a falling reduction; a growing one begins 6 ms ahead.
    """

    name: ClassVar[str] = "de_esser"

    low_hz: float = 5000.0
    high_hz: float = 10000.0
    threshold_db: float = -12.0
    ratio: float = 8.0
    range_db: float = 12.0
    release_ms: float = 50.0

    def __post_init__(self) -> None:
        require_within("low_hz", self.low_hz, 500, 1e6)
        require_within("high_hz", self.high_hz, 500, 1e6)
        require(
            self.low_hz < self.high_hz,
            f"low_hz must be under high_hz, but {self.low_hz:g} is not under {self.high_hz:g}",
        )
        require_within("threshold_db", self.threshold_db, -60, 20)
        require_within("ratio", self.ratio, 1, 1000)
        require_within("range_db", self.range_db, 0, 60)
        require_within("release_ms", self.release_ms, 1, 10000)

    def start(self, sound: SoundFormat) -> Processor:
        """Begin with a sound; one without anything in the band passes unchanged."""
        if self.low_hz >= _HIGHEST_SHARE * sound.nyquist_hz:
            return Unchanged(sound)
        return _DeEsser(self, sound)


def band_filter(stage: DeEsser, sample_rate_hz: int) -> NDArray[np.float64]:
    """Taps of the linear-phase filter of the band, an odd number."""
    count = 2 * round(_FILTER_S * sample_rate_hz / 2) + 1
    if stage.high_hz >= _HIGHEST_SHARE * sample_rate_hz / 2:
        return signal.firwin(count, stage.low_hz, pass_zero="highpass", fs=sample_rate_hz)
    edges = (stage.low_hz, stage.high_hz)
    return signal.firwin(count, edges, pass_zero="bandpass", fs=sample_rate_hz)


class _DeEsser(Processor):
    """Holds back half the filter, and the cells that the gain looks ahead."""

    def __init__(self, stage: DeEsser, sound: SoundFormat) -> None:
        rate_hz = sound.sample_rate_hz
        self._taps = band_filter(stage, rate_hz)
        self._delay = len(self._taps) // 2
        self._cell = max(1, round(rate_hz / _CELLS_PER_S))
        self._side_chain = SideChain(
            threshold_db=stage.threshold_db,
            ratio=stage.ratio,
            range_db=stage.range_db,
            release_s=stage.release_ms / 1000,
            cells_per_s=rate_hz / self._cell,
        )
        self._around = np.zeros((sound.channels, self._delay))
        self._sound, self._band = no_samples(sound.channels), no_samples(sound.channels)
        self._measured = 0
        self._last_db = 0.0
        self._skip = LOOKAHEAD_CELLS
        self._frames_in = self._frames_out = 0
        self._greatest_db = 0.0

    def push(self, block: Samples) -> Samples:
        self._frames_in += block.shape[1]
        return self._treated(block)

    def finish(self) -> Samples:
        padding = self._delay + (LOOKAHEAD_CELLS + 1) * self._cell
        rest = self._treated(np.zeros((len(self._around), padding)))
        return rest[:, : rest.shape[1] - max(0, self._frames_out - self._frames_in)]

    def figures(self) -> Figures:
        return {"greatest_reduction_db": self._greatest_db}

    def _treated(self, block: Samples) -> Samples:
        self._split(block)
        reductions = self._side_chain.push(*self._cell_powers())
        skipped = min(self._skip, len(reductions))
        self._skip -= skipped
        reductions = reductions[skipped:]
        count = len(reductions) * self._cell
        ready, self._sound = np.split(self._sound, [count], axis=1)
        band, self._band = np.split(self._band, [count], axis=1)
        self._measured -= count
        self._frames_out += count
        if not self._last_db and not reductions.any():
            return ready
        self._greatest_db = max(self._greatest_db, float(reductions.max(initial=0)))
        return ready + (np.exp(self._ramps(reductions) / -_DB_PER_NEPER) - 1) * band

    def _split(self, block: Samples) -> None:
        """Append to the sound and to its band, which is behind by half the filter."""
        samples = np.concatenate([self._around, block], axis=1)
        count = max(0, samples.shape[1] - 2 * self._delay)
        if count:
            # For a few hundred taps the sum itself is as fast as the Fourier transform.
            band = np.stack([np.convolve(channel, self._taps, mode="valid") for channel in samples])
            self._band = np.concatenate([self._band, band], axis=1)
            middle = samples[:, self._delay : self._delay + count]
            self._sound = np.concatenate([self._sound, middle], axis=1)
        self._around = samples[:, count:]

    def _cell_powers(self) -> tuple[Values, Values]:
        """Mean powers (N,) of the band and of the rest in the cells that have become whole."""
        fresh = slice(
            self._measured,
            self._band.shape[1] - (self._band.shape[1] - self._measured) % self._cell,
        )
        self._measured = fresh.stop
        band, sound = self._band[:, fresh], self._sound[:, fresh]
        return self._powers(band), self._powers(sound - band)

    def _powers(self, samples: Samples) -> Values:
        cells = samples.reshape(len(samples), -1, self._cell)
        return np.einsum("cnt,cnt->n", cells, cells) / (len(samples) * self._cell)

    def _ramps(self, reductions: Values) -> Values:
        """Straight lines from each cell's value to the next, the last sample having that."""
        ends = np.concatenate([[self._last_db], reductions])
        self._last_db = float(ends[-1])
        shares = np.arange(1, self._cell + 1) / self._cell
        return (ends[:-1, None] + np.diff(ends)[:, None] * shares).reshape(-1)
