"""Opening audio files: one way in for probing, reading and streaming.

Axes: T sample frames, C channels. Blocks have the order of the file, (T, C).
"""

import os
import stat
from collections.abc import Iterator
from pathlib import Path
from typing import Protocol, Self

import numpy as np

from kikimimi.audio.containers import find_demuxer
from kikimimi.audio.media import MediaSource
from kikimimi.audio.sndfile import SndfileSource, UnknownFormatError
from kikimimi.errors import AudioError
from kikimimi.paths import display_path
from kikimimi.types import FloatArray, Recording

BLOCK_VALUES = 1 << 20
"""Samples of all channels together in one block: 4 MiB, whatever the rate or channel count."""

_LOUDEST = 1e30


class Source(Protocol):
    """An open audio file that gives its sample frames in order."""

    recording: Recording
    last_frame: int
    """No frame after this one exists; far beyond the end if the format does not say."""

    def seek(self, frame: int) -> None:
        """Go to sample frame `frame`, counted from the start of the file."""

    def read(self, frames: int) -> FloatArray:
        """Decode the next frames, (T, C) float32 with T <= `frames`, T = 0 at the end.

        Raises:
            AudioError: the data is damaged, or ends before the header says.
        """

    def close(self) -> None:
        """Close the file."""

    def __enter__(self) -> Self: ...

    def __exit__(self, *exception: object) -> None: ...


def open_source(path: str | os.PathLike[str]) -> Source:
    """Open an audio file through libsndfile, or through the `media` extra if it is video or m4a.

    Raises:
        AudioError: there is no such file, it is no regular file, is empty, may not be read, or is
            not audio.
    """
    path = Path(path)
    _check_file(path)
    try:
        return SndfileSource(path)
    except UnknownFormatError:
        demuxer = find_demuxer(path)
        if demuxer is None:
            raise
        return MediaSource(path, demuxer)


def read_blocks(
    source: Source, *, start_frame: int = 0, end_frame: int | None = None
) -> Iterator[FloatArray]:
    """Yield the frames from `start_frame` to before `end_frame` in blocks (T, C) of 4 MiB at most.

    Raises:
        AudioError: the data is damaged, ends before the header says, holds NaN or infinite
            samples, or there is no frame to give.
    """
    recording = source.recording
    position = start_frame
    stop = source.last_frame if end_frame is None else min(end_frame, source.last_frame)
    block_frames = max(1, BLOCK_VALUES // recording.channels)
    if start_frame:
        source.seek(start_frame)
    while position < stop:
        block = source.read(min(block_frames, stop - position))
        if len(block) == 0:
            break
        _check_finite(block, recording, position)
        position += len(block)
        yield block
    if position == start_frame:
        raise AudioError(
            f"{display_path(recording.path)}: holds no sound from "
            f"{start_frame / recording.sample_rate_hz:g} s on"
        )


def downmix(block: FloatArray) -> FloatArray:
    """Mean over channels: (T, C) -> (T,).

    Channels are added one after the other, so the result does not depend on the block's length.
    """
    channels = block.shape[1]
    if channels == 1:
        return block[:, 0]
    share = np.float32(1 / channels)
    mono = block[:, 0] * share
    for channel in range(1, channels):
        mono += block[:, channel] * share
    return mono


def _check_file(path: Path) -> None:
    try:
        status = path.stat()
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or "not a possible file name"
        raise AudioError(f"{display_path(path)}: cannot be opened ({reason})") from error
    if stat.S_ISDIR(status.st_mode):
        raise AudioError(f"{display_path(path)}: is a folder, not an audio file")
    if not stat.S_ISREG(status.st_mode):
        raise AudioError(f"{display_path(path)}: is not a regular file")
    if status.st_size == 0:
        raise AudioError(f"{display_path(path)}: the file is empty (0 bytes)")


def _check_finite(block: FloatArray, recording: Recording, position: int) -> None:
    # Minimum and maximum pass NaN on, and need no second array; the bound keeps sums finite.
    if block.min() >= -_LOUDEST and block.max() <= _LOUDEST:
        return
    sound = np.abs(block) <= _LOUDEST
    frame = position + int(np.argmin(sound.all(axis=1)))
    raise AudioError(
        f"{display_path(recording.path)}: holds NaN or infinite samples, the first at "
        f"{frame / recording.sample_rate_hz:.3f} s"
    )
