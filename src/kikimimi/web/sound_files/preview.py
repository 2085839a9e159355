"""Any sound as a WAV file of 16 bits that every browser plays, made while it is sent.

Its size is known before, and each stretch of it can be made without those before, so that a
player can jump. Where the sound file is damaged, the rest is silence.

Axes: T sample frames, C channels.
"""

import struct
from collections.abc import Iterator
from math import gcd
from pathlib import Path

import numpy as np

from kikimimi.audio.resampling import StreamResampler
from kikimimi.audio.sources import Source, downmix, open_source
from kikimimi.errors import AudioError
from kikimimi.types import FloatArray
from kikimimi.web.sound_files.formats import (
    LEAST_PLAYABLE_RATE_HZ,
    MOST_PLAYABLE_CHANNELS,
    MOST_PLAYABLE_RATE_HZ,
)
from kikimimi.web.sound_files.source import file_version

_HEADER = struct.Struct("<4sI4s4sIHHIIHH4sI")
_LARGEST_DATA_BYTES = (1 << 32) - 1 - _HEADER.size
_BLOCK_FRAMES = 1 << 16
_LEAD_IN_FRAMES = 2048
"""Made and dropped before a stretch that is resampled, longer than the filter of the resampler."""

_LEAST_SIMPLE_RATE_HZ = 44100
_FULL_SCALE = 32768


class PreviewSource:
    """The preview of a sound file; over 6 hours of stereo are cut to what WAV can hold.

    Raises:
        MissingFileError: the file is gone.
        AudioError: it cannot be read as a sound.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        _, version = file_version(path)
        with open_source(path) as source:
            recording = source.recording
        self._rate_hz = recording.sample_rate_hz
        self.sample_rate_hz = preview_rate_hz(self._rate_hz)
        self.channels = 1 if recording.channels > MOST_PLAYABLE_CHANNELS else recording.channels
        self._frame_bytes = 2 * self.channels
        frames = -(-recording.frames * self.sample_rate_hz // self._rate_hz)
        self.frames = min(frames, _LARGEST_DATA_BYTES // self._frame_bytes)
        self.size = _HEADER.size + self.frames * self._frame_bytes
        self.etag = f'"preview-{version[1:]}'

    def chunks(self, start: int, stop: int) -> Iterator[bytes]:
        """The bytes from `start` to before `stop`, in pieces."""
        if start < _HEADER.size:
            yield self._header()[start:stop]
        first = max(0, start - _HEADER.size)
        last = stop - _HEADER.size
        if last <= first:
            return
        offset = first - first % self._frame_bytes
        wanted = range(first // self._frame_bytes, -(-last // self._frame_bytes))
        for block in self._blocks(wanted):
            data = _steps(block).tobytes()
            yield data[max(0, first - offset) : last - offset]
            offset += len(data)

    def _header(self) -> bytes:
        data_bytes = self.frames * self._frame_bytes
        return _HEADER.pack(
            *(b"RIFF", _HEADER.size - 8 + data_bytes, b"WAVE"),
            *(b"fmt ", 16, 1, self.channels, self.sample_rate_hz),
            *(self.sample_rate_hz * self._frame_bytes, self._frame_bytes, 16),
            *(b"data", data_bytes),
        )

    def _blocks(self, wanted: range) -> Iterator[FloatArray]:
        """The frames `wanted` (T, C) at the rate of the preview, silence where there are none."""
        missing = len(wanted)
        for block in self._decoded(wanted.start):
            part = block[:missing]
            missing -= len(part)
            if len(part):
                yield part
            if not missing:
                return
        while missing:
            part = np.zeros((min(missing, _BLOCK_FRAMES), self.channels), np.float32)
            missing -= len(part)
            yield part

    def _decoded(self, first: int) -> Iterator[FloatArray]:
        """Frames (T, C) at the rate of the preview from number `first` on, until they end."""
        lead_in = 0 if self._rate_hz == self.sample_rate_hz else _LEAD_IN_FRAMES
        # Both clocks tick together every `step` frames only; there a stretch can begin.
        step = self.sample_rate_hz // gcd(self._rate_hz, self.sample_rate_hz)
        begin = max(0, first - lead_in) // step * step
        resampler = StreamResampler(self.channels, self._rate_hz, self.sample_rate_hz)
        dropped = first - begin
        try:
            with open_source(self._path) as source:
                source.seek(begin * self._rate_hz // self.sample_rate_hz)
                for block in self._resampled(source, resampler):
                    yield block[dropped:]
                    dropped = max(0, dropped - len(block))
        except AudioError:
            return

    def _resampled(self, source: Source, resampler: StreamResampler) -> Iterator[FloatArray]:
        while len(block := source.read(_BLOCK_FRAMES)):
            yield resampler.push(self._mixed(block).T).T
        yield resampler.push(np.zeros((self.channels, 0), np.float32), last=True).T

    def _mixed(self, block: FloatArray) -> FloatArray:
        sound = np.nan_to_num(np.clip(block, -1, 1), copy=False)
        return sound if sound.shape[1] == self.channels else downmix(sound)[:, None]


def preview_rate_hz(rate_hz: int) -> int:
    """The rate of a preview: that of the sound where browsers play it, else one near to it."""
    if rate_hz > MOST_PLAYABLE_RATE_HZ:
        parts = -(-rate_hz // MOST_PLAYABLE_RATE_HZ)
        is_simple = rate_hz % parts == 0 and rate_hz // parts >= _LEAST_SIMPLE_RATE_HZ
        return rate_hz // parts if is_simple else MOST_PLAYABLE_RATE_HZ
    return max(rate_hz, LEAST_PLAYABLE_RATE_HZ)


def _steps(block: FloatArray) -> np.ndarray:
    """Samples in [-1, 1] as little-endian integers of 16 bits."""
    return np.clip(np.rint(block * _FULL_SCALE), -_FULL_SCALE, _FULL_SCALE - 1).astype("<i2")
