"""All measures of a sound in one pass over its samples.

Axes: T sample frames, C channels, M samples of the mono sound.
"""

import math
import os

import numpy as np

from kikimimi.audio.measures.envelope import EnvelopeMeter
from kikimimi.audio.measures.loudness import LoudnessMeter
from kikimimi.audio.measures.overview import OverviewMeter
from kikimimi.audio.measures.spectrum import ANALYSIS_RATE_HZ, SpectrumMeter
from kikimimi.audio.measures.values import Measures
from kikimimi.audio.resampling import StreamResampler
from kikimimi.audio.sources import downmix, open_source, read_blocks
from kikimimi.types import FloatArray, Recording

_NOTHING = np.zeros(0, np.float32)


class SoundMeter:
    """Measures a sound that is decoded for something else, block by block.

    Loudness, peak and overview are those of the channels at the file's own rate, the others those
    of the mono sound at 16 kHz. Memory is bounded but for some 500 bytes for each second of sound.

    Args:
        recording: the sound.
        mono_rate_hz: rate of the mono samples that `push` gets.
    """

    def __init__(self, recording: Recording, *, mono_rate_hz: int) -> None:
        rate_hz, channels = recording.sample_rate_hz, recording.channels
        self._loudness = LoudnessMeter(sample_rate_hz=rate_hz, channels=channels)
        self._overview = OverviewMeter(frames=recording.frames, channels=channels)
        self._envelope = EnvelopeMeter(sample_rate_hz=ANALYSIS_RATE_HZ)
        self._spectrum = SpectrumMeter()
        self._resampler = None
        if mono_rate_hz != ANALYSIS_RATE_HZ:
            self._resampler = StreamResampler(1, rate_hz, ANALYSIS_RATE_HZ)

    def push(self, block: FloatArray, mono: FloatArray) -> None:
        """Take the next frames (T, C) and what the resampler has given of the mono sound (M,).

        Either may be empty.
        """
        if len(block):
            self._loudness.push(block)
            self._overview.push(block)
        if self._resampler is not None:
            mono = self._resampler.push(downmix(block)[None])[0] if len(block) else _NOTHING
        self._take_mono(mono)

    def result(self) -> Measures:
        """The measures, after the last push."""
        if self._resampler is not None:
            self._take_mono(self._resampler.push(_NOTHING[None], last=True)[0])
        overview, peak = self._overview.result()
        brightness_hz, noisiness, pitch_hz, confidence = self._spectrum.result()
        attack_s, centroid_s = self._envelope.result()
        return Measures(
            loudness_lufs=self._loudness.result(),
            peak_db=20 * math.log10(peak) if peak > 0 else None,
            brightness_hz=brightness_hz,
            noisiness=noisiness,
            pitch_hz=pitch_hz,
            pitch_confidence=confidence,
            attack_s=attack_s,
            temporal_centroid_s=centroid_s,
            overview=overview,
        )

    def _take_mono(self, mono: FloatArray) -> None:
        if len(mono):
            self._envelope.push(mono)
            self._spectrum.push(mono)


def measure_file(path: str | os.PathLike[str]) -> tuple[Measures, float]:
    """Decode a sound file of any length once and measure it; its length in seconds as well.

    Raises:
        AudioError: the file cannot be decoded.
    """
    with open_source(path) as source:
        meter = SoundMeter(source.recording, mono_rate_hz=0)
        frames = 0
        for block in read_blocks(source):
            meter.push(block, _NOTHING)
            frames += len(block)
        return meter.result(), frames / source.recording.sample_rate_hz
