"""Audio files through libsndfile: WAV, RF64, AIFF, FLAC, Ogg, MP3, CAF and more."""

import os
from pathlib import Path
from typing import Self

import soundfile

from kikimimi.audio.lengths import UNKNOWN_LENGTH, is_truncated, promised_frames
from kikimimi.audio.riff import open_binary
from kikimimi.errors import AudioError
from kikimimi.paths import display_path
from kikimimi.types import FloatArray, Recording

_NOT_RECOGNISED = frozenset({1, 7})
"""libsndfile's error numbers for what it takes for no sound at all (7: no MPEG frame)."""

_BLOCK_VALUES = 1 << 20
_FINE_BLOCK_FRAMES = 1024
_RUN_UP_S = 2


class UnknownFormatError(AudioError):
    """libsndfile does not know what is in the file."""


class _SequentialFile(soundfile.SoundFile):
    """Reads straight on, where soundfile would seek to its own position after every read.

    That seek fails at the end of a damaged or endless FLAC stream and hides the samples read.
    """

    def seekable(self) -> bool:
        return False


class SndfileSource:
    """An open file, see `sources.Source`."""

    recording: Recording
    last_frame: int

    def __init__(self, path: Path) -> None:
        """Open the file and read its header.

        Raises:
            UnknownFormatError: it is not audio in a format of libsndfile.
            AudioError: it may not be read, holds no samples, or ends before its header says.
        """
        self._path = path
        self._position = 0
        self._file = _open(path)
        try:
            self._promised = self._read_header()
        except BaseException:
            self._file.close()
            raise

    def _read_header(self) -> int | None:
        file = self._file
        self.last_frame = file.frames
        if file.frames <= 0:
            raise self._error("the header promises no sound (0 samples)")
        promised = promised_frames(self._path, file.format, file.frames)
        frames = file.frames
        if frames >= UNKNOWN_LENGTH:
            frames = _count_frames(self._path)
        self.recording = Recording(
            path=self._path,
            sample_rate_hz=file.samplerate,
            channels=file.channels,
            frames=frames,
            format=file.format,
            subtype=file.subtype,
        )
        # Where libsndfile has counted the bytes, the file holds what it says it holds.
        if promised is not None and promised != frames:
            self._check_length(promised, frames)
        return promised

    def seek(self, frame: int) -> None:
        """Go to sample frame `frame`.

        Raises:
            AudioError: the data is damaged.
        """
        # An MPEG frame borrows bits from those before it, so the decoder needs a run-up.
        run_up = _RUN_UP_S * self._file.samplerate if self._file.format == "MP3" else 0
        self._position = max(0, frame - run_up)
        try:
            self._file.seek(self._position)
        except soundfile.LibsndfileError as error:
            raise self._decoding_error(error) from error
        if frame > self._position:
            self.read(frame - self._position)

    def read(self, frames: int) -> FloatArray:
        """Decode the next frames, (T, C) float32; fewer than asked for only at the end.

        Raises:
            AudioError: the data is damaged, or ends before the header says.
        """
        try:
            block = self._file.read(frames, dtype="float32", always_2d=True)
        except soundfile.LibsndfileError as error:
            raise self._decoding_error(error) from error
        self._position += len(block)
        if len(block) < frames and self._promised is not None:
            self._check_length(self._promised, self._position)
        return block

    def close(self) -> None:
        """Close the file."""
        self._file.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exception: object) -> None:
        self.close()

    def _check_length(self, promised: int, held: int) -> None:
        rate = self._file.samplerate
        if is_truncated(promised, held, rate):
            raise self._error(
                f"truncated: header promises {promised / rate:.2f} s, "
                f"file holds {held / rate:.2f} s"
            )

    def _decoding_error(self, error: soundfile.LibsndfileError) -> AudioError:
        second = _count_frames(self._path, _FINE_BLOCK_FRAMES) / self._file.samplerate
        return self._error(f"damaged: cannot be decoded after {second:.2f} s ({_reason(error)})")

    def _error(self, reason: str) -> AudioError:
        return AudioError(f"{display_path(self._path)}: {reason}")


def _open(path: Path) -> _SequentialFile:
    # soundfile encodes text strictly, which fails for names that are not UTF-8.
    name = str(path) if os.name == "nt" else os.fsencode(path)
    try:
        return _SequentialFile(name)
    except soundfile.LibsndfileError as error:
        # libsndfile does not say why the system refused; opening it again does.
        open_binary(path).close()
        if error.code in _NOT_RECOGNISED:
            raise UnknownFormatError(
                f"{display_path(path)}: not audio in a format that can be read"
            ) from error
        raise UnknownFormatError(
            f"{display_path(path)}: damaged: cannot be opened ({_reason(error)})"
        ) from error
    except TypeError as error:
        # Headerless formats (.raw) are taken by name, and then a rate is missing.
        raise UnknownFormatError(f"{display_path(path)}: has no header to read") from error


def _count_frames(path: Path, block_frames: int | None = None) -> int:
    """Count the frames that can be decoded, by decoding them."""
    count = 0
    with _open(path) as file:
        block_frames = block_frames or max(1, _BLOCK_VALUES // file.channels)
        while True:
            try:
                got = len(file.read(block_frames, dtype="float32", always_2d=True))
            except soundfile.LibsndfileError:
                return count
            count += got
            if got < block_frames:
                return count


def _reason(error: soundfile.LibsndfileError) -> str:
    return error.error_string.strip().rstrip(".").replace("\n", " ")
