"""Writing WAV files, with the metadata of the file that they were made from.

Axes: T sample frames, C channels.
"""

import os
import struct
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import BinaryIO

import numpy as np

from kikimimi.audio.kept_chunks import KeptChunks, find_kept_chunks
from kikimimi.audio.metadata.info import info_chunks
from kikimimi.audio.riff import UNSET_SIZE, open_binary
from kikimimi.audio.wav_format import WavFormat, wav_format
from kikimimi.errors import AudioError
from kikimimi.files import draft_of
from kikimimi.paths import display_path
from kikimimi.types import Clip, FloatArray

_LARGEST_RIFF = UNSET_SIZE - 1
_BLOCK_FRAMES = 1 << 16
_DS64_SIZE = 28


def write_wav(
    path: str | os.PathLike[str],
    clip: Clip,
    *,
    subtype: str = "PCM_24",
    metadata_from: str | os.PathLike[str] | None = None,
    info: Mapping[str, str] | None = None,
    replace: bool = True,
) -> None:
    """Write a clip as a WAV file, whole or not at all; RF64 if it is over 4 GiB.

    Integer samples are rounded to the nearest step and limited to [-1, 1], so a clip read from
    PCM of at most 24 bits is written back without change.

    Args:
        path: the file to write or replace; it may be `metadata_from` itself.
        clip: samples (C, T), T >= 1.
        subtype: PCM_U8, PCM_16, PCM_24, PCM_32, FLOAT or DOUBLE.
        metadata_from: a RIFF, RF64 or BW64 file whose chunks other than format and samples (bext,
            iXML, cue, LIST, smpl, unknown ones) are kept byte for byte, before or behind the
            samples as they were (in RF64, those of odd length all behind). A chunk that this file
            does not hold to its end is left out; any other kind of file has none.
        info: texts of a LIST INFO chunk by names of `audio.metadata.info`, instead of
            `metadata_from`.
        replace: whether a file of that name may be replaced.

    Raises:
        AudioError: the clip cannot be written so, `metadata_from` cannot be read, the disk is full,
            the folder may not be written to, or there is a file that must not be replaced.
    """
    path = Path(path)
    if clip.samples.ndim != 2 or 0 in clip.samples.shape:
        raise AudioError(
            f"{display_path(path)}: a clip to write has samples (C, T), C and T >= 1, "
            f"but got shape {clip.samples.shape}"
        )
    if not np.isfinite(clip.samples).all():
        raise AudioError(f"{display_path(path)}: the clip to write holds NaN or infinite samples")
    channels, frames = clip.samples.shape
    with stream_wav(
        path,
        sample_rate_hz=clip.sample_rate_hz,
        channels=channels,
        subtype=subtype,
        metadata_from=metadata_from,
        info=info,
        frames=frames,
        replace=replace,
    ) as stream:
        stream.write(clip.samples)


@contextmanager
def stream_wav(
    path: str | os.PathLike[str],
    *,
    sample_rate_hz: int,
    channels: int,
    subtype: str = "PCM_24",
    metadata_from: str | os.PathLike[str] | None = None,
    info: Mapping[str, str] | None = None,
    frames: int | None = None,
    most_frames: int = 0,
    replace: bool = True,
) -> Iterator["WavStream"]:
    """Write a WAV file block by block, whole or not at all, as `write_wav` does.

    The file takes its name when the block ends well. If the number of frames is not known, room is
    left for the sizes that a file over 4 GiB needs (EBU Tech 3306, section 3.4).

    Args:
        path: the file to write or replace; it may be `metadata_from` itself.
        sample_rate_hz: its rate.
        channels: how many there are.
        subtype: as in `write_wav`.
        metadata_from: as in `write_wav`.
        info: as in `write_wav`.
        frames: how many will be written, if that is known.
        most_frames: how many there may be otherwise; only tells where chunks of odd length go.
        replace: whether a file of that name may be replaced.

    Raises:
        AudioError: as `write_wav`; or nothing, or another number of frames, was written; or there
            is a file that must not be replaced.
    """
    path = Path(path)
    where = display_path(path)
    chosen = wav_format(
        subtype=subtype, sample_rate_hz=sample_rate_hz, channels=channels, where=where
    )
    with ExitStack() as stack:
        kept = KeptChunks() if info is None else info_chunks(info)
        if metadata_from is not None:
            if info is not None:
                raise AudioError(f"{where}: give info or metadata_from, not both")
            source = stack.enter_context(open_binary(Path(metadata_from)))
            kept = find_kept_chunks(Path(metadata_from), source)
        try:
            with draft_of(path, replace=replace) as draft, draft.open("r+b") as file:
                stream = WavStream(
                    file, chosen, kept, frames=frames, most_frames=most_frames, where=where
                )
                yield stream
                stream.finish()
        except FileExistsError as error:
            raise AudioError(f"{where}: exists already; choose another name") from error
        except OSError as error:
            raise AudioError(
                f"{where}: cannot be written ({error.strerror}); choose another place"
            ) from error


