"""Clips cut to one length, as a frozen encoder hears them, kept for the next time.

Axes: V clips, T samples, D embedding size.
"""

from pathlib import Path

import numpy as np

from kikimimi.audio.reading import read_clip
from kikimimi.audio.windows import cut_windows
from kikimimi.encoders.contract import Encoder
from kikimimi.tasks.probing.data import ProbeData
from kikimimi.tasks.transfer.embeddings import Progress, cached_embeddings
from kikimimi.types import FloatArray


def unit_embeddings(
    data: ProbeData, encoder: Encoder, *, cache: Path, progress: Progress | None = None
) -> FloatArray:
    """Embeddings (V, D) of the first `data.unit_s` seconds of each clip.

    Raises:
        DatasetError: clips cannot be read; all are tried first, and the message names three.
    """

    def embed(path: Path) -> tuple[FloatArray, float]:
        samples = unit_clip(path, data.unit_s, encoder.card.sample_rate_hz)
        return embed_samples(samples, encoder), data.unit_s

    key = f"{encoder.identity} {data.unit_s:g} s"
    return cached_embeddings(data.paths, embed, key=key, cache=cache, progress=progress)


def unit_clip(path: Path, unit_s: float, sample_rate_hz: int) -> FloatArray:
    """The beginning of a sound as (T,) samples, filled up with silence to `unit_s`.

    Raises:
        AudioError: the file cannot be read.
    """
    clip = read_clip(path, sample_rate_hz=sample_rate_hz, mono=True, end_s=unit_s)
    length = max(1, round(unit_s * sample_rate_hz))
    samples = clip.samples[0, :length]
    return np.pad(samples, (0, length - samples.size))


def embed_samples(samples: FloatArray, encoder: Encoder) -> FloatArray:
    """The embedding (D,) of samples (T,).

    More than the encoder's window is cut into consecutive windows, the last one ending with the
    sound; the embedding is the mean of theirs.

    Raises:
        EncoderError: the samples are not finite.
    """
    card = encoder.card
    windows = cut_windows(
        samples,
        sample_rate_hz=card.sample_rate_hz,
        window_s=card.window_s,
        hop_s=card.window_s,
        min_s=0.0,
        quantum_s=0.0,
    )
    vectors = [encoder.embed_clips(window[None])[0] for _, window in windows]
    return np.mean(vectors, axis=0, dtype=np.float32)
