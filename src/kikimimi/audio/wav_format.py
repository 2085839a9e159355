"""How WAV files describe and store samples. Axes: T sample frames, C channels."""

import struct
from dataclasses import dataclass

import numpy as np

from kikimimi.audio.riff import UNSET_SIZE
from kikimimi.errors import AudioError
from kikimimi.types import FloatArray

_PCM, _FLOAT, _EXTENSIBLE = 1, 3, 0xFFFE
# The last 14 bytes of the sub-format GUIDs of WAVEFORMATEXTENSIBLE.
_GUID_TAIL = bytes.fromhex("000000001000800000aa00389b71")
_SUBTYPES = {
    "PCM_U8": (_PCM, 8),
    "PCM_16": (_PCM, 16),
    "PCM_24": (_PCM, 24),
    "PCM_32": (_PCM, 32),
    "FLOAT": (_FLOAT, 32),
    "DOUBLE": (_FLOAT, 64),
}


@dataclass(frozen=True, slots=True)
class WavFormat:
    """Rate, channels and kind of samples of a WAV file."""

    sample_rate_hz: int
    channels: int
    tag: int
    bits: int

    @property
    def frame_bytes(self) -> int:
        """Bytes of one sample of each channel."""
        return self.channels * self.bits // 8

    def chunks(self, frames: int) -> bytes:
        """The `fmt ` chunk, and the `fact` chunk that formats other than PCM must have."""
        is_extensible = self.channels > 2
        tag = _EXTENSIBLE if is_extensible else self.tag
        byte_rate = self.sample_rate_hz * self.frame_bytes
        rates = (self.sample_rate_hz, byte_rate, self.frame_bytes, self.bits)
        fields = struct.pack("<HHIIHH", tag, self.channels, *rates)
        if is_extensible:
            fields += struct.pack("<HHIH", 22, self.bits, 0, self.tag) + _GUID_TAIL
        chunk = struct.pack("<4sI", b"fmt ", len(fields)) + fields
        if self.tag == _PCM:
            return chunk
        return chunk + struct.pack("<4sII", b"fact", 4, min(frames, UNSET_SIZE))

    def encode(self, frames: FloatArray) -> bytes:
        """Samples (T, C) as little-endian bytes, rounded and limited to [-1, 1] where whole."""
        if self.tag == _FLOAT:
            return frames.astype(f"<f{self.bits // 8}").tobytes()
        full_scale = 2.0 ** (self.bits - 1)
        steps = np.rint(frames.astype(np.float64) * full_scale)
        whole = np.clip(steps, -full_scale, full_scale - 1).astype("<i4")
        if self.bits == 8:
            return (whole + 128).astype(np.uint8).tobytes()
        width = self.bits // 8
        return whole.reshape(-1, 1).view(np.uint8)[:, :width].tobytes()


def wav_format(*, subtype: str, sample_rate_hz: int, channels: int, where: str) -> WavFormat:
    """The format of that subtype; `where` stands for the file in messages.

    Raises:
        AudioError: there is no such subtype, or WAV cannot hold so many channels or such a rate.
    """
    if subtype not in _SUBTYPES:
        raise AudioError(f"{where}: no WAV subtype '{subtype}'; known: {', '.join(_SUBTYPES)}")
    tag, bits = _SUBTYPES[subtype]
    chosen = WavFormat(sample_rate_hz, channels, tag, bits)
    if not 0 < chosen.frame_bytes <= 0xFFFF or not (
        0 < sample_rate_hz <= 0xFFFFFFFF // chosen.frame_bytes
    ):
        raise AudioError(f"{where}: WAV cannot hold {channels} channels at {sample_rate_hz} Hz")
    return chosen
