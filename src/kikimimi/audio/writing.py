"""Writing WAV files, with the metadata of the file that they were made from."""

import os
import struct
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

import numpy as np

from kikimimi.audio.riff import (
    MAX_CHUNKS,
    UNSET_SIZE,
    Chunk,
    copy_payload,
    iterate_chunks,
    open_binary,
)
from kikimimi.errors import AudioError
from kikimimi.files import draft_of
from kikimimi.paths import display_path
from kikimimi.types import Clip, FloatArray

_LARGEST_RIFF = UNSET_SIZE - 1
_BLOCK_FRAMES = 1 << 16
_PCM, _FLOAT, _EXTENSIBLE = 1, 3, 0xFFFE
# The last 14 bytes of the sub-format GUIDs of WAVEFORMATEXTENSIBLE.
_GUID_TAIL = bytes.fromhex("000000001000800000aa00389b71")
# These describe the samples that are written anew, or fill space.
_NOT_KEPT = frozenset({b"fmt ", b"data", b"fact", b"ds64", b"JUNK", b"PEAK", b"levl"})


@dataclass(frozen=True, slots=True)
class _Encoding:
    tag: int
    bits: int


@dataclass(frozen=True, slots=True)
class _Metadata:
    """Chunks to copy from an open file, those before the samples and those behind."""

    source: BinaryIO | None = None
    before: tuple[Chunk, ...] = ()
    behind: tuple[Chunk, ...] = ()

    @property
    def size(self) -> int:
        return sum(8 + chunk.size + chunk.size % 2 for chunk in (*self.before, *self.behind))

    def copy(self, chunks: tuple[Chunk, ...], file: BinaryIO) -> None:
        for chunk in chunks:
            if self.source is not None:
                file.write(chunk.identifier + struct.pack("<I", chunk.size))
                copy_payload(self.source, chunk, file)
                file.write(b"\0" * (chunk.size % 2))


_ENCODINGS = {
    "PCM_U8": _Encoding(_PCM, 8),
    "PCM_16": _Encoding(_PCM, 16),
    "PCM_24": _Encoding(_PCM, 24),
    "PCM_32": _Encoding(_PCM, 32),
    "FLOAT": _Encoding(_FLOAT, 32),
    "DOUBLE": _Encoding(_FLOAT, 64),
}


