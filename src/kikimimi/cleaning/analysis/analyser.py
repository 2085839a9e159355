"""All figures of a sound in one pass over its samples.

Axes: T sample frames, C channels, N frames of the transform.
"""

import math
import os

import numpy as np

from kikimimi.audio.measures.loudness import LoudnessMeter
from kikimimi.audio.measures.true_peak import TruePeakMeter
from kikimimi.audio.sources import open_source, read_blocks
from kikimimi.cleaning.analysis.band_powers import DIGITAL_SILENCE, BandPowerMeter, grouped
from kikimimi.cleaning.analysis.bandwidth import bandwidth_hz
from kikimimi.cleaning.analysis.clipping import ClippingMeter
from kikimimi.cleaning.analysis.edges import EdgeMeter
from kikimimi.cleaning.analysis.hum import HumMeter
from kikimimi.cleaning.analysis.noise import noise_floors, snr_db
from kikimimi.cleaning.analysis.values import SoundAnalysis, SoundFigures
from kikimimi.types import Clip, FloatArray

_BLOCK_FRAMES = 1 << 17
_BURST_PERCENTILE = 98
_HEARD_RANGE = 1e-4
"""Frames that are 40 dB under the loudest do not tell about bursts."""


class SoundAnalyser:
    """Measures a sound that arrives in blocks.

    Memory: some 1000 bytes for each second of sound, and a frame of 4 s.
    """

    def __init__(self, *, sample_rate_hz: int, channels: int) -> None:
        self._rate_hz, self._channels = sample_rate_hz, channels
        self._loudness = LoudnessMeter(sample_rate_hz=sample_rate_hz, channels=channels)
        self._true_peak = TruePeakMeter(sample_rate_hz=sample_rate_hz, channels=channels)
        self._clipping = ClippingMeter(channels=channels)
        self._bands = BandPowerMeter(sample_rate_hz=sample_rate_hz, channels=channels)
        self._hum = HumMeter(sample_rate_hz=sample_rate_hz, channels=channels)
        self._edges = EdgeMeter(sample_rate_hz=sample_rate_hz, channels=channels)

    def push(self, block: FloatArray) -> None:
        """Take the next frames (T, C)."""
        if not len(block):
            return
        for meter in (
            *(self._loudness, self._true_peak, self._clipping),
            *(self._bands, self._hum, self._edges),
        ):
            meter.push(block)

    def result(self) -> SoundAnalysis:
        """What was found, after the last push."""
        self._bands.finish()
        groups = grouped(self._bands.frame_bands())
        floors = noise_floors(groups, self._bands.bins_per_band)
        hum = self._hum.result()
        spectrum = self._bands.mean_spectrum()
        figures = SoundFigures(
            duration_s=self._edges.frames / self._rate_hz,
            loudness_lufs=self._loudness.result(),
            loudness_range_lu=self._loudness.loudness_range(),
            true_peak_db=_amplitude_db(self._true_peak.result()),
            peak_db=_amplitude_db(self._edges.peak),
            noise_floor_db=None if floors is None else _power_db(float(floors.sum())),
            snr_db=None if floors is None else snr_db(groups, floors),
            bandwidth_hz=bandwidth_hz(spectrum, self._bands.bin_hz),
            clipped_samples=self._clipping.result(),
            hum_hz=None if hum is None else hum.mains_hz,
            hum_db=None if hum is None else hum.level_db,
            dc_offset=self._edges.offset,
        )
        rows = groups if len(groups) else self._bands.frame_bands()
        powers = rows.mean(axis=0) if len(rows) else np.zeros(len(self._bands.bins_per_band))
        return SoundAnalysis(
            figures=figures,
            sample_rate_hz=self._rate_hz,
            channels=self._channels,
            bands_hz=self._bands.bands_hz.astype(np.float32),
            band_powers=powers.astype(np.float32),
            band_floors=None if floors is None else floors.astype(np.float32),
            sibilance_db=sibilance_db(self._bands.burst_powers()),
            edges_db=self._edges.levels_db(),
            silent_start_s=self._edges.silent_start / self._rate_hz,
            silent_end_s=self._edges.silent_end / self._rate_hz,
        )


def analyse_file(path: str | os.PathLike[str]) -> SoundAnalysis:
    """Analyse a sound file of any length.

    Raises:
        AudioError: the file cannot be decoded, or holds NaN.
    """
    with open_source(path) as source:
        recording = source.recording
        analyser = SoundAnalyser(
            sample_rate_hz=recording.sample_rate_hz, channels=recording.channels
        )
        for block in read_blocks(source):
            for start in range(0, len(block), _BLOCK_FRAMES):
                analyser.push(block[start : start + _BLOCK_FRAMES])
    return analyser.result()


def analyse_clip(clip: Clip) -> SoundAnalysis:
    """Analyse a sound in memory, samples (C, T)."""
    analyser = SoundAnalyser(sample_rate_hz=clip.sample_rate_hz, channels=clip.samples.shape[0])
    for start in range(0, clip.samples.shape[1], _BLOCK_FRAMES):
        analyser.push(np.ascontiguousarray(clip.samples[:, start : start + _BLOCK_FRAMES].T))
    return analyser.result()


def sibilance_db(powers: FloatArray) -> tuple[float, float] | None:
    """Level of what is from 5 to 10 kHz over what is below it, of powers (N, 2).

    The level that one frame in fifty exceeds, and the median; frames that are 40 dB under the
    loudest do not count. None if none is left or nothing is so high.
    """
    totals = powers.sum(axis=1)
    if not len(powers) or totals.max() <= DIGITAL_SILENCE or not powers[:, 0].any():
        return None
    heard = powers[totals >= _HEARD_RANGE * totals.max()].astype(np.float64)
    ratios = 10 * np.log10((heard[:, 0] + DIGITAL_SILENCE) / (heard[:, 1] + DIGITAL_SILENCE))
    return float(np.percentile(ratios, _BURST_PERCENTILE)), float(np.median(ratios))


def _amplitude_db(amplitude: float) -> float | None:
    return 20 * math.log10(amplitude) if amplitude > 0 else None


def _power_db(power: float) -> float | None:
    return 10 * math.log10(power) if power > 0 else None
