"""Stretches of sound from which crops are cut. T samples."""

from collections.abc import Callable, Mapping
from math import ceil
from pathlib import Path

import numpy as np

from kikimimi.audio.resampling import resample
from kikimimi.audio.sources import Source, downmix, open_source, read_blocks
from kikimimi.audio.waveform_bank import WaveformBank
from kikimimi.errors import AudioError
from kikimimi.pretraining.crops.files import AudioFiles
from kikimimi.types import FloatArray

ReadStretch = Callable[[int, np.random.Generator], FloatArray]
"""Number of a file -> some of its samples (T,), mono; raises AudioError for a bad file."""


class FileStretches:
    """Decodes a stretch from a random place of a file, and no more of it than the format needs.

    Args:
        files: the files.
        sample_rate_hz: of the stretches.
        stretch_s: their length; a shorter file is read whole.
    """

    def __init__(self, files: AudioFiles, *, sample_rate_hz: int, stretch_s: float) -> None:
        self._files, self._rate_hz, self._stretch_s = files, sample_rate_hz, stretch_s

    def __call__(self, number: int, generator: np.random.Generator) -> FloatArray:
        """Samples (T,) of a file.

        Raises:
            AudioError: the file cannot be read, or not where it was looked into.
        """
        with open_source(self._files[number]) as source:
            rate_hz = source.recording.sample_rate_hz
            length = max(1, ceil(self._stretch_s * rate_hz))
            total = min(source.recording.frames, source.last_frame)
            start = int(generator.integers(max(1, total - length + 1)))
            samples = _read(source, start, length)
        return resample(samples, rate_hz, self._rate_hz)


class BankStretches:
    """Gives clips that were decoded before.

    Args:
        files: the files.
        bank: their samples.
        faults: why those without samples could not be read.
    """

    def __init__(self, files: AudioFiles, bank: WaveformBank, faults: Mapping[Path, str]) -> None:
        self._files, self._bank, self._faults = files, bank, faults

    def __call__(self, number: int, generator: np.random.Generator) -> FloatArray:
        """Samples (T,) of a file.

        Raises:
            AudioError: it could not be decoded.
        """
        samples = self._bank[number]
        if samples.size == 0:
            raise AudioError(self._faults[self._files[number]])
        return samples


def _read(source: Source, start: int, length: int) -> FloatArray:
    """Mono samples at the rate of the file."""
    blocks = [
        downmix(block) for block in read_blocks(source, start_frame=start, end_frame=start + length)
    ]
    return blocks[0] if len(blocks) == 1 else np.concatenate(blocks)