def write_wav(
    path: str | os.PathLike[str],
    clip: Clip,
    *,
    subtype: str = "PCM_24",
    metadata_from: str | os.PathLike[str] | None = None,
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

    Raises:
        AudioError: the clip cannot be written so, `metadata_from` cannot be read, the disk is full
            or the folder may not be written to.
    """
    path = Path(path)
    encoding = _check(path, clip, subtype)
    with ExitStack() as stack:
        metadata = _Metadata()
        if metadata_from is not None:
            source = stack.enter_context(open_binary(Path(metadata_from)))
            metadata = _find_metadata(Path(metadata_from), source)
        try:
            with draft_of(path) as draft, draft.open("r+b") as file:
                _write(file, clip, encoding, metadata)
        except OSError as error:
            raise AudioError(
                f"{display_path(path)}: cannot be written ({error.strerror}); choose another place"
            ) from error


def _check(path: Path, clip: Clip, subtype: str) -> _Encoding:
    if subtype not in _ENCODINGS:
        known = ", ".join(_ENCODINGS)
        raise AudioError(f"{display_path(path)}: no WAV subtype '{subtype}'; known: {known}")
    if clip.samples.ndim != 2 or 0 in clip.samples.shape:
        raise AudioError(
            f"{display_path(path)}: a clip to write has samples (C, T), C and T >= 1, "
            f"but got shape {clip.samples.shape}"
        )
    if not np.isfinite(clip.samples).all():
        raise AudioError(f"{display_path(path)}: the clip to write holds NaN or infinite samples")
    encoding = _ENCODINGS[subtype]
    frame_bytes = clip.samples.shape[0] * encoding.bits // 8
    if frame_bytes > 0xFFFF or not 0 < clip.sample_rate_hz <= 0xFFFFFFFF // frame_bytes:
        raise AudioError(
            f"{display_path(path)}: WAV cannot hold {clip.samples.shape[0]} channels at "
            f"{clip.sample_rate_hz} Hz"
        )
    return encoding


def _find_metadata(path: Path, source: BinaryIO) -> _Metadata:
    before: list[Chunk] = []
    behind: list[Chunk] = []
    side = before
    for number, chunk in enumerate(iterate_chunks(source)):
        if number == MAX_CHUNKS:
            raise AudioError(f"{display_path(path)}: has more than {MAX_CHUNKS} RIFF chunks")
        if chunk.identifier == b"data":
            side = behind
        elif chunk.identifier not in _NOT_KEPT and chunk.held == chunk.size < UNSET_SIZE:
            side.append(chunk)
    return _Metadata(source, tuple(before), tuple(behind))


def _write(file: BinaryIO, clip: Clip, encoding: _Encoding, metadata: _Metadata) -> None:
    channels, frames = clip.samples.shape
    data_size = frames * channels * encoding.bits // 8
    head = _format_chunk(clip, encoding)
    before, behind = metadata.before, metadata.behind
    riff_size = 4 + len(head) + metadata.size + 8 + data_size + data_size % 2
    if riff_size <= _LARGEST_RIFF:
        file.write(struct.pack("<4sI4s", b"RIFF", riff_size, b"WAVE"))
        stated_size = data_size
    else:
        sizes = struct.pack("<4sIQQQI", b"ds64", 28, riff_size + 36, data_size, frames, 0)
        file.write(struct.pack("<4sI4s", b"RF64", UNSET_SIZE, b"WAVE") + sizes)
        stated_size = UNSET_SIZE
        # libsndfile loses its way in RF64 after a chunk of odd length, so these go behind.
        behind = (*(chunk for chunk in before if chunk.size % 2), *behind)
        before = tuple(chunk for chunk in before if chunk.size % 2 == 0)
    file.write(head)
    metadata.copy(before, file)
    file.write(struct.pack("<4sI", b"data", stated_size))
    for block in _encoded_blocks(clip.samples, encoding):
        file.write(block)
    file.write(b"\0" * (data_size % 2))
    metadata.copy(behind, file)


def _format_chunk(clip: Clip, encoding: _Encoding) -> bytes:
    """The `fmt ` chunk, and the `fact` chunk that formats other than PCM must have."""
    channels, frames = clip.samples.shape
    frame_bytes = channels * encoding.bits // 8
    rate_hz = clip.sample_rate_hz
    is_extensible = channels > 2
    tag = _EXTENSIBLE if is_extensible else encoding.tag
    fields = struct.pack(
        "<HHIIHH", tag, channels, rate_hz, rate_hz * frame_bytes, frame_bytes, encoding.bits
    )
    if is_extensible:
        fields += struct.pack("<HHIH", 22, encoding.bits, 0, encoding.tag) + _GUID_TAIL
    chunk = struct.pack("<4sI", b"fmt ", len(fields)) + fields
    if encoding.tag == _PCM:
        return chunk
    return chunk + struct.pack("<4sII", b"fact", 4, min(frames, UNSET_SIZE))


def _encoded_blocks(samples: FloatArray, encoding: _Encoding) -> Iterator[bytes]:
    for start in range(0, samples.shape[1], _BLOCK_FRAMES):
        yield _encode(samples[:, start : start + _BLOCK_FRAMES].T, encoding)


def _encode(frames: FloatArray, encoding: _Encoding) -> bytes:
    """Samples (T, C) as little-endian bytes."""
    if encoding.tag == _FLOAT:
        return frames.astype(f"<f{encoding.bits // 8}").tobytes()
    full_scale = 2.0 ** (encoding.bits - 1)
    steps = np.rint(frames.astype(np.float64) * full_scale)
    whole = np.clip(steps, -full_scale, full_scale - 1).astype("<i4")
    if encoding.bits == 8:
        return (whole + 128).astype(np.uint8).tobytes()
    width = encoding.bits // 8
    return whole.reshape(-1, 1).view(np.uint8)[:, :width].tobytes()
