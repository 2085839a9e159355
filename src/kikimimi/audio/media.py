"""m4a and the sound of video files, through PyAV (the `media` extra)."""

from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from typing import Any, Self

import numpy as np

from kikimimi.audio.lengths import is_truncated
from kikimimi.audio.riff import open_binary
from kikimimi.errors import AudioError
from kikimimi.paths import display_path
from kikimimi.types import FloatArray, Recording

_MICROSECONDS = 1_000_000
_BEYOND_ANY_END = 1 << 62
_SKIP_FRAMES = 1 << 16

# Demuxers of containers whose header tells a length; for others FFmpeg guesses one.
_KEEP_TRACK_LENGTHS = frozenset({"mov", "avi", "wav"})
_KEEP_LENGTH = frozenset({"matroska"})


class MediaSource:
    """An open container, see `sources.Source`. The first sound track is taken."""

    recording: Recording
    last_frame: int = _BEYOND_ANY_END

    def __init__(self, path: Path, demuxer: str) -> None:
        """Open the container and read its header.

        Args:
            path: the file.
            demuxer: FFmpeg's name of the container, from `containers.find_demuxer`.

        Raises:
            AudioError: PyAV is not installed, or the file is no container with a sound track.
        """
        self._path = path
        self._demuxer = demuxer
        self._av = _import_av(path)
        self._position = 0
        self._waiting: FloatArray | None = None
        self._file = open_binary(path)
        try:
            self._container = self._open()
            self._stream = self._find_stream()
            self._promised = self._promised_frames()
            self.recording = self._describe()
        except BaseException:
            self._file.close()
            raise
        self._blocks = self._decode()

    def seek(self, frame: int) -> None:
        """Go to sample frame `frame` by decoding up to it: containers seek inexactly."""
        while self._position < frame:
            if len(self.read(min(frame - self._position, _SKIP_FRAMES))) == 0:
                return

    def read(self, frames: int) -> FloatArray:
        """Decode the next frames, (T, C) float32; fewer than asked for only at the end.

        Raises:
            AudioError: the data is damaged, or ends before the header says.
        """
        parts: list[FloatArray] = []
        missing = frames
        while missing > 0:
            block = self._waiting if self._waiting is not None else next(self._blocks, None)
            if block is None:
                break
            parts.append(block[:missing])
            self._waiting = block[missing:] if len(block) > missing else None
            missing -= len(parts[-1])
        self._position += frames - missing
        if not parts:
            return np.zeros((0, self.recording.channels), dtype=np.float32)
        return np.concatenate(parts)

    def close(self) -> None:
        """Close the file."""
        self._container.close()
        self._file.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exception: object) -> None:
        self.close()

    def _open(self) -> Any:
        self._file.seek(0)
        try:
            return self._av.open(self._file, format=self._demuxer, metadata_errors="replace")
        except (self._av.FFmpegError, ValueError) as error:
            raise self._error(f"damaged: cannot be opened ({_reason(error)})") from error

    def _find_stream(self) -> Any:
        if not self._container.streams.audio:
            raise self._error("holds no sound track")
        stream = self._container.streams.audio[0]
        if stream.codec_context is None:
            raise self._error("its sound track has a coding that is not known")
        if not stream.rate or not stream.channels:
            raise self._error("damaged: its sound track has no sample rate or no channels")
        return stream

    def _promised_frames(self) -> int | None:
        """Length of the sound track, where the container tells it."""
        stream, container = self._stream, self._container
        is_alone = len(container.streams) == 1
        if self._demuxer in _KEEP_TRACK_LENGTHS and stream.duration is not None:
            return round(stream.duration * stream.time_base * stream.rate)
        if self._demuxer in _KEEP_LENGTH and is_alone and container.duration:
            return round(container.duration * stream.rate / _MICROSECONDS)
        return None

    def _describe(self) -> Recording:
        stream = self._stream
        guessed = round((self._container.duration or 0) * stream.rate / _MICROSECONDS)
        frames = self._promised or guessed or self._count_frames()
        if frames <= 0:
            raise self._error("its sound track is empty")
        return Recording(
            path=self._path,
            sample_rate_hz=stream.rate,
            channels=stream.channels,
            frames=frames,
            format=self._demuxer.upper(),
            subtype=stream.codec_context.name.upper(),
        )

    def _count_frames(self) -> int:
        """Decode the file once, because recordings of a browser do not tell their length."""
        try:
            count = sum(frame.samples for frame in self._container.decode(self._stream))
            self._container = self._open()
            self._stream = self._find_stream()
        except self._av.FFmpegError as error:
            raise self._error(f"damaged: cannot be decoded ({_reason(error)})") from error
        return count

    def _decode(self) -> Iterator[FloatArray]:
        rate_hz, channels = self.recording.sample_rate_hz, self.recording.channels
        resampler = self._av.AudioResampler(format="flt", layout=self._stream.layout, rate=rate_hz)
        decoded = 0
        try:
            for frame in self._frames():
                for part in resampler.resample(frame):
                    decoded += part.samples
                    yield part.to_ndarray().reshape(-1, channels)
        except (self._av.FFmpegError, ValueError) as error:
            second = decoded / rate_hz
            raise self._error(
                f"damaged: cannot be decoded after {second:.2f} s ({_reason(error)})"
            ) from error
        if self._promised is not None and is_truncated(self._promised, decoded, rate_hz):
            raise self._error(
                f"truncated: header promises {self._promised / rate_hz:.2f} s, "
                f"file holds {decoded / rate_hz:.2f} s"
            )

    def _frames(self) -> Iterator[Any]:
        yield from self._container.decode(self._stream)
        # None makes the resampler give out what it holds back.
        yield None

    def _error(self, reason: str) -> AudioError:
        return AudioError(f"{display_path(self._path)}: {reason}")


def _import_av(path: Path) -> Any:
    try:
        return import_module("av")
    except ImportError as error:
        raise AudioError(
            f"{display_path(path)}: this format needs PyAV; "
            'install it with: pip install "kikimimi[media]"'
        ) from error


def _reason(error: Exception) -> str:
    return str(getattr(error, "strerror", None) or error).splitlines()[0]
