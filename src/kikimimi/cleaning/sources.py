"""Where the sound of a chain comes from: a file, a clip in memory, or what an earlier pass gave.

Axes: C channels, T sample frames. Every source gives the same sound each time it is asked, in
blocks (C, T) of `BLOCK_FRAMES` frames, the last one shorter. As the borders do not depend on how a
file is decoded, neither does anything that a chain makes of the blocks, to the last bit.
"""

import os
import tempfile
from collections.abc import Iterable, Iterator
from pathlib import Path
from types import TracebackType
from typing import Protocol, Self

import numpy as np

from kikimimi.audio.sources import open_source, read_blocks
from kikimimi.cleaning.contract import Samples, SoundFormat
from kikimimi.errors import AudioError
from kikimimi.paths import display_path
from kikimimi.types import Clip, FloatArray

BLOCK_FRAMES = 1 << 15
_IN_MEMORY_BYTES = 1 << 25


class SoundSource(Protocol):
    """A sound that can be heard more than once."""

    sound: SoundFormat
    where: str
    """What messages call it."""

    def blocks(self) -> Iterator[Samples]:
        """Yield the sound from its first frame on.

        Raises:
            AudioError: it cannot be decoded.
        """


class FileSource:
    """An audio file, decoded anew at each pass.

    Raises:
        AudioError: the file cannot be opened or is not audio.
    """

    def __init__(self, path: str | os.PathLike[str]) -> None:
        self.path = Path(path)
        self.where = display_path(path)
        with open_source(path) as source:
            recording = source.recording
        self.sound = SoundFormat(recording.sample_rate_hz, recording.channels)

    def blocks(self) -> Iterator[Samples]:
        """Yield the sound. Raises AudioError as `read_blocks` does."""
        with open_source(self.path) as source:
            yield from regroup(read_blocks(source), BLOCK_FRAMES)


class ClipSource:
    """A sound in memory.

    Raises:
        AudioError: it is no array (C, T) with samples, or holds NaN or infinite ones.
    """

    where = "the clip"

    def __init__(self, clip: Clip) -> None:
        if clip.samples.ndim != 2 or 0 in clip.samples.shape:
            raise AudioError(
                "a clip to clean has samples (C, T), C and T >= 1, but got shape "
                f"{clip.samples.shape}"
            )
        if not np.isfinite(clip.samples).all():
            raise AudioError("a clip to clean holds NaN or infinite samples; mend it first")
        self._samples = clip.samples
        self.sound = SoundFormat(clip.sample_rate_hz, clip.samples.shape[0])

    def blocks(self) -> Iterator[Samples]:
        """Yield the sound."""
        for start in range(0, self._samples.shape[1], BLOCK_FRAMES):
            yield self._samples[:, start : start + BLOCK_FRAMES].astype(np.float64)


class Spool:
    """Keeps what a pass gave, float32, on the disk where it is over 32 MiB.

    Args:
        sound: rate and channels.
        where: what messages call the sound.
        folder: where the file is put; it has no name there and goes with the process.
    """

    def __init__(self, sound: SoundFormat, *, where: str, folder: Path) -> None:
        self.sound = sound
        self.where = where
        self._folder = folder
        self._file = tempfile.SpooledTemporaryFile(  # noqa: SIM115 -- closed by `close`
            max_size=_IN_MEMORY_BYTES, dir=str(folder)
        )

    def write(self, block: Samples) -> None:
        """Keep the next frames (C, T).

        Raises:
            AudioError: the disk is full.
        """
        try:
            self._file.write(np.ascontiguousarray(block.T, dtype=np.float32).data)
        except OSError as error:
            raise AudioError(
                f"{display_path(self._folder)}: the draft of {self.where} cannot be written "
                f"({error.strerror}); free some space or choose another folder"
            ) from error

    def blocks(self) -> Iterator[Samples]:
        """Yield what was kept."""
        self._file.seek(0)
        frame_bytes = 4 * self.sound.channels
        while piece := self._file.read(BLOCK_FRAMES * frame_bytes):
            frames = np.frombuffer(piece, dtype=np.float32).reshape(-1, self.sound.channels)
            yield _as_samples(frames)

    def close(self) -> None:
        """Give the disk back."""
        self._file.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()


def regroup(blocks: Iterable[FloatArray], size: int) -> Iterator[Samples]:
    """Cut blocks (any, C) into blocks (C, size) float64, the last one shorter."""
    waiting: list[FloatArray] = []
    count = 0
    for block in blocks:
        waiting.append(block)
        count += len(block)
        if count < size:
            continue
        joined = np.concatenate(waiting) if len(waiting) > 1 else block
        whole = count - count % size
        for start in range(0, whole, size):
            yield _as_samples(joined[start : start + size])
        waiting, count = [joined[whole:]], count - whole
    if count:
        yield _as_samples(np.concatenate(waiting))


def _as_samples(frames: FloatArray) -> Samples:
    return np.ascontiguousarray(frames.T, dtype=np.float64)
