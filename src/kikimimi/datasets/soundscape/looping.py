"""Making sounds longer or shorter without a seam. T samples."""

from collections.abc import Iterator

import numpy as np

from kikimimi.types import FloatArray


def repeated(samples: FloatArray, count: int, *, crossfade: int) -> FloatArray:
    """Repeat a sound (T,) to `count` samples, each repetition faded over into the next."""
    return chained(_endlessly(samples), count, crossfade=crossfade)


def chained(pieces: Iterator[FloatArray], count: int, *, crossfade: int) -> FloatArray:
    """Join sounds one after the other to `count` samples.

    Each is faded over into the next with equal power, for `crossfade` samples or a third of the
    shorter sound.
    """
    result = np.array(next(pieces), dtype=np.float32)
    while len(result) < count:
        piece = next(pieces)
        overlap = min(crossfade, len(result) // 3, len(piece) // 3)
        angle = (
            (np.arange(overlap, dtype=np.float32) + 0.5) / max(overlap, 1) * np.float32(np.pi / 2)
        )
        seam = result[len(result) - overlap :] * np.cos(angle) + piece[:overlap] * np.sin(angle)
        result = np.concatenate([result[: len(result) - overlap], seam, piece[overlap:]])
    return result[:count]


def faded(samples: FloatArray, *, fade_in: int, fade_out: int) -> FloatArray:
    """Fade a sound (T,) in and out by raised cosines, of no more than half of its length."""
    result = np.array(samples, dtype=np.float32)
    fade_in, fade_out = (min(fade, len(result) // 2) for fade in (fade_in, fade_out))
    result[:fade_in] *= _rise(fade_in)
    result[len(result) - fade_out :] *= _rise(fade_out)[::-1]
    return result


def _rise(count: int) -> FloatArray:
    phase = (np.arange(count) + 0.5) / max(count, 1)
    return (0.5 - 0.5 * np.cos(np.pi * phase)).astype(np.float32)


def _endlessly(samples: FloatArray) -> Iterator[FloatArray]:
    while True:
        yield samples
