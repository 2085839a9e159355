"""A file that somebody still writes: what its samples are, and how far they go by now."""

import os
import struct
from pathlib import Path
from typing import BinaryIO

from kikimimi.audio.riff import UNSET_SIZE, iterate_chunks, open_binary
from kikimimi.errors import AudioError
from kikimimi.listening.sources.pcm import PcmFormat
from kikimimi.paths import display_path

_ENCODINGS = {
    (1, 8): "u8",
    (1, 16): "s16le",
    (1, 24): "s24le",
    (1, 32): "s32le",
    (3, 32): "f32le",
    (3, 64): "f64le",
}
_EXTENSIBLE = 0xFFFE
_WAV = b"RIFF", b"RF64", b"BW64"


class GrowingFile:
    """Reads a WAV file of PCM and float samples by its header, anything else as raw samples.

    The length that a header tells is not believed while the file grows.

    Args:
        path: the file.
        raw: what the samples of a file without a header are.

    Attributes:
        pcm: what the samples are.
        start: the byte where they begin; 0 without a header.

    Raises:
        AudioError: it cannot be opened, or is a WAV file whose samples are not known.
    """

    def __init__(self, path: Path, *, raw: PcmFormat) -> None:
        self._path = path
        self._name = display_path(path)
        self._file: BinaryIO = open_binary(path)
        try:
            self.pcm, self.start = self._described(raw)
        except AudioError:
            self._file.close()
            raise

    def read(self, place: int, size: int) -> bytes:
        """At most `size` bytes from `place` on, of whole frames.

        Raises:
            AudioError: the file can no longer be read.
        """
        try:
            self._file.seek(place)
            data = self._file.read(size)
        except OSError as error:
            raise AudioError(
                f"{self._name}: cannot be read ({error.strerror}); check it"
            ) from error
        return data[: len(data) // self.pcm.frame_bytes * self.pcm.frame_bytes]

    def end(self) -> int:
        """Where the samples end now: chunks may follow them when a recorder has finished."""
        size = os.fstat(self._file.fileno()).st_size
        if self.start == 0:
            return size
        declared = next((c.size for c in iterate_chunks(self._file) if c.identifier == b"data"), 0)
        is_told = 0 < declared < UNSET_SIZE
        return min(size, self.start + declared) if is_told else size

    def is_replaced(self) -> bool:
        """Whether another file has its name by now, as when logs are rotated."""
        try:
            return not os.path.samestat(self._path.stat(), os.fstat(self._file.fileno()))
        except OSError:  # renamed, and the new one is not there yet
            return False

    def close(self) -> None:
        """Let go of it."""
        self._file.close()

    def _described(self, raw: PcmFormat) -> tuple[PcmFormat, int]:
        """The format, and where the samples begin."""
        if self._file.read(4) not in _WAV:
            return raw, 0
        chunks = {chunk.identifier: chunk for chunk in iterate_chunks(self._file)}
        if b"fmt " not in chunks or b"data" not in chunks or chunks[b"fmt "].held < 16:
            raise AudioError(f"{self._name}: its WAV header is not whole yet; wait a moment")
        self._file.seek(chunks[b"fmt "].offset)
        described = self._file.read(min(40, chunks[b"fmt "].held))
        tag, channels, rate_hz, _, _, bits = struct.unpack("<HHIIHH", described[:16])
        if tag == _EXTENSIBLE and len(described) >= 26:
            tag = struct.unpack("<H", described[24:26])[0]
        if (tag, bits) not in _ENCODINGS:
            raise AudioError(
                f"{self._name}: samples of this kind cannot be followed; record PCM or float "
                "samples"
            )
        return PcmFormat(rate_hz, channels, _ENCODINGS[tag, bits]), chunks[b"data"].offset
