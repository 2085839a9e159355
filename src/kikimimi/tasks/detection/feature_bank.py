"""What the network hears of all pieces, computed once: log-mels, and frames of an encoder.

Axes: S segments, F mel bands, N mel frames, N_e frames of an encoder, E their size, T
samples.
"""

import hashlib
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from kikimimi.audio.reading import read_clip
from kikimimi.encoders.detection.front_end import framed_log_mel
from kikimimi.encoders.encoder_frames import EncoderFrames
from kikimimi.errors import AudioError, DatasetError
from kikimimi.features.config import LogMelConfig
from kikimimi.features.logmel import LogMel
from kikimimi.files import draft_of
from kikimimi.tasks.detection.segments import Segment
from kikimimi.types import FloatArray

Bank = NDArray[np.float16]
"""(S, ...) in half precision, memory-mapped."""

Progress = Callable[[int, int, Path, float], None]
"""Told how many pieces of how many are done, the last one's file, and seconds of sound so far."""

Heard = Callable[[FloatArray], FloatArray]
"""What is kept of the samples (T,) of a piece."""

_NAMED_FAULTS = 3


def log_mel_frames(config: LogMelConfig, clip_s: float) -> int:
    """Frames of a piece: as many as hops fill it."""
    return max(1, -(-round(clip_s * config.sample_rate_hz) // config.hop_length))


def log_mel_bank(
    segments: Sequence[Segment],
    config: LogMelConfig,
    *,
    clip_s: float,
    cache: Path,
    progress: Progress | None = None,
) -> Bank:
    """Log-mels (S, F, N) of pieces, filled up with silence to `clip_s`.

    They are kept in a folder of `cache` that is named after front end, files and pieces.

    Raises:
        DatasetError: files cannot be read; all are tried first, the first three are named.
    """
    front_end = LogMel(config)

    def hear(samples: FloatArray) -> FloatArray:
        return framed_log_mel(front_end, samples[None])[0]

    key = {"front_end": asdict(config)}
    return _bank(segments, hear, config.sample_rate_hz, clip_s, key, cache, progress)


def encoder_bank(
    segments: Sequence[Segment],
    frames: EncoderFrames,
    *,
    clip_s: float,
    cache: Path,
    progress: Progress | None = None,
) -> Bank:
    """Frames (S, N_e, E) of an encoder for pieces, filled up with silence to `clip_s`.

    Raises:
        DatasetError: as `log_mel_bank`.
        EncoderError: the encoder's weights are missing or damaged.
    """
    frames.load()

    def hear(samples: FloatArray) -> FloatArray:
        return frames.hear(samples[None])[0]

    key = {"encoder": frames.encoder.identity, "layers": frames.layers}
    rate_hz = frames.encoder.card.sample_rate_hz
    return _bank(segments, hear, rate_hz, clip_s, key, cache, progress)


def _bank(
    segments: Sequence[Segment],
    hear: Heard,
    rate_hz: int,
    clip_s: float,
    key: Mapping[str, object],
    cache: Path,
    progress: Progress | None,
) -> Bank:
    place = cache / f"detection-{_digest(segments, clip_s, key)}.npy"
    if not place.exists():
        place.parent.mkdir(parents=True, exist_ok=True)
        _fill(place, segments, hear, rate_hz, clip_s, progress)
    return np.load(place, mmap_mode="r", allow_pickle=False)


def _fill(
    place: Path,
    segments: Sequence[Segment],
    hear: Heard,
    rate_hz: int,
    clip_s: float,
    progress: Progress | None,
) -> None:
    rows: np.memmap[Any, np.dtype[np.float16]] | None = None
    faults: list[str] = []
    heard_s = 0.0
    with draft_of(place) as draft:
        for number, segment in enumerate(segments):
            try:
                kept = hear(_samples(segment, rate_hz, clip_s))
            except AudioError as error:
                faults.append(str(error))
                continue
            if rows is None:
                shape = (len(segments), *kept.shape)
                rows = np.lib.format.open_memmap(draft, mode="w+", dtype=np.float16, shape=shape)
            rows[number] = kept
            heard_s += segment.duration_s
            if progress is not None:
                progress(number + 1, len(segments), segment.clip.path, heard_s)
        if faults or rows is None:
            named = "; ".join(faults[:_NAMED_FAULTS]) or "there are none"
            raise DatasetError(
                f"{len(faults)} of {len(segments)} clips cannot be read: {named}; mend or remove "
                "them"
            )
        rows.flush()


def _samples(segment: Segment, rate_hz: int, clip_s: float) -> FloatArray:
    end_s = segment.start_s + segment.duration_s
    clip = read_clip(
        segment.clip.path,
        sample_rate_hz=rate_hz,
        mono=True,
        start_s=segment.start_s,
        end_s=end_s,
    )
    whole = np.zeros(round(clip_s * rate_hz), np.float32)
    part = clip.samples[0][: len(whole)]
    whole[: len(part)] = part
    return whole


def _digest(segments: Sequence[Segment], clip_s: float, key: Mapping[str, object]) -> str:
    pieces = [[str(s.clip.path.absolute()), *_facts(s.clip.path), s.start_s] for s in segments]
    text = json.dumps([pieces, clip_s, key], sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def _facts(path: Path) -> tuple[int, int]:
    try:
        facts = path.stat()
    except OSError:
        return 0, 0
    return facts.st_size, facts.st_mtime_ns
