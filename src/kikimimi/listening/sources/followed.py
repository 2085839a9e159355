"""A file that still grows: a recorder writes it, the listener follows.

Axes: C channels, T samples.
"""

from collections.abc import Iterator
from pathlib import Path
from threading import Event

import numpy as np

from kikimimi.errors import AudioError
from kikimimi.listening.contract import Block, SoundFormat, Source
from kikimimi.listening.sources.growing import GrowingFile
from kikimimi.listening.sources.pacing import Clock, waiting_clock
from kikimimi.listening.sources.pcm import PcmFormat
from kikimimi.paths import display_path

_BLOCK_S = 0.1
_LOOK_S = 0.1
_PATIENCE_S = 5.0


class FollowedSource(Source):
    """Samples from the first to the last, and on as the file grows.

    A file that becomes shorter was begun anew, and is heard from its beginning. Where another file
    gets its name, as when logs are rotated, the old one is heard to its end and then the new one,
    as soon as there are samples in it.

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
        self._file: GrowingFile | None = None

    def open(self) -> SoundFormat:
        """Open the file and read its header.

        Raises:
            AudioError: it cannot be opened, or is a WAV file whose samples are not known.
        """
        self._file = GrowingFile(self._path, raw=self._raw)
        return self._file.pcm.sound

    def blocks(self) -> Iterator[Block]:
        """What is there, and what comes.

        Raises:
            AudioError: the file can no longer be read, or the one that has its name now cannot be
                followed.
        """
        assert self._file is not None, "blocks come after open"
        file = self._file
        frame_bytes = file.pcm.frame_bytes
        size = max(1, round(_BLOCK_S * file.pcm.sample_rate_hz)) * frame_bytes
        place, came_at = file.start, self._clock.monotonic()
        while not self._stopped.is_set():
            end = file.end()
            if end < place:
                yield self._news("was begun anew; heard from its beginning")
                place = file.start
            whole = min(size, end - place) // frame_bytes * frame_bytes
            quiet_s = self._clock.monotonic() - came_at
            if whole > 0:
                data = file.read(place, whole)
                place, came_at = place + whole, self._clock.monotonic()
                yield Block(file.pcm.decode(data))
            elif file.is_replaced() and self._go_over(is_patient=quiet_s < _PATIENCE_S):
                file = self._file
                place, came_at = file.start, self._clock.monotonic()
                yield self._news("was replaced by a new file; heard from its beginning")
            elif self._idle_s is not None and quiet_s >= self._idle_s:
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

    def _go_over(self, *, is_patient: bool) -> bool:
        """Take the file that has the name now, once there are samples in it.

        A header that is being written cannot be read for a moment; later that is an error.
        """
        assert self._file is not None
        old = self._file
        try:
            new = GrowingFile(self._path, raw=self._raw)
        except AudioError:
            if is_patient:
                return False
            raise
        if new.end() <= new.start or (is_patient and bool(new.start) != bool(old.start)):
            new.close()
            return False
        if (new.pcm, bool(new.start)) != (old.pcm, bool(old.start)):
            new.close()
            raise AudioError(f"{self.name}: the new file has other samples; start listening anew")
        self._file = new
        old.close()
        return True

    def _news(self, text: str) -> Block:
        assert self._file is not None
        return Block(np.zeros((self._file.pcm.channels, 0), np.float32), complaint=text)
