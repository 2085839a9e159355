"""Samples as bytes, as ffmpeg, arecord and WAV files have them.

Axes: C channels, T samples.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from kikimimi.errors import AudioError
from kikimimi.listening.contract import SoundFormat
from kikimimi.names import suggestion
from kikimimi.types import FloatArray


def _integers(kind: str, full_scale: float) -> Callable[[bytes], FloatArray]:
    def decoded(data: bytes) -> FloatArray:
        return np.frombuffer(data, kind).astype(np.float32) / np.float32(full_scale)

    return decoded


def _bytes(data: bytes) -> FloatArray:
    return (np.frombuffer(data, np.uint8).astype(np.float32) - np.float32(128)) / np.float32(128)


def _three_bytes(data: bytes) -> FloatArray:
    wide = np.zeros((len(data) // 3, 4), np.uint8)
    wide[:, 1:] = np.frombuffer(data, np.uint8).reshape(-1, 3)
    return wide.view("<i4")[:, 0].astype(np.float32) / np.float32(2**31)


def _floats(kind: str) -> Callable[[bytes], FloatArray]:
    def decoded(data: bytes) -> FloatArray:
        # What float32 cannot hold becomes infinite, and is treated as such later.
        with np.errstate(over="ignore"):
            return np.frombuffer(data, kind).astype(np.float32)

    return decoded


_DECODERS: dict[str, tuple[int, Callable[[bytes], FloatArray]]] = {
    "u8": (1, _bytes),
    "s16le": (2, _integers("<i2", 2**15)),
    "s24le": (3, _three_bytes),
    "s32le": (4, _integers("<i4", 2**31)),
    "f32le": (4, _floats("<f4")),
    "f64le": (8, _floats("<f8")),
}

ENCODINGS = tuple(_DECODERS)
"""Names of the encodings, as ffmpeg calls them."""

_MOST_CHANNELS = 64


@dataclass(frozen=True, slots=True)
class PcmFormat:
    """Rate, channels and encoding of samples that no header describes.

    Raises:
        AudioError: the encoding is unknown, or a number is impossible.
    """

    sample_rate_hz: int
    channels: int = 1
    encoding: str = "s16le"

    def __post_init__(self) -> None:
        if self.encoding not in _DECODERS:
            hint = suggestion(self.encoding, ENCODINGS)
            raise AudioError(f"there is no encoding of samples '{self.encoding}'; {hint}")
        if not (1 <= self.sample_rate_hz <= 768_000 and 1 <= self.channels <= _MOST_CHANNELS):
            raise AudioError(
                f"{self.sample_rate_hz} Hz and {self.channels} channels are impossible; give what "
                "the sound was recorded with"
            )

    @property
    def sound(self) -> SoundFormat:
        """Rate and channels."""
        return SoundFormat(self.sample_rate_hz, self.channels)

    @property
    def frame_bytes(self) -> int:
        """Bytes of one sample of each channel."""
        return self.channels * _DECODERS[self.encoding][0]

    def decode(self, data: bytes) -> FloatArray:
        """Whole frames as samples (C, T), nominally in [-1, 1]; floats may be anything."""
        values = _DECODERS[self.encoding][1](data)
        return np.ascontiguousarray(values.reshape(-1, self.channels).T)
