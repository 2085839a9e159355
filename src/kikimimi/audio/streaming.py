"""Reading sounds of any length in bounded memory."""

import os
from collections.abc import Iterator

import numpy as np

from kikimimi.audio.resampling import StreamResampler
from kikimimi.audio.sources import downmix, open_source, read_blocks
from kikimimi.errors import AudioError
from kikimimi.types import Clip, FloatArray

_LARGEST_CLIP_VALUES = 1 << 23


def stream_blocks(
    path: str | os.PathLike[str],
    *,
    block_s: float = 10.0,
    sample_rate_hz: int | None = None,
    mono: bool = False,
) -> Iterator[Clip]:
    """Yield a sound in clips (C, T) of `block_s` seconds, the last one shorter.

    Where `block_s` seconds of all channels would take over 32 MiB, the clips are that much
    shorter. Joined, they equal what `read_clip` gives.

    Raises:
        AudioError: as `read_clip`; damage inside the file shows when its block is reached.
    """
    if not block_s > 0:
        raise AudioError(f"a block must be longer than 0 s, but got {block_s} s")
    with open_source(path) as source:
        recording = source.recording
        rate_hz = recording.sample_rate_hz if sample_rate_hz is None else sample_rate_hz
        channels = 1 if mono else recording.channels
        resampler = StreamResampler(channels, recording.sample_rate_hz, rate_hz)
        blocks = (
            resampler.push(downmix(block)[None] if mono else block.T)
            for block in read_blocks(source)
        )
        size = max(1, round(min(block_s * rate_hz, _LARGEST_CLIP_VALUES // channels)))
        for samples in _regroup(blocks, resampler, channels, size):
            yield Clip(samples, rate_hz)


def _regroup(
    blocks: Iterator[FloatArray], resampler: StreamResampler, channels: int, size: int
) -> Iterator[FloatArray]:
    """Cut blocks (C, any) into blocks (C, size), the last one shorter."""
    waiting: list[FloatArray] = []
    count = 0
    for block in blocks:
        waiting.append(block)
        count += block.shape[1]
        if count < size:
            continue
        joined = np.concatenate(waiting, axis=1)
        whole = count - count % size
        for start in range(0, whole, size):
            yield np.ascontiguousarray(joined[:, start : start + size])
        waiting, count = [joined[:, whole:].copy()], count - whole
    waiting.append(resampler.push(np.zeros((channels, 0), np.float32), last=True))
    joined = np.concatenate(waiting, axis=1)
    for start in range(0, joined.shape[1], size):
        yield np.ascontiguousarray(joined[:, start : start + size])
