"""Reading a sound, or a stretch of it, into memory."""

import os

import numpy as np

from kikimimi.audio.resampling import resample
from kikimimi.audio.sources import Source, downmix, open_source, read_blocks
from kikimimi.errors import AudioError
from kikimimi.paths import display_path
from kikimimi.types import Clip


def read_clip(
    path: str | os.PathLike[str],
    *,
    sample_rate_hz: int | None = None,
    mono: bool = False,
    start_s: float = 0.0,
    end_s: float | None = None,
) -> Clip:
    """Read samples (C, T) float32 from `start_s` to before `end_s`, the whole sound if not given.

    The stretch is cut out at the file's own rate, then mixed to one channel (mean) if `mono`, then
    resampled if `sample_rate_hz` is another rate. An `end_s` beyond the end means the end.

    Raises:
        AudioError: the file cannot be read (see `probe`), is damaged, holds NaN or infinite
            samples, or the stretch holds no sample of it.
    """
    with open_source(path) as source:
        start_frame, end_frame = _stretch(source, start_s, end_s)
        blocks = [
            downmix(block)[:, None] if mono else block
            for block in read_blocks(source, start_frame=start_frame, end_frame=end_frame)
        ]
        rate_hz = source.recording.sample_rate_hz
    frames = blocks[0] if len(blocks) == 1 else np.concatenate(blocks)
    samples = np.ascontiguousarray(frames.T)
    if sample_rate_hz is None:
        return Clip(samples, rate_hz)
    return Clip(resample(samples, rate_hz, sample_rate_hz), sample_rate_hz)


def _stretch(source: Source, start_s: float, end_s: float | None) -> tuple[int, int | None]:
    recording = source.recording
    if not (start_s >= 0 and (end_s is None or end_s > start_s)):
        raise AudioError(
            f"{display_path(recording.path)}: a stretch from {start_s} s to {end_s} s is "
            "impossible; give 0 <= start < end"
        )
    start_frame = round(min(start_s * recording.sample_rate_hz, source.last_frame))
    if end_s is None:
        return start_frame, None
    end_frame = round(min(end_s * recording.sample_rate_hz, source.last_frame))
    return start_frame, max(end_frame, start_frame + 1)
