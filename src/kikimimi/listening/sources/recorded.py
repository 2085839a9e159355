"""A recording of any format and length, at real speed or faster."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from threading import Event

import numpy as np

from kikimimi.audio.sources import Source as AudioFile
from kikimimi.audio.sources import open_source
from kikimimi.listening.contract import Block, SoundFormat, Source
from kikimimi.listening.sources.pacing import Clock, Pace, waiting_clock
from kikimimi.paths import display_path

_BLOCK_S = 0.1


class RecordedSource(Source):
    """A sound file from its first sample to its last.

    Args:
        path: of any format that can be read.
        speed: in times real time; 0 is as fast as it goes.
        begins_at: when its first sample sounded, with a time zone; the times of alerts follow from
            it. Without it they are those of now at real speed, and count from now else.
        clock: what paces it.
    """

    def __init__(
        self,
        path: Path,
        *,
        speed: float = 0.0,
        begins_at: datetime | None = None,
        clock: Clock | None = None,
    ) -> None:
        self.name = display_path(path)
        self._path = path
        self._speed = speed
        self._begins_at = begins_at
        self._stopped = Event()
        self._clock = clock or waiting_clock(self._stopped)
        self._file: AudioFile | None = None

    def open(self) -> SoundFormat:
        """Open the file.

        Raises:
            AudioError: it cannot be read.
        """
        self._file = open_source(self._path)
        recording = self._file.recording
        return SoundFormat(recording.sample_rate_hz, recording.channels)

    def blocks(self) -> Iterator[Block]:
        """Blocks of a tenth of a second.

        Raises:
            AudioError: the file is damaged from here on.
        """
        assert self._file is not None, "blocks come after open"
        file, rate_hz = self._file, self._file.recording.sample_rate_hz
        size = max(1, round(_BLOCK_S * rate_hz))
        pace, position = Pace(self._speed, self._clock), 0
        begins_at = self._begins_at
        if begins_at is None and self._speed != 1:
            begins_at = datetime.now().astimezone()
        while not self._stopped.is_set() and position < file.last_frame:
            samples = file.read(min(size, file.last_frame - position))
            if not len(samples):
                return
            position += len(samples)
            pace.wait(position / rate_hz)
            heard_at = begins_at and begins_at + timedelta(seconds=position / rate_hz)
            yield Block(np.ascontiguousarray(samples.T), heard_at=heard_at)

    def close(self) -> None:
        """End; the file is closed when `blocks` has ended."""
        self._stopped.set()

    def __exit__(self, *exception: object) -> None:
        super().__exit__(*exception)
        if self._file is not None:
            self._file.close()
