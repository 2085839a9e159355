"""Samples without a header from a pipe: `ffmpeg ... -f s16le - | kikimimi listen -`."""

import io
import os
import select
from collections.abc import Iterator
from typing import BinaryIO

import numpy as np

from kikimimi.errors import AudioError
from kikimimi.listening.contract import Block, SoundFormat, Source
from kikimimi.listening.sources.pcm import PcmFormat

_BLOCK_S = 0.1
_STALLED_S = 5.0
_WAIT_S = 0.5
_HEADERS = {b"RIFF": "a WAV file", b"RF64": "a WAV file", b"fLaC": "FLAC", b"OggS": "Ogg"}


class RawSource(Source):
    """A stream of raw samples; ends with the stream.

    What is there is given at once, so that nothing waits for a block to be full. A stream that
    stops without ending is told of.

    Args:
        stream: open for reading bytes.
        pcm: what they mean.
        name: for people.
        stalled_s: silence of the stream after which that is said.
    """

    def __init__(
        self,
        stream: BinaryIO,
        pcm: PcmFormat,
        *,
        name: str = "standard input",
        stalled_s: float = _STALLED_S,
    ) -> None:
        self.name = name
        self._stream = stream
        self._pcm = pcm
        self._stalled_s = stalled_s
        self._is_closed = False

    def open(self) -> SoundFormat:
        """Nothing to open: the stream is."""
        return self._pcm.sound

    def blocks(self) -> Iterator[Block]:
        """Samples as they come; a frame that the stream ends within is told of.

        Raises:
            AudioError: the stream is a file with a header, or can no longer be read.
        """
        size = max(1, round(_BLOCK_S * self._pcm.sample_rate_hz)) * self._pcm.frame_bytes
        rest, is_new = b"", True
        while not self._is_closed:
            if not self._has_more():
                if not self._is_closed:
                    yield _news(self._pcm, f"nothing came for {self._stalled_s:g} s", is_away=True)
                continue
            data = self._read(size)
            if not data:
                break
            if is_new:
                self._check_raw(data)
            data, is_new = rest + data, False
            whole = len(data) - len(data) % self._pcm.frame_bytes
            rest = data[whole:]
            if whole:
                yield Block(self._pcm.decode(data[:whole]))
        if rest:
            yield _news(self._pcm, f"the stream ended within a frame; {len(rest)} bytes left out")

    def close(self) -> None:
        """End after the block that is being read; the stream stays open."""
        self._is_closed = True

    def _has_more(self) -> bool:
        """Whether there is something to read, or the stream cannot tell."""
        try:
            descriptor = self._stream.fileno()
        except (OSError, io.UnsupportedOperation):
            return True
        if os.name == "nt":  # select knows only sockets there
            return True
        waited_s = 0.0
        while waited_s < self._stalled_s and not self._is_closed:
            if select.select([descriptor], [], [], _WAIT_S)[0]:
                return True
            waited_s += _WAIT_S
        return False

    def _check_raw(self, data: bytes) -> None:
        kind = next((name for mark, name in _HEADERS.items() if data.startswith(mark)), None)
        if kind is not None:
            raise AudioError(
                f"{self.name}: is {kind}, not raw samples; send those, with ffmpeg -f s16le or "
                "arecord -t raw"
            )

    def _read(self, size: int) -> bytes:
        try:
            return os.read(self._stream.fileno(), size)
        except io.UnsupportedOperation:
            return self._stream.read(size)
        except OSError as error:
            raise AudioError(
                f"{self.name}: cannot be read any more ({error.strerror}); "
                "start what feeds it again"
            ) from error


def _news(pcm: PcmFormat, text: str, *, is_away: bool = False) -> Block:
    return Block(np.zeros((pcm.channels, 0), np.float32), complaint=text, is_away=is_away)