class WavStream:
    """A WAV file in the making. See `stream_wav`."""

    def __init__(
        self,
        file: BinaryIO,
        wav: WavFormat,
        kept: KeptChunks,
        *,
        frames: int | None,
        most_frames: int,
        where: str,
    ) -> None:
        self._file, self._wav, self._kept, self._where = file, wav, kept, where
        self._promised = frames
        self._frames = 0
        if self._riff_size(most_frames if frames is None else frames) > _LARGEST_RIFF:
            # libsndfile loses its way in RF64 after a chunk of odd length before the samples.
            self._kept = kept.with_odd_ones_behind()
        file.write(self._head(frames or 0))
        self._kept.write_before(file)
        self._data_at = file.tell()
        file.write(self._data_head(frames or 0))

    def write(self, samples: FloatArray) -> None:
        """Append samples (C, T).

        Raises:
            AudioError: they have another number of channels, or hold NaN or infinite ones.
        """
        if samples.ndim != 2 or len(samples) != self._wav.channels:
            raise AudioError(
                f"{self._where}: samples to write have the shape ({self._wav.channels}, T), but "
                f"got {samples.shape}"
            )
        if not np.isfinite(samples).all():
            raise AudioError(f"{self._where}: the samples to write hold NaN or infinite ones")
        for start in range(0, samples.shape[1], _BLOCK_FRAMES):
            self._file.write(self._wav.encode(samples[:, start : start + _BLOCK_FRAMES].T))
        self._frames += samples.shape[1]

    def finish(self) -> None:
        """Write what stands behind the samples, and the sizes.

        Raises:
            AudioError: nothing was written, or not what was promised.
        """
        if not self._frames or self._promised not in (None, self._frames):
            raise AudioError(f"{self._where}: {self._frames} frames were written; give all of them")
        self._file.write(b"\0" * (self._data_size(self._frames) % 2))
        self._kept.write_behind(self._file)
        if self._promised is None:
            self._file.seek(0)
            self._file.write(self._head(self._frames))
            self._file.seek(self._data_at)
            self._file.write(self._data_head(self._frames))

    def _data_size(self, frames: int) -> int:
        return frames * self._wav.frame_bytes

    def _riff_size(self, frames: int) -> int:
        """What follows the first 8 bytes, without a ds64 chunk."""
        data_size = self._data_size(frames)
        room = 8 + _DS64_SIZE if self._promised is None else 0
        head = 4 + room + len(self._wav.chunks(frames))
        return head + self._kept.size + 8 + data_size + data_size % 2

    def _head(self, frames: int) -> bytes:
        riff_size = self._riff_size(frames)
        described = self._wav.chunks(frames)
        if riff_size > _LARGEST_RIFF:
            riff_size += 8 + _DS64_SIZE if self._promised is not None else 0
            sizes = (riff_size, self._data_size(frames), frames, 0)
            ds64 = struct.pack("<4sIQQQI", b"ds64", _DS64_SIZE, *sizes)
            return struct.pack("<4sI4s", b"RF64", UNSET_SIZE, b"WAVE") + ds64 + described
        room = b""
        if self._promised is None:
            room = struct.pack("<4sI", b"JUNK", _DS64_SIZE) + bytes(_DS64_SIZE)
        return struct.pack("<4sI4s", b"RIFF", riff_size, b"WAVE") + room + described

    def _data_head(self, frames: int) -> bytes:
        is_large = self._riff_size(frames) > _LARGEST_RIFF
        return struct.pack("<4sI", b"data", UNSET_SIZE if is_large else self._data_size(frames))
