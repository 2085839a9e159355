"""A file that still grows: a recorder writes it, the listener follows.

Axes: C channels, T samples.
"""

import os
import struct
from collections.abc import Iterator
from pathlib import Path
from threading import Event
from typing import BinaryIO

import numpy as np

from kikimimi.audio.riff import UNSET_SIZE, iterate_chunks, open_binary
from kikimimi.errors import AudioError
from kikimimi.listening.contract import Block, SoundFormat, Source
from kikimimi.listening.sources.pacing import Clock, waiting_clock
from kikimimi.listening.sources.pcm import PcmFormat
from kikimimi.paths import display_path

_BLOCK_S = 0.1
_LOOK_S = 0.1
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


class FollowedSource(Source):
    """Samples from the first to the last, and on as the file grows.

    WAV files of PCM and float samples are read by their header; the length that it tells is not
    believed while the file grows. Anything else is raw samples. A file that becomes shorter was
    begun anew, and is heard from its beginning.

    Args:
        path: the file.
        raw: what the samples of a file without a header are.
        idle_s: end when nothing came for so long; None never ends.
        clock: what waits.
    """

    def __init__(
        self,
        path: Path,
        *,
        raw: PcmFormat,
        idle_s: float | None = None,
        clock: Clock | None = None,
    ) -> None:
        self.name = display_path(path)
        self._path = path
        self._raw = raw
        self._idle_s = idle_s
        self._stopped = Event()
        self._clock = clock or waiting_clock(self._stopped)
        self._file: BinaryIO | None = None

    def open(self) -> SoundFormat:
        """Open the file and read its header.

        Raises:
            AudioError: it cannot be opened, or is a WAV file whose samples are not known.
        """
        self._file = open_binary(self._path)
        self._pcm, self._start = self._described()
        return self._pcm.sound

    def blocks(self) -> Iterator[Block]:
        """What is there, and what comes.

        Raises:
            AudioError: the file can no longer be read.
        """
        assert self._file is not None, "blocks come after open"
        size = max(1, round(_BLOCK_S * self._pcm.sample_rate_hz)) * self._pcm.frame_bytes
        place, came_at = self._start, self._clock.monotonic()
        while not self._stopped.is_set():
            end = self._end()
            if end < place:
                empty = np.zeros((self._pcm.channels, 0), np.float32)
                yield Block(empty, complaint="was begun anew; heard from its beginning")
                place = self._start
            whole = min(size, end - place) // self._pcm.frame_bytes * self._pcm.frame_bytes
            if whole > 0:
                data = self._read(place, whole)
                place, came_at = place + whole, self._clock.monotonic()
                yield Block(self._pcm.decode(data))
            elif self._idle_s is not None and self._clock.monotonic() - came_at >= self._idle_s:
                return
            else:
                self._clock.sleep(_LOOK_S)

    def close(self) -> None:
        """End; the file is closed when `blocks` has ended."""
        self._stopped.set()

    def __exit__(self, *exception: object) -> None:
        super().__exit__(*exception)
        if self._file is not None:
            self._file.close()

    def _read(self, place: int, size: int) -> bytes:
        assert self._file is not None
        try:
            self._file.seek(place)
            data = self._file.read(size)
        except OSError as error:
            raise AudioError(f"{self.name}: cannot be read ({error.strerror}); check it") from error
        return data[: len(data) // self._pcm.frame_bytes * self._pcm.frame_bytes]

    def _end(self) -> int:
        """Where the samples end now: chunks may follow them when a recorder has finished."""
        assert self._file is not None
        size = os.fstat(self._file.fileno()).st_size
        if self._start == 0:
            return size
        declared = next((c.size for c in iterate_chunks(self._file) if c.identifier == b"data"), 0)
        is_told = 0 < declared < UNSET_SIZE
        return min(size, self._start + declared) if is_told else size

    def _described(self) -> tuple[PcmFormat, int]:
        """The format, and where the samples begin."""
        assert self._file is not None
        if self._file.read(4) not in _WAV:
            return self._raw, 0
        chunks = {chunk.identifier: chunk for chunk in iterate_chunks(self._file)}
        if b"fmt " not in chunks or b"data" not in chunks or chunks[b"fmt "].held < 16:
            raise AudioError(f"{self.name}: its WAV header is not whole yet; wait a moment")
        self._file.seek(chunks[b"fmt "].offset)
        described = self._file.read(min(40, chunks[b"fmt "].held))
        tag, channels, rate_hz, _, _, bits = struct.unpack("<HHIIHH", described[:16])
        if tag == _EXTENSIBLE and len(described) >= 26:
            tag = struct.unpack("<H", described[24:26])[0]
        if (tag, bits) not in _ENCODINGS:
            raise AudioError(
                f"{self.name}: samples of this kind cannot be followed; record PCM or float samples"
            )
        return PcmFormat(rate_hz, channels, _ENCODINGS[tag, bits]), chunks[b"data"].offset
