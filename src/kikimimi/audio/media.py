"""m4a and the sound of video files, through PyAV (the `media` extra)."""

from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from typing import Any, Self

import numpy as np

from kikimimi.errors import AudioError
from kikimimi.paths import display_path
from kikimimi.types import FloatArray, Recording

_MICROSECONDS = 1_000_000
_BEYOND_ANY_END = 1 << 62


class MediaSource:
    """An open container, see `sources.Source`. The first sound track is taken."""

    recording: Recording
    last_frame: int = _BEYOND_ANY_END

    def __init__(self, path: Path) -> None:
        """Open the container and read its header.

        Raises:
            AudioError: PyAV is not installed, or the file is no container with a sound track.
        """
        self._path = path
        self._av = _import_av(path)
        self._position = 0
        self._waiting: FloatArray | None = None
        self._container = self._open()
        try:
            self._stream = self._find_stream()
            self.recording = self._describe()
        except BaseException:
            self.close()
            raise
        self._blocks = self._decode()

    def seek(self, frame: int) -> None:
        """Go to sample frame `frame` by decoding up to it: containers seek inexactly."""
        while self._position < frame:
            if len(self.read(min(frame - self._position, 1 << 16))) == 0:
                return

    def read(self, frames: int) -> FloatArray:
        """Decode the next frames, (T, C) float32; fewer than asked for only at the end.

        Raises:
            AudioError: the data is damaged.
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

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exception: object) -> None:
        self.close()

    def _open(self) -> Any:
        try:
            # As a file object, because PyAV takes names as URLs and as UTF-8.
            return self._av.open(self._path.open("rb"), mode="r", metadata_errors="replace")
        except PermissionError as error:
            raise self._error("may not be read (permission denied)") from error
        except (self._av.FFmpegError, OSError) as error:
            raise self._error(f"not audio, or damaged at its start ({_reason(error)})") from error

    def _find_stream(self) -> Any:
        if not self._container.streams.audio:
            raise self._error("holds no sound track")
        stream = self._container.streams.audio[0]
        if not stream.rate or not stream.channels:
            raise self._error("the header of its sound track is damaged")
        return stream

    def _describe(self) -> Recording:
        stream = self._stream
        if stream.duration is not None and stream.time_base is not None:
            duration_s = float(stream.duration * stream.time_base)
        else:
            duration_s = (self._container.duration or 0) / _MICROSECONDS
        return Recording(
            path=self._path,
            sample_rate_hz=stream.rate,
            channels=stream.channels,
            frames=round(duration_s * stream.rate),
            format=self._container.format.name.split(",")[0].upper(),
            subtype=stream.codec_context.name.upper(),
        )

    def _decode(self) -> Iterator[FloatArray]:
        recording = self.recording
        resampler = self._av.AudioResampler(
            format="flt", layout=self._stream.layout, rate=recording.sample_rate_hz
        )
        decoded = 0
        try:
            for frame in self._container.decode(self._stream):
                for part in resampler.resample(frame):
                    decoded += part.samples
                    yield part.to_ndarray().reshape(-1, recording.channels)
        except (self._av.FFmpegError, ValueError) as error:
            raise self._error(
                f"damaged: cannot be decoded after {decoded / recording.sample_rate_hz:.2f} s "
                f"({_reason(error)})"
            ) from error

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
